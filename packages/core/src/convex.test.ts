import { expect, test } from "vitest";
import { convexArea } from "./convex.js";
import { seeded } from "./random.js";

/** Pixel centres that no straight line parts from the middles of the pixels' sides: every pair of them is a line to try. */
function byLines(pixels: [number, number][], size: number): number {
  const corners = pixels.flatMap(([y, x]) => [
    [2 * y - 1, 2 * x],
    [2 * y + 1, 2 * x],
    [2 * y, 2 * x - 1],
    [2 * y, 2 * x + 1],
  ]);
  const inside = new Set(Array.from({ length: size * size }, (_, i) => i));
  const side = (a: number[], b: number[], y: number, x: number) =>
    (b[0] - a[0]) * (x - a[1]) - (b[1] - a[1]) * (y - a[0]);
  for (const a of corners)
    for (const b of corners) {
      if (corners.some(([y, x]) => side(a, b, y, x) > 0)) continue;
      for (const i of inside)
        if (side(a, b, 2 * Math.floor(i / size), 2 * (i % size)) > 0) inside.delete(i);
    }
  return inside.size;
}

test("a pixel, a bar and a block fill their hulls; an L does not", () => {
  expect(convexArea([3], [2], [2])).toBe(1);
  expect(convexArea([3], [2], [9])).toBe(8);
  expect(convexArea([0, 1, 2], [1, 1, 1], [3, 3, 3])).toBe(9);
  expect(convexArea([0, 1, 2, 3], [0, 0, 0, 0], [0, 0, 0, 3])).toBe(10);
});

test("rows without pixels between others are filled", () => {
  expect(convexArea([0, 4], [0, 0], [2, 2])).toBe(15);
});

test("it agrees with trying every line, on random shapes", () => {
  const size = 7;
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const share = 0.1 + 0.5 * random();
    const pixels: [number, number][] = [];
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) if (random() < share) pixels.push([y, x]);
    const rows = [...new Set(pixels.map(([y]) => y))];
    if (rows.length === 0) continue;
    const columns = rows.map((row) => pixels.filter(([y]) => y === row).map(([, x]) => x));
    const left = columns.map((xs) => Math.min(...xs));
    const right = columns.map((xs) => Math.max(...xs));
    expect(convexArea(rows, left, right)).toBe(byLines(pixels, size));
  }
});
