import { expect, test } from "vitest";
import { growthOf } from "./growth.js";

test("exponential growth has its rate, and doubles in ln 2 / rate", () => {
  const times = [0, 10, 20, 30, 40];
  const growth = growthOf(
    times,
    times.map((t) => 50 * Math.exp(0.02 * t)),
  );
  expect(growth.rate).toBeCloseTo(0.02, 12);
  expect(growth.doubling).toBeCloseTo(34.657, 3);
  expect(growth.r2).toBeCloseTo(1, 12);
  expect(growth.high - growth.low).toBeLessThan(1e-9);
  expect(growth.points).toBe(5);
});

test("what is missing is left out, and three points are the least", () => {
  const growth = growthOf([0, 1, 2, 3, 4], [1, Number.NaN, Math.exp(2), 0, Math.exp(4)]);
  expect(growth.rate).toBeCloseTo(1, 12);
  expect(growth.points).toBe(3);
  expect(growthOf([0, 1], [1, 2])).toMatchObject({ rate: Number.NaN, points: 2 });
});

test("large sizes count more, and a cell that shrinks does not double", () => {
  const even = growthOf([0, 1, 2], [90, 100, 110]).rate;
  expect(
    growthOf(
      [0, 1, 2],
      [90, 100, 110].map((v) => 7 * v),
    ).rate,
  ).toBeCloseTo(even, 12);
  const shrinking = growthOf([0, 1, 2], [110, 100, 95]);
  expect(shrinking.rate).toBeLessThan(0);
  expect(shrinking.doubling).toBeNaN();
});
