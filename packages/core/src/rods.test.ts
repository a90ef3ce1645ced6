import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import { rodsOf, rodVolume } from "./rods.js";

/** The pixels whose centres lie within `radius` of a line through points; label 7. */
function swept(points: readonly (readonly [number, number])[], radius: number): Labels {
  const size = 160;
  const data = new Uint32Array(size * size);
  for (const [y, x] of points)
    for (let v = Math.ceil(y - radius); v <= y + radius; v++)
      for (let u = Math.ceil(x - radius); u <= x + radius; u++)
        if ((v - y) ** 2 + (u - x) ** 2 <= radius * radius) data[v * size + u] = 7;
  return { data, shape: [size, size], axes: "yx" };
}

/** An arc of a circle through the middle of the image (a straight line for `bend` 0); `bend` is its whole turn. */
function arc(line: number, angle: number, bend: number): [number, number][] {
  const steps = Math.ceil(20 * line);
  const points: [number, number][] = [];
  let [y, x] = [0, 0];
  for (let k = 0; k <= steps; k++) {
    points.push([y, x]);
    const heading = angle + bend * (k / steps - 0.5);
    y += (line / steps) * Math.sin(heading);
    x += (line / steps) * Math.cos(heading);
  }
  const [midY, midX] = [
    points.reduce((sum, [v]) => sum + v, 0) / points.length,
    points.reduce((sum, [, u]) => sum + u, 0) / points.length,
  ];
  return points.map(([v, u]) => [v - midY + 80.3, u - midX + 79.6]);
}

/** The worst over all angles: of the length as a share of it, of the width in pixels. */
function errors(line: number, radius: number, bend: number): { length: number; width: number } {
  const [length, width] = [line + 2 * radius, 2 * radius];
  const worst = { length: 0, width: 0 };
  for (let degrees = 0; degrees < 180; degrees += 7.5) {
    const [rod] = rodsOf(swept(arc(line, (degrees * Math.PI) / 180, bend), radius));
    worst.length = Math.max(worst.length, Math.abs(rod.length / length - 1));
    worst.width = Math.max(worst.width, Math.abs(rod.width - width));
  }
  return worst;
}

test.each([
  { line: 30, radius: 4.5, bend: 0 },
  { line: 12, radius: 4.5, bend: 0 },
  { line: 20, radius: 3.2, bend: 0 },
  { line: 70, radius: 5, bend: 0 },
  { line: 40, radius: 4.5, bend: 0.8 },
  { line: 60, radius: 4.5, bend: 1.5 },
])("a rod $line long of radius $radius, bent by $bend, is right to 3 % at all angles", (rod) => {
  const { length, width } = errors(rod.line, rod.radius, rod.bend);
  expect(length).toBeLessThan(0.03);
  // Along a row of pixels a rod can only be drawn in whole widths.
  expect(width).toBeLessThan(0.4);
});

test.each([2, 2.5, Math.PI, 4.5])("a filament bent by %f is measured along its bend", (bend) => {
  const { length, width } = errors(110, 4.5, bend);
  expect(length).toBeLessThan(0.035);
  expect(width).toBeLessThan(0.35);
});

test("a disk is as long as wide, and a pixel is a cell too", () => {
  const [disk] = rodsOf(swept([[80.2, 80.4]], 12));
  expect(disk.label).toBe(7);
  expect(disk.length / 24).toBeCloseTo(1, 1);
  expect(disk.width / disk.length).toBeGreaterThan(0.97);
  const pixel = rodsOf({ data: Uint32Array.of(0, 3), shape: [1, 2], axes: "yx" })[0];
  expect(pixel.length).toBeGreaterThanOrEqual(pixel.width);
  expect(pixel.length).toBeLessThan(1.3);
  const line = rodsOf({ data: new Uint32Array(9).fill(1), shape: [1, 9], axes: "yx" })[0];
  expect(line.length).toBeGreaterThan(8);
  expect(line.length).toBeLessThan(10.5);
  expect(rodsOf({ data: new Uint32Array(4), shape: [2, 2], axes: "yx" })).toEqual([]);
});

test("the volume of a rod is that of a cylinder and a ball", () => {
  expect(rodVolume(2, 2)).toBeCloseTo((4 / 3) * Math.PI, 12);
  expect(rodVolume(5, 2)).toBeCloseTo((4 / 3) * Math.PI + 3 * Math.PI, 12);
});
