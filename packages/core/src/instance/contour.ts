/**
 * The contour that creeps from nuclei to the ends of their cells, step by step.
 * In: a map of the interior and where to start, flat arrays. Out: 1 where the contour ended up, 0 elsewhere.
 *
 * @module
 */
import { numberComponents } from "../components.js";
import { nearestInto } from "../distance.js";
import type { Watch } from "../source.js";

/**
 * Moves the outlines of `start` for a number of steps: each pixel at an outline goes to the side, inside or outside,
 * whose mean of the map it is nearer to; then the outline is smoothed; then the wall between the pieces is cleared.
 */
export function creep(
  interior: Float32Array,
  start: Uint32Array,
  height: number,
  width: number,
  { iterations, smoothing }: { readonly iterations: number; readonly smoothing: number },
  { signal, onProgress }: Watch = {},
): Uint8Array {
  let inside = new Uint8Array(start.length);
  for (let i = 0; i < start.length; i++) inside[i] = start[i] === 0 ? 0 : 1;
  let next = new Uint8Array(start.length);
  const before = [new Uint8Array(start.length), new Uint8Array(start.length)];
  const smoother = newSmoother(height, width);
  const regions = newRegions(start.length);
  let turn = 0;
  for (let step = 0; step < iterations; step++) {
    signal?.throwIfAborted();
    onProgress?.(step, iterations);
    numberComponents(inside, height, width, 4, regions.labels);
    nearestInto(inside, height, width, regions.nearest);
    pull(interior, inside, height, width, next);
    [inside, next] = [next, inside];
    for (let n = 0; n < smoothing; n++) smooth(inside, height, width, smoother, turn++ % 2 === 0);
    clearWalls(inside, height, width, regions);
    // The rules alternate from step to step at most, so what recurs after two steps recurs for ever.
    const old = before[step % 2];
    if (step >= 2 && (iterations - 1 - step) % 2 === 0 && same(inside, old)) break;
    old.set(inside);
  }
  onProgress?.(iterations, iterations);
  return inside;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Chan and Vese's force, where the outline is: a pixel becomes inside where the map is nearer to the mean of the inside
 * than to that of the outside. The outline is where central differences of the mask are not 0.
 */
function pull(
  interior: Float32Array,
  inside: Uint8Array,
  height: number,
  width: number,
  out: Uint8Array,
): void {
  const [meanOutside, meanInside] = meansOf(interior, inside);
  out.set(inside);
  for (let y = 0, i = 0; y < height; y++) {
    const up = y > 0 ? width : 0;
    const down = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      const left = x > 0 ? 1 : 0;
      const right = x + 1 < width ? 1 : 0;
      if (inside[i - up] === inside[i + down] && inside[i - left] === inside[i + right]) continue;
      out[i] = sideOf(interior[i], meanInside, meanOutside, inside[i]);
    }
  }
}

/** 1 where a value is nearer to the mean of the inside, 0 where to that of the outside; as it was where it is neither. */
function sideOf(value: number, meanInside: number, meanOutside: number, before: number): number {
  const toInside = value - meanInside;
  const toOutside = value - meanOutside;
  const force = toInside * toInside - toOutside * toOutside;
  if (force < 0) return 1;
  return force > 0 ? 0 : before;
}

/** The means of the map where the mask is 0 and where it is 1. */
function meansOf(map: Float32Array, mask: Uint8Array): [number, number] {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < mask.length; i++) {
    sums[mask[i]] += map[i];
    counts[mask[i]]++;
  }
  return [sums[0] / counts[0], sums[1] / counts[1]];
}

/** The mask with a frame of zeros, twice, so that no neighbour is missing. */
interface Smoother {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

function newSmoother(height: number, width: number): Smoother {
  const size = (height + 2) * (width + 2);
  return { from: new Uint8Array(size), to: new Uint8Array(size) };
}

/**
 * One round of smoothing by curvature: dents are filled, then spikes cut, or the other way round. What is a line of three
 * pixels is judged in the four directions.
 */
function smooth(
  mask: Uint8Array,
  height: number,
  width: number,
  { from, to }: Smoother,
  dentsFirst: boolean,
): void {
  const wide = width + 2;
  for (let y = 0; y < height; y++)
    from.set(mask.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  to.set(from);
  if (dentsFirst) fillDents(from, to, height, width);
  else cutSpikes(from, to, height, width);
  from.set(to);
  if (dentsFirst) cutSpikes(to, from, height, width);
  else fillDents(to, from, height, width);
  for (let y = 0; y < height; y++) {
    const start = (y + 1) * wide + 1;
    mask.set(from.subarray(start, start + width), y * width);
  }
}

/** A pixel outside becomes inside where a line through it in every direction meets the inside. */
function fillDents(from: Uint8Array, to: Uint8Array, height: number, width: number): void {
  const wide = width + 2;
  for (let y = 1; y <= height; y++)
    for (let x = 1, i = y * wide + 1; x <= width; x++, i++) {
      if (from[i] === 1) continue;
      const all =
        (from[i - 1] | from[i + 1]) &
        (from[i - wide] | from[i + wide]) &
        (from[i - wide - 1] | from[i + wide + 1]) &
        (from[i - wide + 1] | from[i + wide - 1]);
      if (all === 1) to[i] = 1;
    }
}

/** A pixel inside becomes outside where no line of three through it lies inside. */
function cutSpikes(from: Uint8Array, to: Uint8Array, height: number, width: number): void {
  const wide = width + 2;
  for (let y = 1; y <= height; y++)
    for (let x = 1, i = y * wide + 1; x <= width; x++, i++) {
      if (from[i] === 0) continue;
      const any =
        (from[i - 1] & from[i + 1]) |
        (from[i - wide] & from[i + wide]) |
        (from[i - wide - 1] & from[i + wide + 1]) |
        (from[i - wide + 1] & from[i + wide - 1]);
      if (any === 0) to[i] = 0;
    }
}

/** The pieces at the start of a step and, of each pixel, which pixel of a piece is the nearest. */
interface Regions {
  readonly labels: Uint32Array;
  readonly nearest: Int32Array;
  /** The nearest piece of each pixel. */
  readonly owner: Uint32Array;
}

function newRegions(size: number): Regions {
  return {
    labels: new Uint32Array(size),
    nearest: new Int32Array(size),
    owner: new Uint32Array(size),
  };
}

/** Clears the pixels beside which another piece is nearer. */
function clearWalls(mask: Uint8Array, height: number, width: number, regions: Regions): void {
  const { labels, nearest, owner } = regions;
  if (nearest[0] < 0) return;
  for (let i = 0; i < owner.length; i++) owner[i] = labels[nearest[i]];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width && owner[i + 1] !== owner[i]) mask[i] = mask[i + 1] = 0;
      if (y + 1 < height && owner[i + width] !== owner[i]) mask[i] = mask[i + width] = 0;
    }
}
