import { expect, test } from "vitest";
import type { Pixels } from "./image.js";
import { pixelsInOrder, ranksOf } from "./order.js";
import { seeded } from "./random.js";

/** Array.prototype.sort is stable: equal values keep their reading order. */
function bySorting(values: Pixels, mask?: Uint8Array): number[] {
  return Array.from(values.keys())
    .filter((i) => mask === undefined || mask[i] !== 0)
    .sort((a, b) => values[a] - values[b]);
}

test("every kind of number is put in order, equal ones in reading order", () => {
  const random = seeded(5);
  const numbers = Array.from({ length: 500 }, () => Math.floor((random() - 0.5) * 200));
  const kinds: Pixels[] = [
    Uint8Array.from(numbers),
    Int8Array.from(numbers),
    Uint16Array.from(numbers),
    Int16Array.from(numbers),
    Uint32Array.from(numbers),
    Int32Array.from(numbers),
    Float32Array.from(numbers, (n) => n / 7),
    Float64Array.from(numbers, (n) => n / 7),
  ];
  for (const values of kinds) expect(Array.from(pixelsInOrder(values))).toEqual(bySorting(values));
});

test("neighbours among doubles and among large integers are told apart", () => {
  const doubles = Float64Array.from([1 + 2 ** -52, 1, -1, -1 - 2 ** -52, 0, 5e-324, -5e-324]);
  expect(Array.from(pixelsInOrder(doubles))).toEqual(bySorting(doubles));
  const whole = Uint32Array.from([4294967295, 4294967294, 16777217, 16777216]);
  expect(Array.from(pixelsInOrder(whole))).toEqual([3, 2, 1, 0]);
});

test("both zeros are one value, infinities are ends and NaN comes last", () => {
  const values = Float32Array.from([Number.NaN, Infinity, 0, -0, -Infinity, 0]);
  expect(Array.from(pixelsInOrder(values))).toEqual([4, 2, 3, 5, 1, 0]);
});

test("only pixels of the mask are listed, and ranks count distinct values from 1", () => {
  const values = Float32Array.from([3, 1, 2, 1, 9, 3]);
  const order = pixelsInOrder(values, Uint8Array.from([1, 1, 0, 1, 1, 1]));
  expect(Array.from(order)).toEqual([1, 3, 0, 5, 4]);
  expect(ranksOf(values, order)).toEqual({ ranks: Uint32Array.from([2, 1, 0, 1, 3, 2]), top: 3 });
});
