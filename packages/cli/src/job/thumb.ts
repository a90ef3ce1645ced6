/**
 * A small picture of a large image, each block its own part of it: mean brightness, and how much of it is cells.
 *
 * @module
 */
import type { BlockGrid, Box, Image } from "@cellwright/core";

/** Pixels along the longer side of the whole picture, about. */
const SIDE = 512;

/** How many pixels of the image lie along a side of one of the picture: a power of two that divides a block. */
export function thumbStep({ height, width, block }: BlockGrid): number {
  let step = 1;
  while (2 * step * SIDE <= 2 * Math.max(height, width) && block % (2 * step) === 0) step *= 2;
  return step;
}

/** The part of a block: first the mean brightness of the first channel, then the share of cells, each in rows. */
export function thumbOf(
  raw: Image,
  read: Box,
  core: Box,
  pieces: Uint32Array,
  grid: BlockGrid,
): Float32Array {
  const step = thumbStep(grid);
  const [rows, columns] = [Math.ceil(core.height / step), Math.ceil(core.width / step)];
  const area = rows * columns;
  const sums = new Float64Array(2 * area);
  for (let y = 0; y < core.height; y++) {
    const from = (core.y + y - read.y) * read.width + core.x - read.x;
    const row = Math.floor(y / step) * columns;
    for (let column = 0, x = 0; column < columns; column++) {
      let [light, cells] = [0, 0];
      for (const end = Math.min(core.width, x + step); x < end; x++) {
        light += raw.data[from + x];
        if (pieces[y * core.width + x] !== 0) cells++;
      }
      sums[row + column] += light;
      sums[area + row + column] += cells;
    }
  }
  const along = (at: number, length: number) => Math.min(step, length - at * step);
  return Float32Array.from(sums, (sum, i) => {
    const [row, column] = [Math.floor((i % area) / columns), i % columns];
    return sum / (along(row, core.height) * along(column, core.width));
  });
}
