/**
 * From the decompressed bytes of a strip or tile to pixels in their place: predictors, byte order, interleaved samples.
 *
 * @module
 */
import { fromHalf } from "../half.js";
import type { Pixels } from "../image.js";
import type { Box } from "../tile.js";
import { asPixels, hostIsLittleEndian, swapBytes } from "./sample-type.js";
import type { PageLayout, Segment } from "./tiff-layout.js";

/**
 * Writes a segment into `target`, where the plane of its first sample begins at `start` and those of further samples
 * follow every `sampleStep` pixels. `bytes` are used up.
 */
export function placeSegment(
  bytes: Uint8Array,
  page: PageLayout,
  segment: Segment,
  target: Pixels,
  start: number,
  sampleStep: number,
): void {
  const values = valuesOf(bytes, page, segment);
  const samples = page.planar ? 1 : page.samples;
  const rows = Math.min(segment.rows, page.height - segment.y);
  const columns = Math.min(segment.columns, page.width - segment.x);
  for (let row = 0; row < rows; row++) {
    const from = row * segment.columns * samples;
    const to = start + (segment.y + row) * page.width + segment.x;
    if (samples === 1) target.set(values.subarray(from, from + columns), to);
    else
      for (let s = 0; s < samples; s++)
        for (let x = 0; x < columns; x++)
          target[to + s * sampleStep + x] = values[from + x * samples + s];
  }
}

/**
 * Writes what a segment holds of one sample of a box into `target`, which is the box. `values` are those of the segment,
 * row after row.
 */
export function placeInBox(
  values: Pixels,
  page: PageLayout,
  segment: Segment,
  sample: number,
  box: Box,
  target: Pixels,
): void {
  const samples = page.planar ? 1 : page.samples;
  const first = Math.max(segment.y, box.y);
  const end = Math.min(segment.y + segment.rows, box.y + box.height);
  const left = Math.max(segment.x, box.x);
  const columns = Math.min(segment.x + segment.columns, box.x + box.width) - left;
  for (let y = first; y < end; y++) {
    const from = ((y - segment.y) * segment.columns + left - segment.x) * samples;
    const to = (y - box.y) * box.width + left - box.x;
    if (samples === 1) target.set(values.subarray(from, from + columns), to);
    else for (let x = 0; x < columns; x++) target[to + x] = values[from + x * samples + sample];
  }
}

/** The numbers of a segment. `bytes` are used up. */
export function valuesOf(bytes: Uint8Array, page: PageLayout, segment: Segment): Pixels {
  const samples = page.planar ? 1 : page.samples;
  const size = page.storedBytes;
  const rowLength = segment.columns * samples;
  if (page.predictor === 3) joinFloatBytes(bytes, rowLength, samples, size);
  else if (page.littleEndian !== hostIsLittleEndian) swapBytes(bytes, size);
  if (page.predictor === 2) addUp(integersOf(bytes, size), rowLength, samples);
  const isHalf = page.type === "float32" && size === 2;
  return isHalf ? fromHalf(asPixels("uint16", bytes) as Uint16Array) : asPixels(page.type, bytes);
}

function integersOf(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array {
  return asPixels(size === 1 ? "uint8" : size === 2 ? "uint16" : "uint32", bytes) as Uint32Array;
}

/** Predictor 2 (TIFF 6.0, section 14): each number is stored as its difference from the pixel to the left. */
function addUp(
  values: Uint8Array | Uint16Array | Uint32Array,
  rowLength: number,
  samples: number,
): void {
  for (let start = 0; start < values.length; start += rowLength)
    for (let i = start + samples; i < start + rowLength; i++) values[i] += values[i - samples];
}

/**
 * Predictor 3 (Adobe, TIFF Technical Note 3, 2005): a row's first bytes of all floats, then all second bytes, …,
 * the highest byte first, all stored as differences.
 */
function joinFloatBytes(bytes: Uint8Array, rowLength: number, samples: number, size: number): void {
  const rowBytes = rowLength * size;
  const row = new Uint8Array(rowBytes);
  for (let start = 0; start < bytes.length; start += rowBytes) {
    for (let i = start + samples; i < start + rowBytes; i++) bytes[i] += bytes[i - samples];
    row.set(bytes.subarray(start, start + rowBytes));
    for (let place = 0; place < size; place++) {
      const to = start + (hostIsLittleEndian ? size - 1 - place : place);
      for (let i = 0; i < rowLength; i++) bytes[to + i * size] = row[place * rowLength + i];
    }
  }
}
