/**
 * An image cut into tiles at full and at halved sizes, as pyramids are written: each pixel is read once, and no more is in
 * memory than a few tiles of each level.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { type Image, lengthOf, type Pixels } from "../image.js";
import type { PyramidReader } from "../pyramid.js";
import type { Watch } from "../source.js";
import { pixelsOf } from "./sample-type.js";

/** What a pyramid is written from: an image whose regions can be asked for. A {@link PyramidReader} is one. */
export type RegionSource = Omit<PyramidReader, "levels">;

/** How a level is made of the one before it. */
export interface TileOptions extends Watch {
  /** Pixels along a side of a tile: even, at least 2. */
  readonly tile: number;
  /** How many levels, the full size among them: at least 1. */
  readonly levels: number;
  /**
   * `"nearest"` keeps the upper left of each 2 x 2 pixels, so that labels stay labels; `"mean"` takes their mean, rounded
   * where the type is of whole numbers.
   */
  readonly reduce: "nearest" | "mean";
}

/** A tile of a level. */
export interface PyramidTile {
  /** An index for each axis other than y and x. */
  readonly index: Readonly<Record<string, number>>;
  readonly level: number;
  readonly row: number;
  readonly column: number;
  /** All of the tile, in rows; 0 beyond the border of the image. */
  readonly data: Pixels;
  /** How much of it lies within the image. */
  readonly height: number;
  readonly width: number;
  /** Whether every pixel is 0. */
  readonly empty: boolean;
}

/** The height and width of each level: half of the one before, rounded up. */
export function levelSizes(height: number, width: number, levels: number): [number, number][] {
  return Array.from({ length: levels }, (_, level) => [
    Math.ceil(height / 2 ** level),
    Math.ceil(width / 2 ** level),
  ]);
}

/** So many levels that the last one is a single tile. */
export function levelsFor(height: number, width: number, tile: number): number {
  return 1 + Math.max(0, Math.ceil(Math.log2(Math.max(height, width) / tile)));
}

/**
 * All tiles of all levels, plane by plane (the last of the axes before y and x fastest). Within a plane a tile comes after
 * those that it is made of. Throws {@link ShapeError} for sizes that cannot be.
 */
export async function* pyramidTiles(
  source: RegionSource,
  options: TileOptions,
): AsyncGenerator<PyramidTile> {
  const { tile, levels } = options;
  if (!Number.isInteger(tile) || tile < 2 || tile % 2 !== 0)
    throw new ShapeError("tile size", "an even whole number from 2", `${tile}`);
  if (!Number.isInteger(levels) || levels < 1)
    throw new ShapeError("levels", "a whole number from 1", `${levels}`);
  const sizes = levelSizes(lengthOf(source, "y"), lengthOf(source, "x"), levels);
  const [rows, columns] = sizes[levels - 1].map((length) => Math.ceil(length / tile));
  const planes = indicesOf(source);
  const perPlane = sizes[0].reduce((count, length) => count * Math.ceil(length / tile), 1);
  const state = { source, options, sizes, done: 0, total: planes.length * perPlane };
  for (const index of planes)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        yield* tilesBelow(state, { index, level: levels - 1, row, column });
}

interface Work {
  readonly source: RegionSource;
  readonly options: TileOptions;
  readonly sizes: readonly (readonly [number, number])[];
  done: number;
  readonly total: number;
}

type Place = Pick<PyramidTile, "index" | "level" | "row" | "column">;

/** The tiles that a tile is made of, and then the tile itself, which it also answers. */
async function* tilesBelow(
  work: Work,
  place: Place,
): AsyncGenerator<PyramidTile, PyramidTile, undefined> {
  const { sizes, options } = work;
  const { index, level, row, column } = place;
  const { tile } = options;
  const [height, width] = [
    Math.min(tile, sizes[level][0] - row * tile),
    Math.min(tile, sizes[level][1] - column * tile),
  ];
  let data: Pixels;
  if (level === 0) data = await readTile(work, place, height, width);
  else {
    data = pixelsOf(work.source.type, tile * tile);
    for (const [down, right] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      const finer = { index, level: level - 1, row: 2 * row + down, column: 2 * column + right };
      const [finerHeight, finerWidth] = sizes[level - 1];
      if (finer.row * tile >= finerHeight || finer.column * tile >= finerWidth) continue;
      const part = yield* tilesBelow(work, finer);
      if (!part.empty) halve(part, data, ((down * tile) / 2) * tile + (right * tile) / 2, options);
    }
  }
  const made = { ...place, data, height, width, empty: isEmpty(data) };
  yield made;
  return made;
}

async function readTile(
  work: Work,
  { index, row, column }: Place,
  height: number,
  width: number,
): Promise<Pixels> {
  const { source, options } = work;
  const { tile, signal, onProgress } = options;
  signal?.throwIfAborted();
  const box = { y: row * tile, x: column * tile, height, width };
  const region = await source.readRegion({ index, box, ...(signal && { signal }) });
  onProgress?.(++work.done, work.total);
  if (height === tile && width === tile) return region.data;
  const data = pixelsOf(source.type, tile * tile);
  for (let y = 0; y < height; y++)
    data.set(region.data.subarray(y * width, (y + 1) * width), y * tile);
  return data;
}

/** Writes a tile at half its size into a quarter of the next one. */
function halve(
  { data, height, width }: PyramidTile,
  out: Pixels,
  start: number,
  { tile, reduce }: TileOptions,
): void {
  if (reduce === "nearest") {
    for (let y = 0; y < height; y += 2) {
      const end = y * tile + width;
      for (let at = y * tile, to = start + (y >> 1) * tile; at < end; at += 2, to++)
        out[to] = data[at];
    }
    return;
  }
  const whole = !(data instanceof Float32Array || data instanceof Float64Array);
  for (let y = 0; y < height; y += 2) {
    const below = y + 1 < height ? tile : 0;
    for (let x = 0; x < width; x += 2) {
      const at = y * tile + x;
      const to = start + (y >> 1) * tile + (x >> 1);
      // At the border a missing pixel is as the one beside it.
      const beside = x + 1 < width ? 1 : 0;
      const sum = data[at] + data[at + beside] + data[at + below] + data[at + below + beside];
      out[to] = whole ? Math.round(sum / 4) : sum / 4;
    }
  }
}

function isEmpty(data: Pixels): boolean {
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) return false;
  return true;
}

/** An index for each axis before y and x, in the order of the planes. */
function indicesOf({ axes, shape }: Pick<Image, "axes" | "shape">): Record<string, number>[] {
  let indices: Record<string, number>[] = [{}];
  for (let i = 0; i < axes.length - 2; i++)
    indices = indices.flatMap((index) =>
      Array.from({ length: shape[i] }, (_, n) => ({ ...index, [axes[i]]: n })),
    );
  return indices;
}
