import { expect, test } from "vitest";
import { resample, resampleLabels } from "./resample.js";

const plane = (rows: number[][]) => ({
  data: Float32Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
  axes: "yx",
});

test("the same size gives the same pixels", () => {
  const image = plane([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([...resample(image, 2, 3).data]).toEqual([...image.data]);
});

test("halving averages around each new pixel's centre", () => {
  const image = plane([[0, 0, 8, 8, 0, 0, 8, 8]]);
  const { data, shape } = resample(image, 1, 4);
  expect(shape).toEqual([1, 4]);
  // A triangle two pixels wide: weights 1, 3, 3, 1 of 8, the border repeated.
  expect([...data].map((v) => Math.round(v * 1000) / 1000)).toEqual([1, 6, 2, 7]);
});

test("doubling interpolates between neighbours and repeats the border", () => {
  expect([...resample(plane([[0, 4]]), 1, 4).data]).toEqual([0, 1, 3, 4]);
});

test("an even image stays even at any size, and a ramp keeps its mean", () => {
  for (let size = 1; size <= 12; size++) {
    const even = resample(plane([[7, 7, 7, 7, 7]]), 3, size);
    for (const value of even.data) expect(value).toBeCloseTo(7, 5);
    const ramp = resample(plane([[0, 1, 2, 3, 4]]), 1, size);
    const mean = ramp.data.reduce((a, b) => a + b, 0) / size;
    expect(mean).toBeCloseTo(2, 5);
  }
});

test("labels take the nearest, never a number between", () => {
  const labels = { data: Uint32Array.from([1, 9, 0, 70000]), shape: [2, 2], axes: "yx" };
  expect([...resampleLabels(labels, 4, 4).data]).toEqual([
    1, 1, 9, 9, 1, 1, 9, 9, 0, 0, 70000, 70000, 0, 0, 70000, 70000,
  ]);
  const back = resampleLabels(resampleLabels(labels, 6, 8), 2, 2);
  expect([...back.data]).toEqual([...labels.data]);
});
