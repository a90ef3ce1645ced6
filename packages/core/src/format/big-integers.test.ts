import { expect, test } from "vitest";
import { narrowIntegers } from "./big-integers.js";

test("integers of 64 bits become int32 where all fit, else float64, and never another number", () => {
  expect(narrowIntegers(BigInt64Array.of(-1n, 0n, 2n ** 31n - 1n))).toEqual(
    Int32Array.of(-1, 0, 2147483647),
  );
  expect(narrowIntegers(BigUint64Array.of(7n, 2n ** 31n))).toEqual(Float64Array.of(7, 2147483648));
  expect(narrowIntegers(BigUint64Array.of(2n ** 60n))).toEqual(Float64Array.of(2 ** 60));
  expect(narrowIntegers(new BigInt64Array(0))).toEqual(new Int32Array(0));
  expect(() => narrowIntegers(BigInt64Array.of(1n, 2n ** 53n + 1n))).toThrow(
    "holds 9007199254740993, which no float64 holds exactly",
  );
});
