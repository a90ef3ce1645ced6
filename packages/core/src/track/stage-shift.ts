/**
 * How far the stage moved between two frames, as far as their cells tell.
 * In: the cells of two frames. Out: a movement, none where none is sure.
 *
 * @module
 */
import { frameShift } from "./drift.js";
import { sharedWith } from "./ends.js";
import { type FrameCells, firstEndingAfter } from "./frame-cells.js";
import { commonShift, diameterOf, nearbyShift, type Shift } from "./shift.js";

const still: Shift = { y: 0, x: 0 };

/**
 * The movement for which the cells vote (`commonShift`, which looks no farther than `reach` pixels). Of few cells that
 * grow and divide a chance majority may vote for one that cannot be: one that lays the cells over fewer of the pixels
 * they had than stillness does counts for nothing. Where the vote is undecided, {@link farShift} is asked.
 */
export function stageShift(before: FrameCells, after: FrameCells, reach: number): Shift {
  const voted = commonShift(before, after, reach);
  const small = voted && Math.hypot(voted.y, voted.x) < diameterOf(after) / 4;
  if (voted && (small || sharedPixels(before, after, voted) >= sharedPixels(before, after, still)))
    return voted;
  return farShift(before, after) ?? still;
}

/** Planes that are correlated have no longer side, and where cells are large one of a quarter: some 5 to 40 ms. */
const longest = 256;

/** By how much a movement must lay the cells over one another better than stillness does. */
const better = 1.25;

/**
 * The movement of cells that are few, or of which nobody is near where it was because the stage jumped: by phase
 * correlation of the cells' insides, as `labelShift` does, but drawn coarsely from their runs; then brought to the median
 * of what cells of like area moved. Finds movements up to half the frame. Answers nothing unless the correlation is sure
 * and clearly more pixels of cells are shared then than without a movement: a mother whose daughters lie about where she
 * lay has not moved.
 */
export function farShift(before: FrameCells, after: FrameCells): Shift | undefined {
  const least = better * sharedPixels(before, after, still);
  // No movement can lay more pixels over one another than the cells of a frame have.
  if (least >= Math.min(areaOf(before), areaOf(after))) return undefined;
  const step = stepOf(after);
  const { y, x, sure } = frameShift(insidesOf(before, step), insidesOf(after, step));
  if (!sure || (y === 0 && x === 0)) return undefined;
  const guess = { y: y * step, x: x * step };
  const shift = nearbyShift(before, after, guess, 2 * step) ?? guess;
  return sharedPixels(before, after, shift) > least ? shift : undefined;
}

/** How many pixels a side one of the coarse plane stands for: so few that a cell is still four wide, where that can be. */
function stepOf(cells: FrameCells): number {
  const side = Math.max(cells.height, cells.width);
  const coarse = Math.min(diameterOf(cells) / 4, (4 * side) / (longest + 4));
  return Math.max(Math.ceil(side / longest), Math.floor(coarse));
}

/** How many pixels of cells lie inside them, in blocks of `step` x `step` pixels: pixels like those right of and below them. */
function insidesOf(cells: FrameCells, step: number) {
  const { height, width, row, start, end, cell, rowStart } = cells;
  const shape = [Math.ceil(height / step), Math.ceil(width / step)];
  const data = new Float32Array(shape[0] * shape[1]);
  for (let n = 0; n < cell.length; n++) {
    const below = row[n] + 1;
    if (below === height) break;
    const at = Math.floor(row[n] / step) * shape[1];
    const stop = rowStart[below + 1];
    for (let m = firstEndingAfter(cells, below, start[n]); m < stop && start[m] < end[n] - 1; m++) {
      if (cell[m] !== cell[n]) continue;
      const last = Math.min(end[n] - 1, end[m]);
      for (let x = Math.max(start[n], start[m]); x < last; x++) data[at + Math.floor(x / step)]++;
    }
  }
  return { data, shape, axes: "yx" };
}

function sharedPixels(before: FrameCells, after: FrameCells, { y, x }: Shift): number {
  const [dy, dx] = [Math.round(y), Math.round(x)];
  const moved = (cell: number) => ({ cells: before, cell, dy, dx });
  return sharedWith(before.count, moved, after).area.reduce((sum, area) => sum + area, 0);
}

function areaOf({ areas }: FrameCells): number {
  return areas.reduce((sum, area) => sum + area, 0);
}
