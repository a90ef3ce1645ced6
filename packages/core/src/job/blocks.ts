/**
 * A plane too large for one process, cut into blocks: each has a core, which no other has, and sees a halo around it.
 * In: the size of a plane, of blocks and of the halo. Out: boxes in pixels of the plane.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Box } from "../tile.js";

/** How planes are cut. */
export interface BlockGrid {
  /** Pixels of a plane. */
  readonly height: number;
  readonly width: number;
  /** Pixels along a side of a core; the last of a row or column may have fewer. */
  readonly block: number;
  /** Pixels around a core that are looked at too: at least as many as a cell is long. */
  readonly halo: number;
}

/** Which block: of which plane, and where in its grid, all from 0. */
export interface BlockPlace {
  readonly plane: number;
  readonly row: number;
  readonly column: number;
}

/** How many blocks lie along y and x. Throws {@link ShapeError} for a grid that cannot be. */
export function gridSize({ height, width, block, halo }: BlockGrid): {
  readonly rows: number;
  readonly columns: number;
} {
  for (const [what, value, least] of [
    ["height", height, 1],
    ["width", width, 1],
    ["block", block, 1],
    ["halo", halo, 0],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new ShapeError(what, `a whole number of pixels from ${least}`, `${value}`);
  if (halo > block) throw new ShapeError("halo", `at most the block's ${block} pixels`, `${halo}`);
  return { rows: Math.ceil(height / block), columns: Math.ceil(width / block) };
}

/** The pixels that belong to a block alone. */
export function coreBox(grid: BlockGrid, { row, column }: Omit<BlockPlace, "plane">): Box {
  const { height, width, block } = grid;
  const [y, x] = [row * block, column * block];
  return { y, x, height: Math.min(block, height - y), width: Math.min(block, width - x) };
}

/** A box with so many pixels more on each side, as far as the plane goes. */
export function growBox(box: Box, by: number, { height, width }: Omit<BlockGrid, "block">): Box {
  const y = Math.max(0, box.y - by);
  const x = Math.max(0, box.x - by);
  return {
    y,
    x,
    height: Math.min(height, box.y + box.height + by) - y,
    width: Math.min(width, box.x + box.width + by) - x,
  };
}

/** The sides of a block. */
export type Side = "top" | "left" | "bottom" | "right";

/**
 * The bands along the sides of a block where it has neighbours: half the halo to each side of the border, so that both
 * blocks see at least half a halo of what is around. The band of two neighbours is the same box, but for its ends.
 */
export function bandBoxes(grid: BlockGrid, core: Box): Readonly<Partial<Record<Side, Box>>> {
  const reach = Math.floor(grid.halo / 2);
  const whole = growBox(core, reach, grid);
  const [bottom, right] = [core.y + core.height, core.x + core.width];
  const flat = (y: number): Box => growBox({ ...whole, y, height: 0 }, reach, grid);
  const upright = (x: number): Box => growBox({ ...whole, x, width: 0 }, reach, grid);
  const across = (box: Box): Box => ({ ...box, x: whole.x, width: whole.width });
  const along = (box: Box): Box => ({ ...box, y: whole.y, height: whole.height });
  return {
    ...(core.y > 0 && { top: across(flat(core.y)) }),
    ...(core.x > 0 && { left: along(upright(core.x)) }),
    ...(bottom < grid.height && { bottom: across(flat(bottom)) }),
    ...(right < grid.width && { right: along(upright(right)) }),
  };
}

/** Which of `count` units, in their order, the `shard`-th of `shards` does: stretches whose lengths differ by one at most. */
export function shardRange(
  count: number,
  shard: number,
  shards: number,
): readonly [start: number, end: number] {
  if (!(Number.isSafeInteger(shards) && shards >= 1))
    throw new ShapeError("shards", "a whole number from 1", `${shards}`);
  if (!(Number.isSafeInteger(shard) && shard >= 0 && shard < shards))
    throw new ShapeError("shard", `0 to ${shards - 1}`, `${shard}`);
  return [Math.floor((count * shard) / shards), Math.floor((count * (shard + 1)) / shards)];
}
