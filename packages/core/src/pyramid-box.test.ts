import { expect, test } from "vitest";
import { boxAround } from "./pyramid-box.js";

test("two boxes are joined by the smallest around both", () => {
  const a = { y: 1, x: 9, height: 2, width: 3 };
  const b = { y: 0, x: 10, height: 2, width: 8 };
  expect(boxAround(a, b)).toEqual({ y: 0, x: 9, height: 3, width: 9 });
});
