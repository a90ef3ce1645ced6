/**
 * Channels first or last: how their numbers lie in memory.
 *
 * @module
 */
import type { Pixels } from "../image.js";

/**
 * Swaps the last two axes of an array [count, rows, columns]: with rows of channels and columns of pixels, or the other way
 * round, it turns channels first into channels last and back. The numbers given are not changed.
 */
export function swapAxes(data: Pixels, count: number, rows: number, columns: number): Pixels {
  if (rows === 1 || columns === 1) return data;
  const out = data.slice();
  const size = rows * columns;
  for (let i = 0, from = 0; i < count; i++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        out[i * size + column * rows + row] = data[from++];
  return out;
}
