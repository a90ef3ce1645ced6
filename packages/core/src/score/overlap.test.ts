import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { overlapOf } from "./overlap.js";

test("areas and shared pixels are counted, whatever numbers the labels have", () => {
  const truth: Labels = {
    data: Uint32Array.of(9, 9, 0, 4294967295, 9, 0, 0, 4294967295),
    shape: [2, 4],
    axes: "yx",
  };
  const found: Labels = { data: Uint32Array.of(3, 3, 3, 5, 1, 1, 0, 5), shape: [2, 4], axes: "yx" };
  const overlap = overlapOf(truth, found);
  expect([...overlap.truth.labels]).toEqual([9, 4294967295]);
  expect([...overlap.truth.areas]).toEqual([3, 2]);
  expect([...overlap.found.labels]).toEqual([1, 3, 5]);
  expect([...overlap.found.areas]).toEqual([2, 3, 2]);
  expect(overlap.pairs).toEqual([
    { truth: 0, found: 0, area: 1, iou: 1 / 4 },
    { truth: 0, found: 1, area: 2, iou: 2 / 4 },
    { truth: 1, found: 2, area: 2, iou: 1 },
  ]);
});

test("images without cells overlap in nothing", () => {
  const none: Labels = { data: new Uint32Array(6), shape: [2, 3], axes: "yx" };
  const overlap = overlapOf(none, none);
  expect(overlap.pairs).toEqual([]);
  expect(overlap.truth.labels.length).toBe(0);
});
