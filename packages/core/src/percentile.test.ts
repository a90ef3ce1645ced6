import { expect, test } from "vitest";
import { percentilesOf } from "./percentile.js";

test("percentiles interpolate between pixels as numpy's do", () => {
  const pixels = Float32Array.of(5, 1, 4, 1, 3, 9);
  const percents = [0, 10, 37.5, 50, 99.9, 100];
  const expected = [1, 1, 2.75, 3.5, 8.98, 9];
  for (const [i, value] of percentilesOf(pixels, percents).entries())
    expect(value).toBeCloseTo(expected[i], 12);
});

test("every number type gives the same percentiles, negative numbers included", () => {
  const list = [-5, 100, 7, -128, 127, 0, 7, 3];
  const percents = [0, 5, 33, 50, 77, 100];
  const expected = percentilesOf(Float64Array.from(list), percents);
  for (const type of [Int8Array, Int16Array, Int32Array, Float32Array])
    expect(percentilesOf(type.from(list), percents)).toEqual(expected);
  const positive = list.map((value) => value + 128);
  const shifted = percentilesOf(Float64Array.from(positive), percents);
  for (const type of [Uint8Array, Uint16Array, Uint32Array])
    expect(percentilesOf(type.from(positive), percents)).toEqual(shifted);
});

test("the extremes of 16 bits are found and the pixels stay where they are", () => {
  const pixels = Uint16Array.of(65535, 0, 65535);
  expect(percentilesOf(pixels, [0, 50, 100])).toEqual([0, 65535, 65535]);
  expect([...pixels]).toEqual([65535, 0, 65535]);
  const floats = Float32Array.of(3, 1, 2);
  expect(percentilesOf(floats, [50])).toEqual([2]);
  expect([...floats]).toEqual([3, 1, 2]);
});

test("percents outside 0 to 100 and empty images are refused", () => {
  expect(() => percentilesOf(Uint8Array.of(1), [101])).toThrow(
    "percentile must be from 0 to 100, got 101",
  );
  expect(() => percentilesOf(Uint8Array.of(1), [Number.NaN])).toThrow("got NaN");
  expect(() => percentilesOf(new Uint8Array(0), [50])).toThrow(
    "pixels must be at least one, got none",
  );
});
