import { expect, test } from "vitest";
import { saturate } from "./saturate.js";

const row = (values: readonly number[]) => ({
  data: Uint16Array.from(values),
  shape: [1, values.length],
  axes: "yx",
});

test("the brightest become as bright as the darkest of them, the others stay", () => {
  const image = row([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]);
  expect([...saturate(image, 10).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
  expect([...saturate(image, 50).data]).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5]);
  expect(image.data[10]).toBe(1000);
  expect(saturate(image, 0)).toBe(image);
});

test("each channel by itself", () => {
  const data = Float32Array.from([0, 1, 2, 30, 0, 100, 200, 3000]);
  const { data: out } = saturate({ data, shape: [2, 2, 2], axes: "cyx" }, 100 / 3);
  expect([...out]).toEqual([0, 1, 2, 2, 0, 100, 200, 200]);
});

test("a part is cut where the whole would be that it is given with", () => {
  const whole = row([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]);
  expect([...saturate(row([4, 8, 500]), 50, whole).data]).toEqual([4, 5, 5]);
});

test("a percent that leaves nothing is refused", () => {
  for (const percent of [-1, 100, Number.NaN])
    expect(() => saturate(row([1, 2]), percent)).toThrow(/from 0 to below 100/);
});
