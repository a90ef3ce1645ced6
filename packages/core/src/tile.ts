/**
 * How to cut an image into tiles so that the maps of the tiles, put together, equal the maps of the whole.
 * Step 7 of the road.
 * In: the size of an image, what a network looks at, a tile size. Out: a plan as data; `predict` carries it out.
 *
 * @module
 */
import { ShapeError, UnsupportedError } from "./errors.js";
import type { Field } from "./field.js";

/** A rectangle of pixels. */
export interface Box {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** One piece of an image: what the network is given, and the part of its answer that is kept. */
export interface Tile {
  /** What the network reads: a box of the image, mirrored at its bottom and right to whole steps of the pooling. */
  readonly window: Box;
  /** Where in the whole maps its answer goes. Cores touch, never overlap. */
  readonly core: Box;
  /** Where in the network's answer the core begins. */
  readonly offset: { readonly y: number; readonly x: number };
}

/** All tiles of an image. */
export interface TilePlan {
  readonly tiles: readonly Tile[];
}

/** A core along one axis, and the window around it. */
interface Span {
  readonly start: number;
  readonly length: number;
  readonly windowStart: number;
  readonly windowLength: number;
}

/**
 * The tiles of an image of `height` x `width` pixels for a network that looks as `field` says. Cores have at most
 * `tile` pixels on a side (rounded up to whole pooling steps) and all nearly the same size; `Infinity` makes one tile.
 *
 * Windows reach past their cores by what the network looks at, and end where the image ends, so that a network
 * that pads with zeros does so where it would have done so on the whole image. A network that does not pad
 * answers for nothing in a frame as wide as its crop, which no core covers.
 *
 * Throws {@link ShapeError} where a network that crops would leave nothing of so small an image, or the tile is no
 * positive number; {@link UnsupportedError} where the network both crops and pools with a stride.
 */
export function planTiles(height: number, width: number, field: Field, tile: number): TilePlan {
  if (!(tile >= 1) || (tile !== Infinity && !Number.isSafeInteger(tile)))
    throw new ShapeError("tile", "a whole number of pixels from 1, or Infinity", `${tile}`);
  const { stride, crop } = field;
  const frame = crop.before + crop.after;
  if (frame > 0 && stride > 1)
    throw new UnsupportedError(
      `a network that crops ${frame} pixels and pools by ${stride} cannot be run on whole images: use its dense form`,
    );
  if (height <= frame || width <= frame)
    throw new ShapeError(
      "image",
      `at least ${frame + 1} x ${frame + 1} pixels for this network`,
      `${height} x ${width}`,
    );
  const rows = planAxis(height, field, tile);
  const columns = planAxis(width, field, tile);
  const tiles = rows.flatMap((row) =>
    columns.map((column) => ({
      window: box(row.windowStart, column.windowStart, row.windowLength, column.windowLength),
      core: box(row.start, column.start, row.length, column.length),
      offset: {
        y: row.start - row.windowStart - crop.before,
        x: column.start - column.windowStart - crop.before,
      },
    })),
  );
  return { tiles };
}

/** Tiles in groups of at most `batch` whose windows have one size, so that they can run together. */
export function groupTiles(tiles: readonly Tile[], batch: number): Tile[][] {
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new ShapeError("batch", "a whole number of tiles from 1", `${batch}`);
  const groups: Tile[][] = [];
  const open = new Map<string, Tile[]>();
  for (const tile of tiles) {
    const size = `${tile.window.height} x ${tile.window.width}`;
    let group = open.get(size);
    if (group === undefined || group.length === batch) {
      group = [];
      groups.push(group);
      open.set(size, group);
    }
    group.push(tile);
  }
  return groups;
}

function planAxis(length: number, field: Field, tile: number): Span[] {
  const { stride, crop, halo } = field;
  const [first, end] = [crop.before, length - crop.after];
  const count = Math.max(1, Math.ceil((end - first) / roundUp(tile, stride)));
  const step = roundUp(Math.ceil((end - first) / count), stride);
  const before = Math.max(halo.before, crop.before);
  const after = Math.max(halo.after, crop.after);
  const spans: Span[] = [];
  for (let start = first; start < end; start += step) {
    const stop = Math.min(start + step, end);
    const windowStart = Math.max(0, roundDown(start - before, stride));
    const windowEnd = Math.min(roundUp(length, stride), roundUp(stop + after, stride));
    spans.push({ start, length: stop - start, windowStart, windowLength: windowEnd - windowStart });
  }
  return spans;
}

function box(y: number, x: number, height: number, width: number): Box {
  return { y, x, height, width };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
