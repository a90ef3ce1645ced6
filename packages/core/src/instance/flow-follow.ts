/**
 * Where the flow takes every pixel.
 * In: a field of steps. Out: for each pixel the one it ends in.
 *
 * @module
 */

/** Walkers that are so near to each other (parts of a pixel) go on together. */
const parts = 16;

/** Steps between two looks at who walks together. */
const round = 16;

/**
 * Follows the flow from each pixel of the mask by Euler's steps, interpolated linearly between pixels and kept inside the
 * image. `flows` holds y and x side by side for each pixel, and zeros for a row and a pixel beyond. Out: the flat index of the last pixel plus 1; 0 outside the mask.
 */
export function followFlows(
  flows: Float32Array,
  mask: Uint8Array,
  height: number,
  width: number,
  steps: number,
): Uint32Array {
  const pixels = pixelsOf(mask);
  let ys = new Float32Array(pixels.length);
  let xs = new Float32Array(pixels.length);
  for (let n = 0; n < pixels.length; n++) {
    ys[n] = Math.floor(pixels[n] / width);
    xs[n] = pixels[n] - ys[n] * width;
  }
  let walkers: Uint32Array | undefined;
  for (let done = 0; done < steps; done += round) {
    walk(flows, ys, xs, height, width, Math.min(round, steps - done));
    const { first, group } = joined(ys, xs, width);
    if (first.length > 0.9 * ys.length) continue;
    [ys, xs] = [Float32Array.from(first, (n) => ys[n]), Float32Array.from(first, (n) => xs[n])];
    if (walkers) for (let n = 0; n < walkers.length; n++) walkers[n] = group[walkers[n]];
    else walkers = group;
  }
  const ends = new Uint32Array(mask.length);
  for (let n = 0; n < pixels.length; n++) {
    const walker = walkers ? walkers[n] : n;
    ends[pixels[n]] = Math.floor(ys[walker]) * width + Math.floor(xs[walker]) + 1;
  }
  return ends;
}

function pixelsOf(mask: Uint8Array): Uint32Array {
  let count = 0;
  for (const value of mask) count += value;
  const pixels = new Uint32Array(count);
  for (let i = 0, n = 0; n < count; i++) if (mask[i] !== 0) pixels[n++] = i;
  return pixels;
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
      y +=
        up * (back * flows[at] + along * flows[at + 2]) +
        down * (back * flows[below] + along * flows[below + 2]);
      x +=
        up * (back * flows[at + 1] + along * flows[at + 3]) +
        down * (back * flows[below + 1] + along * flows[below + 3]);
      y = Math.max(0, Math.min(bottom, y));
      x = Math.max(0, Math.min(right, x));
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
