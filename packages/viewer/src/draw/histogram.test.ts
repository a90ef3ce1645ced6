import { watchedReader } from "@cellwright/testing/pixels";
import { expect, test } from "vitest";
import { countValues, histogramOf } from "./histogram.js";

test("counts, range and limits of values", () => {
  const { range, counts, auto } = countValues(
    [Uint16Array.of(10, 10, 20), Uint16Array.of(30, 50)],
    4,
  );
  expect(range).toEqual([10, 50]);
  expect([...counts]).toEqual([2, 1, 1, 1]);
  expect(auto[0]).toBe(10);
  expect(auto[1]).toBeCloseTo(49.92, 6);
});

test("the limits leave out the few brightest", () => {
  const data = Float32Array.from({ length: 10_000 }, (_, i) => i / 10_000);
  data[77] = 1e6;
  const { range, auto } = countValues([data]);
  expect(range[1]).toBe(1e6);
  expect(auto[1]).toBeLessThan(1);
});

test("what is no number does not count; where all are equal, or none is, limits are apart", () => {
  const { range, counts } = countValues([Float32Array.of(Number.NaN, 2, Infinity, 4)], 2);
  expect(range).toEqual([2, 4]);
  expect([...counts]).toEqual([1, 1]);
  expect(countValues([new Uint8Array(9).fill(7)]).auto).toEqual([7, 8]);
  expect(countValues([Float32Array.of(Number.NaN)]).auto).toEqual([0, 1]);
});

test("a large image is sampled: the coarsest level that has enough, else nine windows", async () => {
  const image = (side: number, value: number) => ({
    data: new Uint8Array(2 * side * side).fill(value).fill(value + 1, side * side),
    shape: [2, side, side],
    axes: "cyx",
  });
  const pyramid = watchedReader([image(2400, 1), image(600, 5), image(150, 9)]);
  const found = await histogramOf(pyramid, { t: 0, z: 0, channel: 1 });
  expect(found.range).toEqual([6, 6]);
  expect(pyramid.asked.map(({ level }) => level)).toEqual([1]);

  const flat = watchedReader([image(2400, 1)]);
  const { counts } = await histogramOf(flat, { t: 0, z: 0, channel: 0 });
  expect(flat.asked).toHaveLength(9);
  expect(counts.reduce((a, b) => a + b)).toBe(9 * 341 ** 2);
});
