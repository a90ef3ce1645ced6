/**
 * How far all cells of a frame moved together: a stage that is not quite still, or medium that flows.
 *
 * @module
 */
import type { FrameCells } from "./frame-cells.js";
import { gridOf, pointsNear } from "./near.js";

/** A common movement, from one frame to the next, in pixels. */
export interface Shift {
  readonly y: number;
  readonly x: number;
}

/** More cells than this add nothing to an estimate. */
const enough = 400;

/** Areas whose logarithms differ by less may be those of one cell. */
const alike = 0.35;

/** The typical diameter of cells: of the circle with their median area; 0 where there are none. */
export function diameterOf({ areas }: FrameCells): number {
  return Math.sqrt((4 * median(areas)) / Math.PI);
}

/**
 * The movement that most cells share. Each pair of a cell and a cell of like area within `reach` votes for its
 * movement; true pairs agree and others scatter. No movement wins unless another has clearly more votes. Answers
 * nothing where fewer than a third of the cells agree, or where there are fewer than three.
 */
export function commonShift(
  before: FrameCells,
  after: FrameCells,
  reach: number,
): Shift | undefined {
  if (before.count < 3 || after.count < 3 || reach <= 0) return undefined;
  const bin = Math.max(1, diameterOf(after) / 4);
  const half = Math.ceil(reach / bin) + 1;
  const side = 2 * half + 1;
  const votes = new Float64Array(side * side);
  const pairs = likePairs(before, after, reach);
  for (let k = 0; k < pairs.y.length; k++) {
    const at = (Math.round(pairs.y[k] / bin) + half) * side + Math.round(pairs.x[k] / bin) + half;
    votes[at] += pairs.weight[k];
  }
  const voters = Math.min(before.count, enough);
  const still = votesAround(votes, side, half * side + half);
  let best = half * side + half;
  let most = 1.25 * still;
  for (let row = 1; row < side - 1; row++)
    for (let at = row * side + 1; at < (row + 1) * side - 1; at++) {
      const sum = votesAround(votes, side, at);
      if (sum > most) [most, best] = [sum, at];
    }
  if (Math.max(most, still) < voters / 3) return undefined;
  const [y, x] = [bin * (Math.floor(best / side) - half), bin * ((best % side) - half)];
  const [closeY, closeX]: number[][] = [[], []];
  for (let k = 0; k < pairs.y.length; k++) {
    if (Math.hypot(pairs.y[k] - y, pairs.x[k] - x) > 2 * bin) continue;
    closeY.push(pairs.y[k]);
    closeX.push(pairs.x[k]);
  }
  return { y: median(closeY), x: median(closeX) };
}

/**
 * The median movement of cells that have one of like area no farther than `radius` from where `guess` takes them, each
 * paired with the nearest; nothing where there is no such pair.
 */
export function nearbyShift(
  before: FrameCells,
  after: FrameCells,
  guess: Shift,
  radius: number,
): Shift | undefined {
  const grid = gridOf(after.y, after.x, radius);
  const near: number[] = [];
  const [ys, xs]: number[][] = [[], []];
  const step = Math.max(1, before.count / enough);
  for (let k = 0; k < before.count; k += step) {
    const i = Math.floor(k);
    const [y, x] = [before.y[i] + guess.y, before.x[i] + guess.x];
    pointsNear(grid, y, x, radius, near);
    const off = (j: number) => Math.hypot(after.y[j] - y, after.x[j] - x);
    const like = near.filter((j) => Math.abs(Math.log(after.areas[j] / before.areas[i])) < alike);
    if (like.length === 0) continue;
    const nearest = like.reduce((best, j) => (off(j) < off(best) ? j : best));
    ys.push(after.y[nearest] - before.y[i]);
    xs.push(after.x[nearest] - before.x[i]);
  }
  return ys.length === 0 ? undefined : { y: median(ys), x: median(xs) };
}

/** Movements of possible pairs, each with a weight: 1 for equal areas, less for others. */
function likePairs(before: FrameCells, after: FrameCells, reach: number) {
  const grid = gridOf(after.y, after.x, reach);
  const near: number[] = [];
  const [y, x, weight]: number[][] = [[], [], []];
  const step = Math.max(1, before.count / enough);
  for (let k = 0; k < before.count; k += step) {
    const i = Math.floor(k);
    pointsNear(grid, before.y[i], before.x[i], reach, near);
    for (const j of near) {
      y.push(after.y[j] - before.y[i]);
      x.push(after.x[j] - before.x[i]);
      weight.push(Math.exp(-4 * Math.abs(Math.log(after.areas[j] / before.areas[i]))));
    }
  }
  return { y, x, weight };
}

function votesAround(votes: Float64Array, side: number, at: number): number {
  let sum = 0;
  for (let row = at - side; row <= at + side; row += side)
    sum += votes[row - 1] + votes[row] + votes[row + 1];
  return sum;
}

/** The middle one; 0 of none. */
function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
}
