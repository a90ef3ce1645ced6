/**
 * A box of a Zarr array in any number of axes: of its chunks only those that the box touches are read.
 *
 * @module
 */
import type { DataType, Array as ZarrArray } from "zarrita";
import { FormatError } from "../errors.js";
import { fromHalf } from "../half.js";
import type { Held } from "../held.js";
import type { Pixels } from "../image.js";
import type { Signal } from "../source.js";
import { narrowIntegers } from "./big-integers.js";
import { pixelsOf, type SampleType } from "./sample-type.js";
import { zarrTypes } from "./zarr-metadata.js";

/** An array of whatever numbers. */
export type AnyZarrArray = ZarrArray<DataType>;

/** Arrays whose 16-bit integers are the bits of half-precision numbers. */
const halves = new WeakSet<AnyZarrArray>();

/** Makes an array's 16-bit integers half-precision numbers, as which they are given. */
export function takeAsHalves(array: AnyZarrArray): AnyZarrArray {
  halves.add(array);
  return array;
}

/** A decoded chunk: numbers, and how far apart neighbours along each axis stand. */
export interface DecodedChunk {
  readonly data: Pixels;
  readonly stride: readonly number[];
}

/** The number type that the pixels of an array have. */
export function typeOfArray(array: AnyZarrArray): SampleType {
  return halves.has(array) ? "float32" : zarrTypes[array.dtype];
}

/** Chunks read at once. */
const together = 16;

/**
 * The numbers from `start` on, `length` of them along each axis, in C order; the box lies within the array. Chunks that
 * are not there have the fill value. Throws {@link FormatError} for a chunk with fewer or more numbers than it must have.
 */
export async function readZarrBox(
  array: AnyZarrArray,
  start: readonly number[],
  length: readonly number[],
  options: { readonly signal?: Signal; readonly held?: Held<DecodedChunk> } = {},
): Promise<Pixels> {
  const data = pixelsOf(
    typeOfArray(array),
    length.reduce((a, b) => a * b, 1),
  );
  const chunks = chunksOf(array.chunks, start, length);
  for (let first = 0; first < chunks.length; first += together) {
    options.signal?.throwIfAborted();
    await Promise.all(
      chunks.slice(first, first + together).map(async (index) => {
        const { held, signal } = options;
        const chunk = held
          ? await held.get(index.join("."), () => readChunk(array, index))
          : await readChunk(array, index, signal);
        const origin = index.map((n, axis) => n * array.chunks[axis]);
        place(chunk, origin, array.chunks, start, length, data);
      }),
    );
  }
  return data;
}

/** The places of the chunks that a box touches. */
function chunksOf(
  chunk: readonly number[],
  start: readonly number[],
  length: readonly number[],
): number[][] {
  let found: number[][] = [[]];
  for (const [axis, size] of chunk.entries()) {
    const first = Math.floor(start[axis] / size);
    const last = Math.floor((start[axis] + length[axis] - 1) / size);
    const along = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    found = found.flatMap((index) => along.map((n) => [...index, n]));
  }
  return found;
}

async function readChunk(
  array: AnyZarrArray,
  index: readonly number[],
  signal?: Signal,
): Promise<DecodedChunk> {
  const { data, shape, stride } = await array.getChunk([...index], { signal: signal as never });
  const pixels = shape.reduce((a, b) => a * b, 1);
  const { length } = data as ArrayLike<unknown>;
  if (length !== pixels)
    throw new FormatError(
      `chunk ${index.join(".")} must have ${pixels} pixels, has ${length}: cut off or damaged`,
    );
  const numbers = halves.has(array) ? fromHalf(data as Uint16Array) : numbersOf(data);
  return { data: numbers, stride };
}

/** Copies the part of a chunk that lies in the box, row by row. */
function place(
  chunk: DecodedChunk,
  origin: readonly number[],
  size: readonly number[],
  start: readonly number[],
  length: readonly number[],
  target: Pixels,
): void {
  const axes = length.length;
  const copy = (axis: number, from: number, to: number): void => {
    if (axis === axes) {
      target[to] = chunk.data[from];
      return;
    }
    const first = Math.max(start[axis], origin[axis]);
    const end = Math.min(start[axis] + length[axis], origin[axis] + size[axis]);
    const step = length.slice(axis + 1).reduce((a, b) => a * b, 1);
    const begin = from + (first - origin[axis]) * chunk.stride[axis];
    const at = to + (first - start[axis]) * step;
    if (axis === axes - 1 && chunk.stride[axis] === 1)
      target.set(chunk.data.subarray(begin, begin + end - first), at);
    else
      for (let i = 0; i < end - first; i++)
        copy(axis + 1, begin + i * chunk.stride[axis], at + i * step);
  };
  copy(0, 0, 0);
}

/** Numbers as they are, integers of 64 bits as floats that hold them exactly, booleans as 0 and 1. */
function numbersOf(data: unknown): Pixels {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Float64Array.from(narrowIntegers(data));
  for (const type of plainTypes) if (data instanceof type) return data;
  if (typeof data === "object" && data !== null && "buffer" in data) {
    const { buffer, byteOffset, length } = data as Uint8Array<ArrayBuffer>;
    return new Uint8Array(buffer, byteOffset, length);
  }
  throw new FormatError("must hold numbers of 8 to 64 bits");
}

const plainTypes = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
] as const;
