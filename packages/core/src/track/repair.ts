/**
 * Mends what the frames before and after show to be wrong: cells found as one for a frame or a few, and a cell found in
 * pieces.
 *
 * @module
 */
import { type End, type Shared, sharedArea, sharedByFrames, turned } from "./ends.js";
import type { FrameCells } from "./frame-cells.js";
import { cutAndJoin, type Edits } from "./recut.js";
import type { Shift } from "./shift.js";

/** A frame that comes later, as it was found. */
export interface Later {
  readonly cells: FrameCells;
  /** What all cells moved from the frame that is mended to this one. */
  readonly shift: Shift;
}

/**
 * Mends a frame; answers `after` itself where nothing is to be done.
 *
 * Two or more tracked cells that lie in one found cell of about their area together are cut apart, if the cell comes
 * apart in one of the later frames. Found cells that lie in one tracked cell and have about its area together are joined,
 * if one cell takes their place in the very next frame. `shared` are the ends laid over `after`; only ends
 * that were seen in the frame before are asked.
 */
export function mend(
  ends: readonly End[],
  frame: number,
  after: FrameCells,
  shared: Shared,
  later: readonly Later[],
): FrameCells {
  if (later.length === 0 || after.count === 0) return after;
  const over = turned(shared, after.count);
  const merged = mergedCells(ends, frame, after, over);
  const pieces = torn(ends, frame, after, shared);
  if (merged.length === 0 && pieces.length === 0) return after;
  const futures = later.map(({ cells, shift }) => ({
    cells,
    shared: sharedByFrames(after, cells, shift.y, shift.x),
  }));
  const edits: Edits = {
    cut: merged.filter(({ cell, ends: parts }) => comesApart(after, cell, parts.length, futures)),
    join: pieces.filter((cells) => isOne(after, cells, futures[0])),
  };
  return edits.cut.length + edits.join.length > 0 ? cutAndJoin(after, ends, edits) : after;
}

interface Future {
  readonly cells: FrameCells;
  readonly shared: Shared;
}

/** A found cell, and the ends that lie in it. */
interface Merged {
  readonly cell: number;
  readonly ends: readonly number[];
}

function mergedCells(
  ends: readonly End[],
  frame: number,
  after: FrameCells,
  over: Shared,
): Merged[] {
  const merged: Merged[] = [];
  for (let cell = 0; cell < after.count; cell++) {
    const inside: number[] = [];
    let area = 0;
    for (let k = over.start[cell]; k < over.start[cell + 1]; k++) {
      const end = ends[over.other[k]];
      const own = end.cells.areas[end.cell];
      if (end.frame !== frame - 1 || over.area[k] < 0.5 * own) continue;
      inside.push(over.other[k]);
      area += own;
    }
    const whole = after.areas[cell];
    if (inside.length > 1 && whole > 0.75 * area && whole < 1.4 * area)
      merged.push({ cell, ends: inside });
  }
  return merged;
}

/** Lists of found cells that each lie in one end. */
function torn(
  ends: readonly End[],
  frame: number,
  after: FrameCells,
  shared: Shared,
): (readonly number[])[] {
  const lists: (readonly number[])[] = [];
  for (const [i, end] of ends.entries()) {
    if (end.frame !== frame - 1) continue;
    const inside: number[] = [];
    let area = 0;
    for (let k = shared.start[i]; k < shared.start[i + 1]; k++) {
      const j = shared.other[k];
      if (shared.area[k] < 0.5 * after.areas[j]) continue;
      inside.push(j);
      area += after.areas[j];
    }
    const own = end.cells.areas[end.cell];
    if (inside.length < 2 || area < 0.7 * own || area > 1.4 * own) continue;
    if (likeness(after, inside, end.cells, end.cell) > 0.75) lists.push(inside);
  }
  return lists;
}

/** Whether a found cell is as many cells in one of the later frames. */
function comesApart(
  after: FrameCells,
  cell: number,
  parts: number,
  futures: readonly Future[],
): boolean {
  return futures.some(({ cells, shared }) => {
    let [count, area] = [0, 0];
    for (let k = shared.start[cell]; k < shared.start[cell + 1]; k++) {
      const other = shared.other[k];
      const own = cells.areas[other];
      if (shared.area[k] < 0.5 * own || own < 0.1 * after.areas[cell]) continue;
      count++;
      area += own;
    }
    return count >= parts && area > 0.6 * after.areas[cell] && area < 1.6 * after.areas[cell];
  });
}

/** Whether a later cell lies where pieces lie, and has the shape that they have together. */
function isOne(after: FrameCells, pieces: readonly number[], { cells, shared }: Future): boolean {
  const area = pieces.reduce((sum, j) => sum + after.areas[j], 0);
  const parts = new Map<number, number>();
  for (const j of pieces)
    for (let k = shared.start[j]; k < shared.start[j + 1]; k++)
      parts.set(shared.other[k], (parts.get(shared.other[k]) ?? 0) + shared.area[k]);
  const [most, ...rest] = [...parts].sort((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < 0.4 * area) return false;
  // Another cell that lies mostly here: they are apart.
  if (rest.some(([other, pixels]) => pixels > 0.5 * cells.areas[other])) return false;
  return likeness(after, pieces, cells, most[0]) > 0.78;
}

/** Shared pixels by pixels of either (0 to 1) of some cells together and another, laid centroid on centroid. */
function likeness(
  cells: FrameCells,
  together: readonly number[],
  others: FrameCells,
  other: number,
): number {
  let [area, y, x] = [0, 0, 0];
  for (const i of together) {
    area += cells.areas[i];
    y += cells.areas[i] * cells.y[i];
    x += cells.areas[i] * cells.x[i];
  }
  const [dy, dx] = [Math.round(others.y[other] - y / area), Math.round(others.x[other] - x / area)];
  let common = 0;
  for (const cell of together) common += sharedArea({ cells, cell, dy, dx }, others, other);
  return common / (area + others.areas[other] - common);
}
