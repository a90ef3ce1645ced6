import { expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import { poolTypes } from "./track-types.js";

test("a track is of the type that its frames say on average, whatever one of them says", () => {
  const tracks = [5, 2, 5, 2, 5, 5];
  const a = [0.6, 0.2, 0.7, 0.4, 0.75, 0];
  const table = poolTypes(tracks, { a, b: a.map((value) => 1 - value) });
  expect([...table.track_id]).toEqual([2, 5]);
  expect(table.type).toEqual(["b", "a"]);
  expect(table.probability_a[0]).toBeCloseTo(0.3, 12);
  expect(table.probability_a[1]).toBeCloseTo(2.05 / 4, 12);
  expect(table.type_probability[0]).toBeCloseTo(0.7, 12);
});

test("cells that nobody can tell have no voice, and a track of such cells has no type", () => {
  const table = poolTypes([1, 1, 2], {
    a: [Number.NaN, 0.9, Number.NaN],
    b: [Number.NaN, 0.1, Number.NaN],
  });
  expect(table.type).toEqual(["a", ""]);
  expect(table.probability_a[0]).toBe(0.9);
  expect(table.type_probability[1]).toBeNaN();
});

test("equal probabilities go to the first type; no types give no columns", () => {
  expect(poolTypes([1], { x: [0.5], y: [0.5] }).type).toEqual(["x"]);
  expect(poolTypes([1, 2], {})).toEqual({});
});

test("a column too short is an error", () => {
  let error: unknown;
  try {
    poolTypes([1, 2], { a: [0.5] });
  } catch (reason) {
    error = reason;
  }
  expect(isCoreError(error, "ShapeError")).toBe(true);
  expect((error as Error).message).toBe("probabilities of a must be 2, one a cell, got 1");
});
