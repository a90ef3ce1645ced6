/**
 * Where the flow takes every pixel.
 * In: a field of steps. Out: for each pixel the one it ends in.
 *
 * @module
 */

/** Walkers that are so near to each other (parts of a pixel) go on together. */
const parts = 16;

/** A walker that moves less than this (squared, in pixels) has arrived, for this round. */
const still = 1e-6;

/** Steps between two looks at who walks together. */
const round = 16;

/** Pixels side by side set out together where the angle between their flows has at least this cosine. */
const alike = 0.94;

/**
 * Follows the flow from each pixel of the mask by Euler's steps, interpolated linearly between pixels and kept inside the
 * image. `flows` holds y and x side by side for each pixel, and zeros for a row and a pixel beyond. Out: the flat index of
 * the last pixel plus 1; 0 outside the mask.
 */
export function followFlows(
  flows: Float32Array,
  mask: Uint8Array,
  height: number,
  width: number,
  steps: number,
): Uint32Array {
  const { walkers, starts } = setOut(flows, mask, height, width);
  let { ys, xs } = starts;
  let groups: Uint32Array | undefined;
  for (let done = 0; done < steps; done += round) {
    walk(flows, ys, xs, height, width, Math.min(round, steps - done));
    const { first, group } = joined(ys, xs, width);
    if (first.length > 0.9 * ys.length) continue;
    [ys, xs] = [taken(ys, first), taken(xs, first)];
    if (groups) for (let n = 0; n < groups.length; n++) groups[n] = group[groups[n]];
    else groups = group;
  }
  for (let i = 0; i < walkers.length; i++) {
    if (walkers[i] === 0) continue;
    const walker = groups ? groups[walkers[i] - 1] : walkers[i] - 1;
    walkers[i] = Math.floor(ys[walker]) * width + Math.floor(xs[walker]) + 1;
  }
  return walkers;
}

function taken(values: Float32Array, which: Uint32Array): Float32Array {
  const out = new Float32Array(which.length);
  for (let n = 0; n < which.length; n++) out[n] = values[which[n]];
  return out;
}

/** Where walkers stand, along y and x. */
interface Places {
  readonly ys: Float32Array;
  readonly xs: Float32Array;
}

/**
 * The walker of each pixel of the mask, counted from 1. In each square of two by two pixels those whose flows go the way of
 * the first one's go with it: they would meet further on.
 */
function setOut(
  flows: Float32Array,
  mask: Uint8Array,
  height: number,
  width: number,
): { walkers: Uint32Array; starts: Places } {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i];
  const walkers = new Uint32Array(mask.length);
  const [ys, xs] = [new Float32Array(count), new Float32Array(count)];
  const leaders = new Int32Array((width + 1) >> 1);
  let n = 0;
  for (let y = 0, i = 0; y < height; y++) {
    if (y % 2 === 0) leaders.fill(-1);
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue;
      const leader = leaders[x >> 1];
      if (leader < 0) leaders[x >> 1] = i;
      else if (goAlike(flows, leader, i)) {
        walkers[i] = walkers[leader];
        continue;
      }
      ys[n] = y;
      xs[n] = x;
      walkers[i] = ++n;
    }
  }
  return { walkers, starts: { ys: ys.subarray(0, n), xs: xs.subarray(0, n) } };
}

function goAlike(flows: Float32Array, a: number, b: number): boolean {
  const [ay, ax] = [flows[2 * a], flows[2 * a + 1]];
  const [by, bx] = [flows[2 * b], flows[2 * b + 1]];
  const along = ay * by + ax * bx;
  return along > 0 && along * along >= alike * alike * (ay * ay + ax * ax) * (by * by + bx * bx);
}

function walk(
  flows: Float32Array,
  ys: Float32Array,
  xs: Float32Array,
  height: number,
  width: number,
  steps: number,
): void {
  const bottom = height - 1;
  const right = width - 1;
  const next = 2 * width;
  for (let n = 0; n < ys.length; n++) {
    let y = ys[n];
    let x = xs[n];
    for (let step = 0; step < steps; step++) {
      const row = y | 0;
      const column = x | 0;
      const down = y - row;
      const along = x - column;
      const up = 1 - down;
      const back = 1 - along;
      const at = 2 * (row * width + column);
      const below = at + next;
      const dy =
        up * (back * flows[at] + along * flows[at + 2]) +
        down * (back * flows[below] + along * flows[below + 2]);
      const dx =
        up * (back * flows[at + 1] + along * flows[at + 3]) +
        down * (back * flows[below + 1] + along * flows[below + 3]);
      y += dy;
      x += dx;
      if (y < 0) y = 0;
      else if (y > bottom) y = bottom;
      if (x < 0) x = 0;
      else if (x > right) x = right;
      if (dy * dy + dx * dx < still) break;
    }
    ys[n] = y;
    xs[n] = x;
  }
}

/** Walkers in one sixteenth of a pixel: the first of each group, and the group of each walker. */
function joined(
  ys: Float32Array,
  xs: Float32Array,
  width: number,
): { first: Uint32Array; group: Uint32Array } {
  const count = ys.length;
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * count)));
  const table = new Int32Array(slots).fill(-1);
  const keys = new Float64Array(count);
  const first = new Uint32Array(count);
  const group = new Uint32Array(count);
  let groups = 0;
  for (let n = 0; n < count; n++) {
    const key = Math.floor(ys[n] * parts) * (width * parts) + Math.floor(xs[n] * parts);
    // Neighbours in the image are neighbours in the table: it is gone through in order.
    let slot = key % slots;
    while (table[slot] >= 0 && keys[table[slot]] !== key) slot = (slot + 1) & (slots - 1);
    if (table[slot] < 0) {
      table[slot] = groups;
      keys[groups] = key;
      first[groups++] = n;
    }
    group[n] = table[slot];
  }
  return { first: first.slice(0, groups), group };
}
