/**
 * A movie in an OME-Zarr (0.4 or 0.5, an image or its labels) or in a plain Zarr array, of version 2 or 3.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { FormatError, type Image, type Pixels, UnsupportedError } from "@cellwright/core";
import {
  type AsyncReadable,
  type DataType,
  get,
  open,
  root,
  slice,
  type Array as ZarrArray,
} from "zarrita";
import { about } from "./batch.js";
import type { Movie, MovieOptions } from "./movie.js";
import { type FoundArray, findArray, type ZarrAxis } from "./zarr-array.js";
import { filesBelow, folderStore } from "./zarr-store.js";

/** Bytes that the frames of one read may take when decoded. */
const largestRead = 1024 ** 3;

/** Frames that share chunks are decoded together, and kept until one of another chunk is asked for. */
interface Block {
  readonly first: number;
  readonly frames: readonly Image[];
}

/** Opens the Zarr in a folder; of an image with labels, its labels where labels are wanted. */
export async function zarrMovie(folder: string, options: MovieOptions): Promise<Movie> {
  const path = resolve(options.cwd, folder);
  const found = await findArray(root(folderStore(path)), options.shows ?? "labels", open);
  const { array, axes, spacing } = found;
  const length = (axis: ZarrAxis) => (axes.includes(axis) ? array.shape[axes.indexOf(axis)] : 1);
  if (length("z") > 1)
    throw new UnsupportedError(
      `has ${length("z")} z slices: a movie is of single planes, make a projection first`,
    );
  const [frames, channels] = [length("t"), length("c")];
  const [height, width] = [length("y"), length("x")];
  const together = framesTogether(found, frames, channels * height * width);
  let block: Block | undefined;
  const frameName = (t: number) => (frames > 1 ? `${folder} frame ${t}` : folder);
  return {
    name: folder,
    frames,
    height,
    width,
    channels,
    ...(Object.keys(spacing).length > 0 && { spacing }),
    files: await filesBelow(join(path, array.path)),
    frameFile: () => undefined,
    frameName,
    readFrame: (t) =>
      about(frameName(t), async () => {
        if (!block || t < block.first || t >= block.first + block.frames.length) {
          const first = t - (t % together);
          block = { first, frames: await readFrames(found, first, together) };
        }
        return block.frames[t - block.first];
      }),
    close: async () => {},
  };
}

/** Checks what decoding will take, and says how many frames to decode at once: those of a chunk, where they are few. */
function framesTogether({ array, axes }: FoundArray, frames: number, pixels: number): number {
  const bytes = 8;
  const chunk = array.chunks.reduce((a, b) => a * b, 1);
  if (Math.max(chunk, pixels) * bytes > 4 * largestRead)
    throw new UnsupportedError(
      `has chunks of ${array.chunks.join(" x ")} and frames of ${pixels} pixels, more than is decoded at once: write it with smaller ones`,
    );
  const inChunk = axes.includes("t") ? Math.min(frames, array.chunks[axes.indexOf("t")]) : 1;
  return inChunk * pixels * bytes <= largestRead ? inChunk : 1;
}

async function readFrames(found: FoundArray, first: number, count: number): Promise<Image[]> {
  const { array, axes } = found;
  const last = axes.includes("t")
    ? Math.min(first + count, array.shape[axes.indexOf("t")])
    : first + 1;
  const selection = [...axes].map((axis) => {
    if (axis === "t") return slice(first, last);
    return axis === "z" ? 0 : null;
  });
  const chunk = await get(wholeChunks(array), selection);
  const values = numbersOf(chunk.data);
  const kept = [...axes].filter((axis) => axis !== "z" && axis !== "t").join("");
  const shape = kept.split("").map((axis) => array.shape[axes.indexOf(axis as ZarrAxis)]);
  const size = shape.reduce((a, b) => a * b, 1);
  const single = kept === "cyx" && shape[0] === 1;
  return Array.from({ length: last - first }, (_, t) => ({
    data: values.subarray(t * size, (t + 1) * size) as Pixels,
    shape: single ? shape.slice(1) : shape,
    axes: single ? "yx" : kept,
  }));
}

/** The array, but that a chunk with fewer pixels than it must have is an error; zarrita takes what is missing for 0. */
function wholeChunks(
  array: ZarrArray<DataType, AsyncReadable>,
): ZarrArray<DataType, AsyncReadable> {
  return new Proxy(array, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "getChunk") return typeof value === "function" ? value.bind(target) : value;
      return async (...words: Parameters<typeof target.getChunk>) => {
        const chunk = await target.getChunk(...words);
        const pixels = chunk.shape.reduce((a, b) => a * b, 1);
        const { length } = chunk.data as ArrayLike<unknown>;
        if (length < pixels)
          throw new FormatError(
            `chunk ${words[0].join(".")} must have ${pixels} pixels, has ${length}: cut off or damaged`,
          );
        return chunk;
      };
    },
  });
}

/** Integers of 64 bits, which many programs give labels, as floats that hold those up to 2^53 exactly. */
function numbersOf(data: unknown): Pixels {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Float64Array.from(data, (value) => {
      const number = Number(value);
      if (!Number.isSafeInteger(number))
        throw new FormatError(`holds ${value}, more than can be counted exactly`);
      return number;
    });
  for (const type of plainTypes) if (data instanceof type) return data;
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
