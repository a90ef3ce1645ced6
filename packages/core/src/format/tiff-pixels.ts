/**
 * From the decompressed bytes of a strip or tile to pixels in their place: predictors, byte order, interleaved samples.
 *
 * @module
 */
import { fromFloat24, fromHalf } from "../half.js";
import type { Pixels } from "../image.js";
import type { Box } from "../tile.js";
import { narrowIntegers } from "./big-integers.js";
import { unpackBits } from "./bits.js";
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
  const { bits } = page;
  const samples = page.planar ? 1 : page.samples;
  const rowLength = segment.columns * samples;
  if (bits % 8 !== 0) return unpackBits(bytes, bits, rowLength);
  const size = bits / 8;
  if (page.predictor === 3) joinFloatBytes(bytes, rowLength, samples, size);
  else if (page.littleEndian !== hostIsLittleEndian) swapBytes(bytes, size);
  if (page.predictor === 2 && size === 8) addUpLong(bytes, rowLength, samples);
  else if (page.predictor === 2) addUp(bytes, size, rowLength, samples);
  return numbersOf(bytes, page);
}

/** Bytes in this machine's order as the numbers that the image gets. */
function numbersOf(bytes: Uint8Array, { type, bits, kind }: PageLayout): Pixels {
  if (kind === "float" && bits === 16) return fromHalf(asPixels("uint16", bytes) as Uint16Array);
  if (kind === "float" && bits === 24) return fromFloat24(bytes, hostIsLittleEndian);
  if (kind === "float" || bits < 64) return asPixels(type, bytes);
  const Integers = kind === "signed" ? BigInt64Array : BigUint64Array;
  const { buffer, byteOffset, length } = bytes;
  return Float64Array.from(
    narrowIntegers(new Integers(buffer as ArrayBuffer, byteOffset, length / 8)),
  );
}

/** Predictor 2 (TIFF 6.0, section 14): each number is stored as its difference from the pixel to the left. */
function addUp(bytes: Uint8Array, size: number, rowLength: number, samples: number): void {
  const type = size === 1 ? "uint8" : size === 2 ? "uint16" : "uint32";
  const values = asPixels(type, bytes) as Uint32Array;
  for (let start = 0; start < values.length; start += rowLength)
    for (let i = start + samples; i < start + rowLength; i++) values[i] += values[i - samples];
}

function addUpLong(bytes: Uint8Array, rowLength: number, samples: number): void {
  const { buffer, byteOffset, length } = bytes;
  const values = new BigUint64Array(buffer as ArrayBuffer, byteOffset, length / 8);
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
