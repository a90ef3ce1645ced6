import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import { measure } from "./measure.js";
import { seeded } from "./random.js";

const labels: Labels = {
  data: Uint32Array.from([0, 5, 5, 5, 0, 0, 5, 5, 5, 2]),
  shape: [2, 5],
  axes: "yx",
};

test("a row a cell, by rising label, under scikit-image's names", () => {
  const table = measure(labels);
  expect(Object.keys(table)).toEqual([
    "label",
    "area",
    "bbox-0",
    "bbox-1",
    "bbox-2",
    "bbox-3",
    "centroid-0",
    "centroid-1",
    "equivalent_diameter_area",
    "axis_major_length",
    "axis_minor_length",
    "eccentricity",
    "orientation",
    "perimeter",
    "solidity",
    "extent",
  ]);
  const row = Object.entries(table).map(([name, column]) => [name, column[1]]);
  expect(Object.fromEntries(row)).toEqual({
    label: 5,
    area: 6,
    "bbox-0": 0,
    "bbox-1": 1,
    "bbox-2": 2,
    "bbox-3": 4,
    "centroid-0": 0.5,
    "centroid-1": 2,
    equivalent_diameter_area: expect.closeTo(2.7639532, 6),
    axis_major_length: expect.closeTo(4 * Math.sqrt(2 / 3), 12),
    axis_minor_length: 2,
    eccentricity: expect.closeTo(Math.sqrt(1 - 0.25 / (2 / 3)), 12),
    orientation: Math.PI / 2,
    perimeter: 6,
    solidity: 1,
    extent: 1,
  });
  expect(Array.from(table.label)).toEqual([2, 5]);
});

test("intensities of one channel have no number, those of several have their channel's", () => {
  const data = Uint16Array.from([9, 1, 2, 3, 9, 9, 4, 5, 9, 700]);
  const one = measure(labels, { data, shape: [2, 5], axes: "yx" });
  expect(one.intensity_mean[1]).toBe(4);
  expect(one.intensity_min[1]).toBe(1);
  expect(one.intensity_max[1]).toBe(9);
  expect(one.intensity_sum[1]).toBe(24);
  expect(one.intensity_std[1]).toBeCloseTo(Math.sqrt((9 + 4 + 1 + 0 + 1 + 25) / 6), 12);
  const stack = Uint16Array.from([...data, ...data.map((value) => 2 * value)]);
  const two = measure(labels, { data: stack, shape: [2, 2, 5], axes: "cyx" });
  expect(two["intensity_mean-0"]).toEqual(one.intensity_mean);
  expect(Array.from(two["intensity_sum-1"])).toEqual([1400, 48]);
  expect(two).not.toHaveProperty("intensity_mean");
  const single = measure(labels, { data, shape: [1, 2, 5], axes: "cyx" });
  expect(single).toEqual(one);
});

test("a bright background costs no digits of the standard deviation", () => {
  const random = seeded(1);
  const noise = Array.from({ length: 100 }, () => random());
  const image = { data: Float64Array.from(noise, (v) => v + 1e8), shape: [10, 10], axes: "yx" };
  const all = { data: new Uint32Array(100).fill(1), shape: [10, 10], axes: "yx" };
  const mean = noise.reduce((a, b) => a + b, 0) / 100;
  const variance = noise.reduce((a, b) => a + (b - mean) ** 2, 0) / 100;
  expect(measure(all, image).intensity_std[0]).toBeCloseTo(Math.sqrt(variance), 6);
});

test("where the pixel's size is known, areas and lengths come in micrometres too", () => {
  const table = measure({ ...labels, spacing: { y: 0.5, x: 0.5 } });
  expect(table.area_um2[1]).toBe(1.5);
  expect(table.perimeter_um[1]).toBe(3);
  expect(table.axis_minor_length_um[1]).toBe(1);
  expect(table.area[1]).toBe(6);
  const oblong = measure({ ...labels, spacing: { y: 0.5, x: 1 } });
  expect(oblong.area_um2[1]).toBe(3);
  expect(oblong).not.toHaveProperty("perimeter_um");
  const image = { data: new Uint8Array(10), shape: [2, 5], axes: "yx", spacing: { y: 2, x: 2 } };
  expect(measure(labels, image).area_um2[0]).toBe(4);
});

test("no cells make a table with columns and without rows", () => {
  const none = { data: new Uint32Array(4), shape: [2, 2], axes: "yx" };
  const table = measure(none, { data: new Uint8Array(4), shape: [2, 2], axes: "yx" });
  expect(table.label).toEqual(new Float64Array(0));
  expect(table.intensity_mean).toEqual(new Float64Array(0));
});

test("an image of another size or with time is refused", () => {
  const other = { data: new Uint8Array(10), shape: [5, 2], axes: "yx" };
  expect(() => measure(labels, other)).toThrow(
    "labels size must be 5 x 2 like the image, got 2 x 5",
  );
  const movie = { data: new Uint8Array(10), shape: [1, 2, 5], axes: "tyx" };
  expect(() => measure(labels, movie)).toThrow('image axes must be "yx" or "cyx", got "tyx"');
});
