/**
 * The resolutions that an image is drawn from: those it has, and coarser ones that are made of its coarsest where that is
 * large. In: a reader. Out: levels cut into tiles, and which tiles lie where.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { Edges } from "./sight.js";

/** A resolution to draw from. */
export interface DrawLevel {
  readonly height: number;
  readonly width: number;
  /** Pixels of level 0 along a side of one of these. */
  readonly scale: { readonly y: number; readonly x: number };
  readonly tile: { readonly height: number; readonly width: number };
  /** The level of the reader whose pixels these are, or the means of `step` x `step` of them. */
  readonly from: number;
  readonly step: number;
}

/** A tile by its place. */
export interface TileAt {
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

/** An image no longer than this is not made coarser. */
const SMALL = 1024;
/** A tile of levels that are made, and about what small stored tiles are put together to. */
const SIDE = 512;
/** No tile is longer. */
const LONGEST = 2048;

/** The levels to draw from, finest first. */
export function drawLevels({ levels }: Pick<PyramidReader, "levels">): DrawLevel[] {
  const found = levels.map(
    (level, from): DrawLevel => ({
      height: level.height,
      width: level.width,
      scale: level.scale,
      tile: {
        height: side(level.tile.height, level.height),
        width: side(level.tile.width, level.width),
      },
      from,
      step: 1,
    }),
  );
  const last = found[found.length - 1];
  for (let step = 2; (2 * Math.max(last.height, last.width)) / step > SMALL; step *= 2)
    found.push({
      height: Math.ceil(last.height / step),
      width: Math.ceil(last.width / step),
      scale: { y: last.scale.y * step, x: last.scale.x * step },
      tile: { height: SIDE, width: SIDE },
      from: last.from,
      step,
    });
  return found;
}

/** The coarsest level whose pixels are no larger than those of the screen, `zoom` of which go along one of level 0. */
export function levelFor(levels: readonly DrawLevel[], zoom: number): number {
  const found = levels.findLastIndex(({ scale }) => Math.max(scale.y, scale.x) * zoom <= 1.0001);
  return Math.max(found, 0);
}

/** Where a tile lies, in pixels of level 0. */
export function tileEdges(levels: readonly DrawLevel[], { level, row, column }: TileAt): Edges {
  const { scale, tile } = levels[level];
  return {
    top: row * tile.height * scale.y,
    left: column * tile.width * scale.x,
    bottom: (row + 1) * tile.height * scale.y,
    right: (column + 1) * tile.width * scale.x,
  };
}

/** The tiles of a level that touch a rectangle in pixels of level 0, those near its middle first. */
export function tilesIn(levels: readonly DrawLevel[], level: number, edges: Edges): TileAt[] {
  const { height, width, scale, tile } = levels[level];
  const rows = span(
    edges.top,
    edges.bottom,
    tile.height * scale.y,
    Math.ceil(height / tile.height),
  );
  const columns = span(
    edges.left,
    edges.right,
    tile.width * scale.x,
    Math.ceil(width / tile.width),
  );
  const tiles: TileAt[] = [];
  for (let row = rows.first; row <= rows.last; row++)
    for (let column = columns.first; column <= columns.last; column++)
      tiles.push({ level, row, column });
  const far = ({ row, column }: TileAt) =>
    Math.hypot(row - (rows.first + rows.last) / 2, column - (columns.first + columns.last) / 2);
  return tiles.sort((a, b) => far(a) - far(b));
}

function span(start: number, end: number, length: number, count: number) {
  const first = Math.min(Math.max(Math.floor(start / length), 0), count - 1);
  return { first, last: Math.min(Math.max(Math.ceil(end / length) - 1, first), count - 1) };
}

function side(stored: number, length: number): number {
  const least = Math.min(stored, length);
  if (least > LONGEST) return SMALL;
  return least >= SIDE / 2 ? least : Math.min(least * Math.floor(SIDE / least), length);
}
