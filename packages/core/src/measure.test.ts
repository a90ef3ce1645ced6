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

test("rods have a length, a width and a volume, also in micrometres", () => {
  const data = new Uint32Array(40 * 12);
  for (let y = 3; y < 9; y++) data.fill(1, y * 40 + 4, y * 40 + 34);
  const table = measure(
    { data, shape: [12, 40], axes: "yx", spacing: { y: 0.5, x: 0.5 } },
    undefined,
    {
      rods: true,
    },
  );
  expect(table.width[0]).toBeCloseTo(6, 0);
  expect(table.length[0] * table.width[0]).toBeCloseTo(
    180 + (1 - Math.PI / 4) * table.width[0] ** 2,
    6,
  );
  expect(table.length_um[0]).toBe(table.length[0] / 2);
  expect(table.volume_um3[0]).toBe(table.volume[0] / 8);
  expect(measure(labels)).not.toHaveProperty("length");
});

/** A nucleus of 3 x 3 pixels in a cell of 9 x 9, on a field of 15 x 15. */
function reporter(nucleus: number, cytoplasm: number, outside: number) {
  const shape = [15, 15];
  const [cells, nuclei] = [new Uint32Array(225), new Uint32Array(225)];
  for (let y = 3; y < 12; y++) cells.fill(4, y * 15 + 3, y * 15 + 12);
  for (let y = 6; y < 9; y++) nuclei.fill(9, y * 15 + 6, y * 15 + 9);
  const pixels = Float64Array.from(cells, (cell, i) =>
    nuclei[i] ? nucleus : cell ? cytoplasm : outside,
  );
  return {
    cells: { data: cells, shape, axes: "yx" },
    nuclei: { data: nuclei, shape, axes: "yx" },
    image: { data: pixels, shape, axes: "yx" },
  };
}

test("a reporter's place is told by nucleus and ring, or nucleus and cytoplasm", () => {
  const { cells, nuclei, image } = reporter(140, 60, 20);
  const ring = measure(nuclei, image, { ring: 2 });
  expect(ring.intensity_mean_ring[0]).toBe(60);
  expect(ring.ratio_nucleus_ring[0]).toBeCloseTo(140 / 60, 12);
  expect(ring.area_ring[0]).toBeGreaterThan(20);
  const whole = measure(cells, image, { nuclei, gap: 0 });
  expect(whole).toMatchObject({
    intensity_mean_nucleus: Float64Array.of(140),
    intensity_mean_cytoplasm: Float64Array.of(60),
    area_nucleus: Float64Array.of(9),
    area_cytoplasm: Float64Array.of(72),
  });
  const clean = measure(cells, image, { nuclei, background: "median" });
  expect(clean.background[0]).toBe(20);
  expect(clean.ratio_nucleus_cytoplasm[0]).toBe(3);
  expect(clean.intensity_min[0]).toBe(40);
  const wide = measure(nuclei, image, { ring: 2, background: "median" });
  expect(wide.background[0]).toBe(20);
});

test("parts that are missing are not there, channels are compared each by itself", () => {
  const { cells, nuclei, image } = reporter(8, 4, 0);
  const none = { ...nuclei, data: new Uint32Array(225) };
  expect(measure(cells, image, { nuclei: none }).ratio_nucleus_cytoplasm[0]).toBeNaN();
  const data = Float64Array.from([...image.data, ...image.data.map((v) => v + 2)]);
  const both = { data, shape: [2, 15, 15], axes: "cyx" };
  const table = measure(cells, both, { nuclei, background: [0, 1] });
  expect(table["ratio_nucleus_cytoplasm-0"][0]).toBe(2);
  expect(table["ratio_nucleus_cytoplasm-1"][0]).toBe(9 / 5);
  expect(() => measure(cells, both, { background: [1] })).toThrow(
    "background must be one number for each of 2 channels, got 1",
  );
  expect(() => measure(cells, undefined, { ring: 2 })).toThrow("image must be there");
});
