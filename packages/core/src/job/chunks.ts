/**
 * The files that the pixels of a Zarr array are kept in, told from its metadata alone: which of them a region touches.
 * Zarr version 2 and version 3 (core 3.1, sharding 1.0: a shard is one file).
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Box } from "../tile.js";

/** Where the files of an array are. */
export interface ChunkFiles {
  /** How many pixels a file holds along each axis of the array. */
  readonly chunk: readonly number[];
  /** The key of the file with these indices, below the array. */
  key(indices: readonly number[]): string;
}

/** Of an array, whose `.zarray` or `zarr.json` says so. Throws {@link FormatError} for metadata that say no such thing. */
export function chunkFiles(metadata: unknown): ChunkFiles {
  const fields = metadata as {
    readonly chunks?: readonly number[];
    readonly dimension_separator?: string;
    readonly chunk_grid?: { readonly configuration?: { readonly chunk_shape?: readonly number[] } };
    readonly chunk_key_encoding?: {
      readonly name?: string;
      readonly configuration?: { readonly separator?: string };
    };
  };
  const second = fields?.chunks;
  const third = fields?.chunk_grid?.configuration?.chunk_shape;
  const chunk = second ?? third;
  if (!Array.isArray(chunk)) throw new FormatError("must say how its array is cut into chunks");
  if (second) {
    const separator = fields.dimension_separator ?? ".";
    return { chunk, key: (indices) => indices.join(separator) };
  }
  const { name, configuration } = fields.chunk_key_encoding ?? {};
  if (name === "v2") {
    const separator = configuration?.separator ?? ".";
    return { chunk, key: (indices) => indices.join(separator) };
  }
  const separator = configuration?.separator ?? "/";
  return { chunk, key: (indices) => ["c", ...indices].join(separator) };
}

/** The indices of the files that hold a box of a plane; `before` are the plane's indices along the axes before y and x. */
export function chunksOfBox(
  { chunk }: Pick<ChunkFiles, "chunk">,
  before: readonly number[],
  { y, x, height, width }: Box,
): number[][] {
  const [down, across] = chunk.slice(-2);
  const fixed = before.map((index, axis) => Math.floor(index / chunk[axis]));
  const found: number[][] = [];
  for (let row = Math.floor(y / down); row * down < y + height; row++)
    for (let column = Math.floor(x / across); column * across < x + width; column++)
      found.push([...fixed, row, column]);
  return found;
}
