/**
 * Pixels from the lowest to the highest, in time proportional to their number.
 * In: an image `[y, x]` and a mask. Out: flat indices in rising order, or the rank of each pixel.
 *
 * @module
 */
import type { Pixels } from "./image.js";

/** 2048 drawers: three passes sort 32 bits, and small images do not pay for large tables. */
const bits = 11;
const drawers = 1 << bits;

/**
 * The pixels where `mask` is not 0 (all, without one), lowest value first, equal ones in reading order; NaN comes last.
 * A radix sort of the numbers' bits, so every difference between two values counts.
 */
export function pixelsInOrder(values: Pixels, mask?: Uint8Array | Uint32Array): Uint32Array {
  const pixels = pixelsOf(values.length, mask);
  let order = pixels.map((_, n) => n);
  for (const word of wordsOf(values, pixels)) {
    const keys = order.map((n) => word[n]);
    order = sort(order, keys);
  }
  return order.map((n) => pixels[n]);
}

/**
 * The rank of each pixel of an order: 1 for the lowest value, 2 for the next higher one, …, equal for equal values; 0 for
 * pixels that are not in the order.
 */
export function ranksOf(values: Pixels, order: Uint32Array): { ranks: Uint32Array; top: number } {
  const ranks = new Uint32Array(values.length);
  let top = 0;
  let previous = Number.NaN;
  for (let n = 0; n < order.length; n++) {
    const value = values[order[n]];
    if (value !== previous) top++;
    previous = value;
    ranks[order[n]] = top;
  }
  return { ranks, top };
}

function pixelsOf(size: number, mask?: Uint8Array | Uint32Array): Uint32Array<ArrayBuffer> {
  let count = 0;
  if (mask) for (let i = 0; i < size; i++) if (mask[i] !== 0) count++;
  const pixels = new Uint32Array(mask ? count : size);
  for (let i = 0, n = 0; n < pixels.length; i++) if (mask === undefined || mask[i]) pixels[n++] = i;
  return pixels;
}

/** Unsigned words for each of the pixels that sort as their values do; the less significant word first. */
function wordsOf(values: Pixels, pixels: Uint32Array): Uint32Array[] {
  const high = new Uint32Array(pixels.length);
  if (values instanceof Int32Array || values instanceof Uint32Array) {
    const flip = values instanceof Int32Array ? 0x80000000 : 0;
    for (let n = 0; n < high.length; n++) high[n] = values[pixels[n]] ^ flip;
    return [high];
  }
  if (values instanceof Float64Array) {
    const low = new Uint32Array(pixels.length);
    const double = new DataView(new ArrayBuffer(8));
    for (let n = 0; n < high.length; n++) {
      double.setFloat64(0, values[pixels[n]] + 0);
      const word = double.getUint32(0);
      high[n] = word ^ (word >>> 31 ? 0xffffffff : 0x80000000);
      low[n] = double.getUint32(4) ^ (word >>> 31 ? 0xffffffff : 0);
    }
    return [low, high];
  }
  const floats = new Float32Array(pixels.length);
  for (let n = 0; n < high.length; n++) floats[n] = values[pixels[n]] + 0; // + 0 makes one zero of both
  const words = new Uint32Array(floats.buffer);
  for (let n = 0; n < high.length; n++)
    high[n] = words[n] ^ (words[n] >>> 31 ? 0xffffffff : 0x80000000);
  return [high];
}

/** The items in the order of their keys, stably: a pass for each 11 bits, the least significant first. Uses up both. */
function sort(
  items: Uint32Array<ArrayBuffer>,
  keys: Uint32Array<ArrayBuffer>,
): Uint32Array<ArrayBuffer> {
  const count = items.length;
  let [fromItems, toItems] = [items, new Uint32Array(count)];
  let [fromKeys, toKeys] = [keys, new Uint32Array(count)];
  const start = new Uint32Array(drawers);
  for (let shift = 0; shift < 32; shift += bits) {
    start.fill(0);
    for (let n = 0; n < count; n++) start[(fromKeys[n] >>> shift) & (drawers - 1)]++;
    for (let d = 0, sum = 0; d < drawers; d++) {
      const size = start[d];
      start[d] = sum;
      sum += size;
    }
    for (let n = 0; n < count; n++) {
      const to = start[(fromKeys[n] >>> shift) & (drawers - 1)]++;
      toItems[to] = fromItems[n];
      toKeys[to] = fromKeys[n];
    }
    [fromItems, toItems] = [toItems, fromItems];
    [fromKeys, toKeys] = [toKeys, fromKeys];
  }
  return fromItems;
}
