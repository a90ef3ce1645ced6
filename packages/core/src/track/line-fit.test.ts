import { expect, test } from "vitest";
import { normal, seeded } from "../random.js";
import { fitLine, studentQuantile } from "./line-fit.js";

// From the tables in any book of statistics.
test.each([
  [0.95, 1, 12.7062],
  [0.95, 2, 4.30265],
  [0.95, 3, 3.18245],
  [0.95, 4, 2.77645],
  [0.95, 10, 2.22814],
  [0.95, 29, 2.04523],
  [0.99, 5, 4.03214],
  [0.9, 7, 1.89458],
  [0.95, 1000, 1.96234],
  [0.95, 1e9, 1.96],
])("%f of Student's distribution with %i degrees of freedom lie within %f", (share, nu, t) => {
  expect(studentQuantile(share, nu)).toBeCloseTo(t, 3);
});

test("a line through points, as R's lm gives it", () => {
  // lm(y ~ x): slope 0.6, se 0.2828427, r² 0.6; confint −0.3001 … 1.5001.
  const fit = fitLine([1, 2, 3, 4, 5], [2, 4, 5, 4, 5]);
  expect(fit.slope).toBeCloseTo(0.6, 12);
  expect(fit.intercept).toBeCloseTo(2.2, 12);
  expect(fit.r2).toBeCloseTo(0.6, 12);
  expect(fit.low).toBeCloseTo(0.6 - 3.18245 * 0.2828427, 4);
  expect(fit.high).toBeCloseTo(0.6 + 3.18245 * 0.2828427, 4);
});

test("a point of weight 2 has the slope of two points, one of weight 0 none", () => {
  const twice = fitLine([0, 1, 1, 3], [0, 2, 2, 1]);
  expect(fitLine([0, 1, 3], [0, 2, 1], [1, 2, 1]).slope).toBeCloseTo(twice.slope, 12);
  expect(fitLine([0, 1, 3, 9], [0, 2, 1, 50], [1, 2, 1, 0]).slope).toBeCloseTo(twice.slope, 12);
});

test("nothing is known from one point, no interval from two", () => {
  expect(fitLine([1], [1]).slope).toBeNaN();
  expect(fitLine([], []).slope).toBeNaN();
  expect(fitLine([2, 2], [1, 3]).slope).toBeNaN();
  const two = fitLine([1, 2], [1, 3]);
  expect(two.slope).toBe(2);
  expect(two.low).toBeNaN();
  expect(() => fitLine([1, 2], [1])).toThrow("y must be 2 like x, got 1");
  expect(() => studentQuantile(1, 3)).toThrow("confidence must be between 0 and 1, got 1");
});

test("of a hundred intervals about 95 hold the truth", () => {
  const random = seeded(4);
  let held = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const x = Array.from({ length: 8 }, (_, i) => i);
    const { low, high } = fitLine(
      x,
      x.map((v) => 0.3 * v + normal(random)),
    );
    if (low < 0.3 && high > 0.3) held++;
  }
  expect(held / 1000).toBeGreaterThan(0.93);
  expect(held / 1000).toBeLessThan(0.97);
});
