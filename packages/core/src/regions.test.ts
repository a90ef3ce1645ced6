import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import { type Region, regionsOf } from "./regions.js";

/** One shape as label 3, one pixel off the corner. */
function drawn(rows: readonly string[]): Labels {
  const width = rows[0].length + 2;
  const data = new Uint32Array(width * (rows.length + 2));
  for (const [y, row] of rows.entries())
    for (const [x, c] of [...row].entries()) if (c === "#") data[(y + 1) * width + x + 1] = 3;
  return { data, shape: [rows.length + 2, width], axes: "yx" };
}

// Expectations computed with numpy and scipy from the definitions in scikit-image's documentation.
const shapes: { name: string; rows: string[]; expected: Omit<Region, "label" | "extent"> }[] = [
  {
    name: "a bean",
    rows: [
      "..###...",
      ".#####..",
      "######..",
      "####....",
      "####....",
      "#####.##",
      ".#######",
      "..#####.",
    ],
    expected: {
      area: 41,
      bbox: [1, 1, 9, 9],
      centroid: [4.829268, 3.97561],
      axisMajorLength: 9.353593,
      axisMinorLength: 6.972787,
      eccentricity: 0.666543,
      orientation: 0.517624,
      perimeter: 26.727922,
      solidity: 0.82,
    },
  },
  {
    name: "a diagonal rod",
    rows: ["##......", "###.....", ".###....", "..###...", "...###..", "....####"],
    expected: {
      area: 18,
      bbox: [1, 1, 7, 9],
      centroid: [3.777778, 3.944444],
      axisMajorLength: 10.046712,
      axisMinorLength: 2.404085,
      eccentricity: 0.970948,
      orientation: 0.869082,
      perimeter: 8.035534,
      solidity: 0.857143,
    },
  },
  {
    name: "a ring",
    rows: [".####.", "##..##", "#....#", "##..##", ".####."],
    expected: {
      area: 18,
      bbox: [1, 1, 6, 7],
      centroid: [3, 3.5],
      axisMajorLength: 7.086764,
      axisMinorLength: 5.962848,
      eccentricity: 0.540403,
      orientation: 1.570796,
      perimeter: 18,
      solidity: 0.692308,
    },
  },
  {
    name: "a pixel",
    rows: ["#"],
    expected: {
      area: 1,
      bbox: [1, 1, 2, 2],
      centroid: [1, 1],
      axisMajorLength: 0,
      axisMinorLength: 0,
      eccentricity: 0,
      orientation: -0.785398,
      perimeter: 0,
      solidity: 1,
    },
  },
];

test.each(shapes)("$name has scikit-image's numbers", ({ rows, expected }) => {
  const [region, ...others] = regionsOf(drawn(rows));
  expect(others).toEqual([]);
  expect(region.label).toBe(3);
  const { bbox, centroid, ...numbers } = expected;
  expect(region.bbox).toEqual(bbox);
  for (const axis of [0, 1]) expect(region.centroid[axis]).toBeCloseTo(centroid[axis], 5);
  for (const [name, value] of Object.entries(numbers))
    expect(region[name as keyof typeof numbers], name).toBeCloseTo(value, 5);
  const area = (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);
  expect(region.extent).toBe(expected.area / area);
});

test("a shape keeps its numbers wherever it lies and whatever lies beside it", () => {
  const alone = regionsOf(drawn(shapes[0].rows))[0];
  const labels = drawn(shapes[0].rows);
  const data = labels.data.map((label) => (label === 0 ? 4000000000 : label));
  const [beside, outside] = regionsOf({ ...labels, data });
  expect(beside).toEqual(alone);
  expect(outside.label).toBe(4000000000);
  expect(outside.bbox).toEqual([0, 0, 10, 10]);
});

test("turned by 90 degrees the main axis turns with it", () => {
  const bar = (height: number, width: number) =>
    regionsOf({
      data: new Uint32Array(height * width).fill(1),
      shape: [height, width],
      axes: "yx",
    })[0];
  expect(bar(9, 3).orientation).toBe(0);
  expect(Math.abs(bar(3, 9).orientation)).toBe(Math.PI / 2);
  expect(bar(9, 3).axisMajorLength).toBe(bar(3, 9).axisMajorLength);
  expect(bar(1, 9).axisMinorLength).toBe(0);
  expect(bar(1, 9).eccentricity).toBe(1);
});

test("no labels, no regions", () => {
  expect(regionsOf({ data: new Uint32Array(4), shape: [2, 2], axes: "yx" })).toEqual([]);
});
