/**
 * How to cut an image into tiles so that the maps of the tiles, put together, equal the maps of the whole.
 * Step 7 of the road.
 * In: the size of an image, what a network looks at, a tile size. Out: a plan as data; `predict` carries it out.
 *
 * @module
 */
import { ShapeError, UnsupportedError } from "./errors.js";
import type { Field } from "./network.js";

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
 * `tile` pixels on a side, or so many down and across (rounded up to whole pooling steps), and all nearly the same size;
 * `Infinity` makes one tile.
 *
 * Windows reach past their cores by what the network looks at, and end where the image ends, so that a network
 * that pads with zeros does so where it would have done so on the whole image. A network that does not pad
 * answers for nothing in a frame as wide as its crop, which no core covers.
 *
 * Where a `part` of the image is given, the cores cover its pixels, and no more beside it than steps of the pooling take.
 *
 * Throws {@link ShapeError} where a network that crops would leave nothing of so small an image, or the tile is no
 * positive number; {@link UnsupportedError} where the network both crops and pools with a stride, or its only input is
 * smaller than what it looks at.
 */
export function planTiles(
  height: number,
  width: number,
  field: Field,
  tile: number | readonly [height: number, width: number],
  part: Box = { y: 0, x: 0, height, width },
): TilePlan {
  const [high, wide] = typeof tile === "number" ? [tile, tile] : tile;
  for (const side of [high, wide])
    if (!(side >= 1) || (side !== Infinity && !Number.isSafeInteger(side)))
      throw new ShapeError("tile", "a whole number of pixels from 1, or Infinity", `${side}`);
  const { stride, crop } = field;
  const frame = crop.before + crop.after;
  if (frame > 0 && stride > 1)
    throw new UnsupportedError(
      `a network that crops ${frame} pixels and pools by ${stride} cannot be run on whole images: use its dense form`,
    );
  const { only = Infinity } = field;
  if (only < field.halo.before + field.halo.after + stride)
    throw new UnsupportedError(
      `a network that takes only ${only} pixels and looks at ${field.halo.before + field.halo.after} around each cannot be run in tiles`,
    );
  if (height <= frame || width <= frame)
    throw new ShapeError(
      "image",
      `at least ${frame + 1} x ${frame + 1} pixels for this network`,
      `${height} x ${width}`,
    );
  const rows = planAxis(height, field, high, [part.y, part.y + part.height]);
  const columns = planAxis(width, field, wide, [part.x, part.x + part.width]);
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

function planAxis(
  length: number,
  field: Field,
  tile: number,
  [from, to]: readonly [number, number],
): Span[] {
  const { stride, crop, halo, only } = field;
  // A part that lies in the frame is given its neighbours.
  const last = length - crop.after - 1;
  const first = Math.min(Math.max(crop.before, roundDown(from, stride)), last);
  const end = Math.max(Math.min(last + 1, to), first + 1);
  const before = Math.max(halo.before, crop.before);
  const after = Math.max(halo.after, crop.after);
  // Where there is but one length of input, what the network looks at around the core must fit into it.
  const most =
    only === undefined
      ? tile
      : Math.min(tile, Math.max(stride, roundDown(only - roundUp(before, stride) - after, stride)));
  const count = Math.max(1, Math.ceil((end - first) / roundUp(most, stride)));
  const step = roundUp(Math.ceil((end - first) / count), stride);
  const extent = fitting(length, field);
  const spans: Span[] = [];
  for (let start = first; start < end; start += step) {
    const stop = Math.min(start + step, end);
    const wanted = Math.max(0, roundDown(start - before, stride));
    const needed = Math.min(extent, roundUp(stop + after, stride)) - wanted;
    const windowLength = only ?? fitting(needed, field);
    const windowStart = Math.min(wanted, extent - windowLength);
    spans.push({ start, length: stop - start, windowStart, windowLength });
  }
  return spans;
}

/** The shortest input of at least `length` pixels that the network takes, alone or as a row of its only ones. */
function fitting(length: number, { stride, least = stride, only }: Field): number {
  if (only !== undefined) return Math.max(only, roundUp(length, stride));
  return least + roundUp(Math.max(0, length - least), stride);
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
