import { expect, test } from "vitest";
import { fromHalf, toHalf } from "./half.js";

test("every half-precision number survives the way to float32 and back", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const numbers = all.filter((bits) => (bits & 0x7c00) !== 0x7c00 || (bits & 0x3ff) === 0);
  expect(toHalf(fromHalf(numbers))).toEqual(numbers);
});

test("numbers between two halves go to the nearest, ties to the even one", () => {
  const step = 2 ** -10;
  const between = Float32Array.of(
    1 + step / 2,
    1 + 1.5 * step,
    1 + 0.49 * step,
    -(1 + 0.51 * step),
  );
  expect([...fromHalf(toHalf(between))]).toEqual([1, 1 + 2 * step, 1, -(1 + step)]);
});

test("what is too large becomes infinite, what is too small becomes 0, no number stays none", () => {
  const [large, small, none] = fromHalf(toHalf(Float32Array.of(1e6, 1e-9, Number.NaN)));
  expect([large, small]).toEqual([Number.POSITIVE_INFINITY, 0]);
  expect(none).toBeNaN();
});
