import { expect, test } from "vitest";
import { gaussian } from "./gaussian.js";

test("one bright pixel becomes a bell that keeps its sum", () => {
  const image = { data: new Float32Array(21 * 21), shape: [21, 21], axes: "yx" };
  image.data[10 * 21 + 10] = 100;
  const { data } = gaussian(image, 1.5);
  expect(data.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 3);
  const ratio = data[10 * 21 + 12] / data[10 * 21 + 10];
  expect(ratio).toBeCloseTo(Math.exp(-4 / (2 * 1.5 * 1.5)), 5);
  expect(data[12 * 21 + 10]).toBeCloseTo(data[10 * 21 + 12], 6);
});

test("borders are mirrored as scipy.ndimage.gaussian_filter does, also where the blur is wider than the image", () => {
  const image = { data: Float32Array.from([1, 0, 0, 4, 0, 9]), shape: [2, 3], axes: "yx" };
  const expected = [1.5232084, 1.5552839, 2.1741345, 2.2482643, 2.5900658, 3.9090432];
  for (const [i, value] of gaussian(image, 1).data.entries())
    expect(value).toBeCloseTo(expected[i], 6);
  const wide = [2.3261242, 2.333264, 2.3404928, 2.3262032, 2.3333434, 2.3405726];
  for (const [i, value] of gaussian(image, 3).data.entries()) expect(value).toBeCloseTo(wide[i], 6);
});

test("no blur leaves the image as it is, and NaN counts as 0", () => {
  const image = { data: Float32Array.from([Number.NaN, 2, 3]), shape: [1, 3], axes: "yx" };
  expect(Array.from(gaussian(image, 0).data)).toEqual([0, 2, 3]);
  expect(Array.from(image.data)).toEqual([Number.NaN, 2, 3]);
});
