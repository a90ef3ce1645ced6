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
  const counts = new Uint32Array(area);
  for (let y = 0, i = 0; y < core.height; y++) {
    const from = (core.y + y - read.y) * read.width + core.x - read.x;
    for (let x = 0; x < core.width; x++, i++) {
      const at = Math.floor(y / step) * columns + Math.floor(x / step);
      sums[at] += raw.data[from + x];
      if (pieces[i] !== 0) sums[area + at]++;
      counts[at]++;
    }
  }
  return Float32Array.from(sums, (sum, i) => sum / counts[i % area]);
}
