/**
 * How far it is: from a pixel to the edge of its cell, or to the nearest pixel of a mask. Exact, in pixels.
 * In: mask or labels `[y, x]`. Out: distances, or which pixel is the nearest.
 *
 * Both passes are Felzenszwalb & Huttenlocher's (2012, "Distance transforms of sampled functions"), with the whole-number
 * crossings of Meijster, Roerdink & Hesselink (2000), so that nothing is rounded before the final square root.
 *
 * @module
 */
import type { Image, Labels, Mask } from "./image.js";
import { checkPlane } from "./plane.js";

/**
 * Of each pixel of a cell, the distance to the nearest pixel that is not of this cell; 0 in the background.
 * Labels that touch are each other's outside; of a mask this is the usual distance transform. What lies beyond the image
 * is not known and no edge: where the whole image is one cell the distance is Infinity.
 */
export function distanceTransform(image: Mask | Labels): Image<Float32Array> {
  checkPlane(image, "mask");
  const [height, width] = image.shape;
  const values = image.data;
  const up = columnDistances(values, height, width);
  const data = new Float32Array(values.length);
  const envelope = newEnvelope(width + 2);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; ) {
      const value = values[row + x];
      let end = x + 1;
      while (end < width && values[row + end] === value) end++;
      if (value !== 0) runDistances(up, row, x, end, width, envelope, data);
      x = end;
    }
  }
  return { ...image, data };
}

/**
 * Of each pixel, which pixel of the mask is the nearest, as an index into the flat array (itself, on the mask); -1 where
 * the mask is empty. Of several equally near ones it is the leftmost, and of those the topmost.
 */
export function nearestPixels(mask: Mask | Labels): Image<Int32Array> {
  checkPlane(mask, "mask");
  const [height, width] = mask.shape;
  const data = new Int32Array(mask.data.length);
  nearestInto(mask.data, height, width, data);
  return { ...mask, data };
}

/** The same on flat arrays: writes the indices into `out`. */
export function nearestInto(
  values: Uint8Array | Uint32Array,
  height: number,
  width: number,
  out: Int32Array,
): void {
  nearestRows(values, height, width, out);
  const envelope = newEnvelope(width);
  const { at, from } = envelope;
  const rows = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let top = -1;
    for (let x = 0; x < width; x++) {
      rows[x] = out[row + x];
      if (rows[x] < 0) continue;
      const rise = rows[x] - y;
      top = addParabola(envelope, top, x, rise * rise, width);
    }
    for (let x = width - 1; top >= 0 && x >= 0; x--) {
      while (x < from[top]) top--;
      out[row + x] = rows[at[top]] * width + at[top];
    }
  }
}

/** The lower envelope of parabolas (x − at)² + square; each rules from `from` to where the next one starts. */
interface Envelope {
  readonly at: Int32Array;
  readonly square: Float64Array;
  readonly from: Int32Array;
}

function newEnvelope(length: number): Envelope {
  return {
    at: new Int32Array(length),
    square: new Float64Array(length),
    from: new Int32Array(length),
  };
}

/**
 * Adds a parabola to the right of all others and returns the new index of the last; of equal ones the earlier rules.
 * One that would rule only from `end` on is left out.
 */
function addParabola(
  { at, square, from }: Envelope,
  last: number,
  x: number,
  height: number,
  end: number,
): number {
  let top = last;
  while (top >= 0) {
    const start = from[top];
    const old = (start - at[top]) * (start - at[top]) + square[top];
    if (old <= (start - x) * (start - x) + height) break;
    top--;
  }
  let start = 0;
  if (top >= 0) {
    const left = at[top];
    start = 1 + Math.floor((x * x - left * left + height - square[top]) / (2 * (x - left)));
    if (start >= end) return top;
  }
  top++;
  at[top] = x;
  square[top] = height;
  from[top] = start;
  return top;
}

/** Distances of one run of a label: parabolas of its own columns, and one for the stranger at each end. */
function runDistances(
  up: Int32Array,
  row: number,
  begin: number,
  end: number,
  width: number,
  envelope: Envelope,
  out: Float32Array,
): void {
  const { at, square, from } = envelope;
  let top = -1;
  if (begin > 0) top = addParabola(envelope, top, -1, 0, end - begin);
  for (let x = begin; x < end; x++) {
    const rise = up[row + x];
    if (rise > 0) top = addParabola(envelope, top, x - begin, rise * rise, end - begin);
  }
  if (end < width) top = addParabola(envelope, top, end - begin, 0, end - begin);
  for (let x = end - begin - 1; x >= 0; x--) {
    while (top > 0 && x < from[top]) top--;
    const run = top < 0 ? Number.POSITIVE_INFINITY : x - at[top];
    out[row + begin + x] = top < 0 ? run : Math.sqrt(run * run + square[top]);
  }
}

/** Of each pixel, the distance up or down its column to another value; -1 where there is none. */
function columnDistances(
  values: Uint8Array | Uint32Array,
  height: number,
  width: number,
): Int32Array {
  const out = new Int32Array(values.length).fill(-1);
  for (let i = width; i < values.length; i++) {
    const above = i - width;
    if (values[i] !== values[above]) out[i] = 1;
    else if (out[above] > 0) out[i] = out[above] + 1;
  }
  for (let i = (height - 1) * width - 1; i >= 0; i--) {
    const below = i + width;
    if (values[i] !== values[below]) out[i] = 1;
    else if (out[below] > 0 && (out[i] < 0 || out[below] + 1 < out[i])) out[i] = out[below] + 1;
  }
  return out;
}

/** Of each pixel, the row of the nearest pixel of the mask in its column, the upper of two; -1 where there is none. */
function nearestRows(
  values: Uint8Array | Uint32Array,
  height: number,
  width: number,
  out: Int32Array,
): void {
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) out[i] = values[i] !== 0 ? y : y > 0 ? out[i - width] : -1;
  for (let y = height - 2; y >= 0; y--)
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const below = out[i + width];
      if (below > y && (out[i] < 0 || below - y < y - out[i])) out[i] = below;
    }
}
