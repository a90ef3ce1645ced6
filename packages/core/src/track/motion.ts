/**
 * Where cells should be in the next frame: moved with the stage, with their neighbours, and on as they moved before.
 * How much each counts is learnt from the movie while it is tracked.
 *
 * @module
 */
import type { End } from "./ends.js";
import type { FrameCells } from "./frame-cells.js";
import { gridOf, pointsNear } from "./near.js";
import { compareSeen, type SeenTwice } from "./seen-twice.js";
import type { Shift } from "./shift.js";

/** What the frames so far tell of how cells move. Sums over sure links, in which old frames count less and less. */
export interface MotionModel {
  /** Products of the neighbours' movement n, the own velocity v and the movement seen m: nn, vv, nv, nm, vm. */
  readonly sums: Float64Array;
  /** Squared distances between places predicted and seen, and how many. */
  misses: number;
  count: number;
}

/** A model that has seen nothing. */
export function newMotion(): MotionModel {
  return { sums: new Float64Array(5), misses: 0, count: 0 };
}

/** How much of what was learnt is kept from frame to frame. */
const memory = 0.8;

/** What is known before anything was seen, in the weight of so many cells. */
const prior = 4;

/** A link that is beyond doubt, and the movement it shows beyond the common shift. */
interface SureLink {
  readonly end: number;
  readonly y: number;
  readonly x: number;
}

/**
 * Sets where each end should be (`toY`, `toX`) in the frame `after` and answers how far off that usually is along one
 * axis, in pixels. Tracks that were lost before move on from where they should have been.
 */
export function predict(
  model: MotionModel,
  ends: readonly End[],
  after: FrameCells,
  shift: Shift,
  diameter: number,
): number {
  for (const end of ends) {
    end.toY += shift.y;
    end.toX += shift.x;
  }
  const sure = sureLinks(ends, after, diameter);
  const flow = neighbourFlow(ends, sure, 3 * diameter);
  const [ofFlow, ofVelocity] = learn(model, ends, sure, flow, diameter);
  for (const [i, end] of ends.entries()) {
    end.toY += ofFlow * flow.y[i] + ofVelocity * end.velocityY;
    end.toX += ofFlow * flow.x[i] + ofVelocity * end.velocityX;
  }
  const guess = (diameter / 4) ** 2;
  const spread = Math.sqrt((model.misses + prior * guess) / (2 * model.count + prior));
  return Math.max(spread, 0.5 + diameter / 20);
}

/** Pairs of an end and a cell that are each other's nearest, no farther than a diameter, and of like area. */
function sureLinks(ends: readonly End[], after: FrameCells, diameter: number): SureLink[] {
  const grid = gridOf(after.y, after.x, diameter);
  const nearest = new Int32Array(ends.length).fill(-1);
  const suitor = new Int32Array(after.count).fill(-1);
  const closest = new Float64Array(after.count).fill(Number.POSITIVE_INFINITY);
  const near: number[] = [];
  const seen: SeenTwice[] = [];
  for (const [i, { toY, toX, cell, cells }] of ends.entries()) {
    pointsNear(grid, toY, toX, diameter, near);
    let least = Number.POSITIVE_INFINITY;
    for (const j of near) {
      const pair = compareSeen(cells, cell, toY - cells.y[cell], toX - cells.x[cell], after, j);
      const distance = Math.hypot(pair.offY, pair.offX);
      if (distance < least) [least, nearest[i], seen[i]] = [distance, j, pair];
      if (distance < closest[j]) [closest[j], suitor[j]] = [distance, i];
    }
  }
  const sure: SureLink[] = [];
  for (let i = 0; i < ends.length; i++) {
    if (nearest[i] < 0 || suitor[nearest[i]] !== i) continue;
    const { before, after: now, offY, offX } = seen[i];
    if (Math.abs(Math.log(now / before)) <= 0.35) sure.push({ end: i, y: offY, x: offX });
  }
  return sure;
}

/** The mean movement of the sure links around each end, without its own; 0 where there is none. */
function neighbourFlow(
  ends: readonly End[],
  sure: readonly SureLink[],
  radius: number,
): { y: Float64Array; x: Float64Array } {
  const placeY = sure.map(({ end }) => ends[end].toY);
  const placeX = sure.map(({ end }) => ends[end].toX);
  const grid = gridOf(placeY, placeX, radius);
  const near: number[] = [];
  const y = new Float64Array(ends.length);
  const x = new Float64Array(ends.length);
  for (const [i, { toY, toX }] of ends.entries()) {
    pointsNear(grid, toY, toX, radius, near);
    let weights = 0;
    for (const k of near) {
      if (sure[k].end === i) continue;
      const distance = Math.hypot(placeY[k] - toY, placeX[k] - toX);
      const weight = 1 / (1 + (3 * distance) / radius) ** 2;
      y[i] += weight * sure[k].y;
      x[i] += weight * sure[k].x;
      weights += weight;
    }
    if (weights === 0) continue;
    y[i] /= weights;
    x[i] /= weights;
  }
  return { y, x };
}

/** Adds what the sure links show; answers how much of the neighbours' movement and of the own velocity to go by. */
function learn(
  model: MotionModel,
  ends: readonly End[],
  sure: readonly SureLink[],
  flow: { y: Float64Array; x: Float64Array },
  diameter: number,
): [number, number] {
  const { sums } = model;
  for (let k = 0; k < sums.length; k++) sums[k] *= memory;
  for (const { end, y, x } of sure) {
    const { velocityY, velocityX } = ends[end];
    const [flowY, flowX] = [flow.y[end], flow.x[end]];
    sums[0] += flowY * flowY + flowX * flowX;
    sums[1] += velocityY * velocityY + velocityX * velocityX;
    sums[2] += flowY * velocityY + flowX * velocityX;
    sums[3] += flowY * y + flowX * x;
    sums[4] += velocityY * y + velocityX * x;
  }
  const [ofFlow, ofVelocity] = bestParts(sums, prior * (diameter / 20) ** 2);
  model.misses *= memory;
  model.count *= memory;
  for (const { end, y, x } of sure) {
    const missY = y - ofFlow * flow.y[end] - ofVelocity * ends[end].velocityY;
    const missX = x - ofFlow * flow.x[end] - ofVelocity * ends[end].velocityX;
    model.misses += missY * missY + missX * missX;
    model.count++;
  }
  return [ofFlow, ofVelocity];
}

/** Least squares for m ≈ a n + b v with both parts from 0 to 1; `ridge` draws them to 0 where little is known. */
function bestParts(sums: Float64Array, ridge: number): [number, number] {
  const [nn, vv, nv, nm, vm] = sums;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  const onlyFlow = within(nm / (nn + ridge + 1e-9));
  const onlyVelocity = within(vm / (vv + ridge + 1e-9));
  const determinant = (nn + ridge) * (vv + ridge) - nv * nv;
  if (determinant > 1e-9) {
    const a = ((vv + ridge) * nm - nv * vm) / determinant;
    const b = ((nn + ridge) * vm - nv * nm) / determinant;
    if (a >= 0 && b >= 0) return [within(a), within(b)];
  }
  return nm * onlyFlow > vm * onlyVelocity ? [onlyFlow, 0] : [0, onlyVelocity];
}
