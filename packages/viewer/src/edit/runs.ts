/**
 * Labels as runs: length, label, length, label, …, row by row through a box. Cells are flat, so a page of them is short.
 * In: rows of labels. Out: runs, and back, bit for bit.
 *
 * @module
 */
import type { Box } from "@cellwright/core";

/** The labels of a box out of rows of `width`, as runs. */
export function packRuns(values: Uint32Array, width: number, box: Box): Uint32Array {
  const runs = new Uint32Array(2 * countRuns(values, width, box));
  let n = -2;
  let label = -1;
  for (let y = box.y; y < box.y + box.height; y++) {
    const end = y * width + box.x + box.width;
    for (let i = y * width + box.x; i < end; i++) {
      if (values[i] !== label) {
        label = values[i];
        n += 2;
        runs[n + 1] = label;
      }
      runs[n]++;
    }
  }
  return runs;
}

function countRuns(values: Uint32Array, width: number, box: Box): number {
  let count = 0;
  let label = -1;
  for (let y = box.y; y < box.y + box.height; y++) {
    const end = y * width + box.x + box.width;
    for (let i = y * width + box.x; i < end; i++) {
      if (values[i] === label) continue;
      label = values[i];
      count++;
    }
  }
  return count;
}

/** Writes runs into a box of rows of `width`. */
export function unpackRuns(runs: Uint32Array, values: Uint32Array, width: number, box: Box): void {
  const right = box.x + box.width;
  let y = box.y;
  let x = box.x;
  for (let n = 0; n < runs.length; n += 2) {
    let rest = runs[n];
    while (rest > 0) {
      const count = Math.min(rest, right - x);
      values.fill(runs[n + 1], y * width + x, y * width + x + count);
      rest -= count;
      x += count;
      if (x < right) continue;
      x = box.x;
      y++;
    }
  }
}

/** Pixels that runs stand for. */
export function runsLength(runs: Uint32Array): number {
  let length = 0;
  for (let n = 0; n < runs.length; n += 2) length += runs[n];
  return length;
}

/** What {@link eachDifference} calls: `length` pixels in a row from (`y`, `x`) were `from` and are `to`. */
export type OnDifference = (y: number, x: number, length: number, from: number, to: number) => void;

/** Goes through two runs of one box and tells of every stretch of a row in which they differ. */
export function eachDifference(
  before: Uint32Array,
  after: Uint32Array,
  box: Box,
  found: OnDifference,
): void {
  const right = box.x + box.width;
  let y = box.y;
  let x = box.x;
  let [i, j] = [0, 0];
  let [inBefore, inAfter] = [before[0] ?? 0, after[0] ?? 0];
  while (i < before.length && j < after.length) {
    const length = Math.min(inBefore, inAfter, right - x);
    const [from, to] = [before[i + 1], after[j + 1]];
    if (from !== to && length > 0) found(y, x, length, from, to);
    inBefore -= length;
    inAfter -= length;
    x += length;
    if (x === right) {
      x = box.x;
      y++;
    }
    if (inBefore === 0) {
      i += 2;
      inBefore = before[i];
    }
    if (inAfter === 0) {
      j += 2;
      inAfter = after[j];
    }
  }
}

/** The smallest box in which two arrays of rows of `width` differ, looked for within `box`; undefined where they are equal. */
export function differenceBox(
  before: Uint32Array,
  after: Uint32Array,
  width: number,
  box: Box,
): Box | undefined {
  let [top, left, bottom, right] = [-1, box.x + box.width, -1, -1];
  for (let y = box.y; y < box.y + box.height; y++) {
    const start = y * width + box.x;
    const end = start + box.width;
    let i = start;
    while (i < end && before[i] === after[i]) i++;
    if (i === end) continue;
    let j = end - 1;
    while (before[j] === after[j]) j--;
    if (top < 0) top = y;
    bottom = y;
    left = Math.min(left, i - y * width);
    right = Math.max(right, j - y * width);
  }
  if (top < 0) return undefined;
  return { y: top, x: left, height: bottom - top + 1, width: right - left + 1 };
}
