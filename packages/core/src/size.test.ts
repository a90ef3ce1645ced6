import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import { typicalDiameter, zoomFor } from "./size.js";

/** Cells of so many pixels each. */
function cells(...areas: number[]): Labels {
  const data = areas.flatMap((area, i) => new Array<number>(area).fill(i + 1));
  return { data: Uint32Array.from([0, 0, ...data]), shape: [1, data.length + 2], axes: "yx" };
}

test("the typical cell is the one with the median cell pixel, whatever specks lie about", () => {
  expect(typicalDiameter(cells(100))).toBeCloseTo(Math.sqrt(400 / Math.PI), 10);
  expect(typicalDiameter(cells(1, 1, 2, 1, 3, 1, 100, 90))).toBe(typicalDiameter(cells(100)));
  expect(typicalDiameter(cells(10, 20, 30))).toBe(typicalDiameter(cells(20)));
});

test("without cells there is no diameter, and nothing is zoomed", () => {
  expect(typicalDiameter(cells())).toBeUndefined();
  expect(zoomFor(undefined, 20)).toBe(1);
  expect(zoomFor(20, undefined)).toBe(1);
});

test("cells near the wanted size stay as they are, others are brought to it within bounds", () => {
  expect(zoomFor(21, 20)).toBe(1);
  expect(zoomFor(23.9, 20)).toBe(1);
  expect(zoomFor(40, 20)).toBe(0.5);
  expect(zoomFor(10, 20)).toBe(2);
  expect(zoomFor(1, 20)).toBe(8);
  expect(zoomFor(2000, 20)).toBe(1 / 8);
});
