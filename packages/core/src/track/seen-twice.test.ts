import { expect, test } from "vitest";
import { frameCells } from "./frame-cells.js";
import { compareSeen, partSeenAfter } from "./seen-twice.js";

/** A frame of 10 x 12 pixels with rectangles: top, left, height, width. Label = place + 1. */
function frame(...boxes: [number, number, number, number][]) {
  const data = new Uint32Array(120);
  for (const [i, [top, left, height, width]] of boxes.entries())
    for (let y = top; y < top + height; y++) data.fill(i + 1, y * 12 + left, y * 12 + left + width);
  return frameCells({ data, shape: [10, 12], axes: "yx" });
}

test("a cell that comes in over the border has neither grown nor moved by itself", () => {
  const before = frame([2, 0, 4, 2]);
  const after = frame([2, 1, 4, 4]);
  // Of the four columns two were outside, and one came in between.
  expect(compareSeen(before, 0, 0, 3, after, 0)).toEqual({
    before: 8,
    after: 8,
    offY: 0,
    offX: 0,
    whole: false,
  });
});

test("a cell that leaves is compared by what is left of it", () => {
  const before = frame([5, 4, 4, 3]);
  const after = frame([8, 4, 2, 3]);
  expect(partSeenAfter(before, 0, 3, 0)).toEqual({ area: 6, y: 5.5, x: 5 });
  const seen = compareSeen(before, 0, 3, 0, after, 0);
  expect(seen).toMatchObject({ before: 6, after: 6, offY: 0, offX: 0, whole: false });
});

test("cells inside are compared as they are, whatever the fraction of a pixel", () => {
  const before = frame([2, 2, 3, 3]);
  const after = frame([3, 4, 3, 4]);
  const seen = compareSeen(before, 0, 0.4, 1.75, after, 0);
  expect(seen).toMatchObject({ before: 9, after: 12, whole: true });
  expect(seen.offY).toBeCloseTo(0.6);
  expect(seen.offX).toBeCloseTo(0.75);
});

test("cells of which nothing was seen in both frames are compared whole", () => {
  const before = frame([0, 0, 2, 2]);
  const after = frame([0, 8, 2, 4]);
  const seen = compareSeen(before, 0, 0, -4, after, 0);
  expect(seen).toEqual({ before: 4, after: 8, offY: 0, offX: 13, whole: false });
});
