/**
 * What a block leaves for others of the cells that it found: numbers for those that reach into its core, where they lie,
 * and what its sides look like.
 * In: labels of what the block saw. Out: its pieces of cells.
 *
 * @module
 */
import type { Labels } from "../image.js";
import { indexLabels } from "../labels.js";
import type { Box } from "../tile.js";
import { type BlockGrid, bandBoxes, type Side } from "./blocks.js";

/** A piece of a cell: five numbers in {@link BlockPieces.places}. */
export const PIECE_FIELDS = 5;

/** The cells of a block. */
export interface BlockPieces {
  /** How many cells have pixels in the core. */
  readonly count: number;
  /** The core, in rows: 0, or the number of the piece, 1 … `count` in the order of their first pixels. */
  readonly core: Uint32Array;
  /**
   * Of each piece, as far as it lies in the core: its first pixel in reading order (row times the plane's width plus
   * column), its first row and column, and the row and column after its last. In pixels of the plane.
   */
  readonly places: Float64Array;
  /** The pieces in the bands along the sides, in rows; 0 for cells that do not reach into the core. */
  readonly bands: Readonly<Partial<Record<Side, Uint32Array>>>;
}

/** The pieces of the labels of a box `seen` of a plane, for the block with the core `core`. */
export function cutPieces(labels: Labels, seen: Box, core: Box, grid: BlockGrid): BlockPieces {
  const { index, numbers } = indexLabels(labels);
  const renumbered = new Uint32Array(numbers.length + 1);
  const pixels = new Uint32Array(core.height * core.width);
  const places: number[] = [];
  let count = 0;
  for (let row = 0, to = 0; row < core.height; row++) {
    const y = core.y + row;
    let from = (y - seen.y) * seen.width + core.x - seen.x;
    for (let x = core.x; x < core.x + core.width; x++, from++, to++) {
      const cell = index[from];
      if (cell === 0) continue;
      if (renumbered[cell] === 0) {
        renumbered[cell] = ++count;
        places.push(y * grid.width + x, y, x, y + 1, x + 1);
      }
      const piece = renumbered[cell];
      pixels[to] = piece;
      const at = (piece - 1) * PIECE_FIELDS;
      if (x < places[at + 2]) places[at + 2] = x;
      if (x >= places[at + 4]) places[at + 4] = x + 1;
      places[at + 3] = y + 1;
    }
  }
  for (let i = 0; i < index.length; i++) index[i] = renumbered[index[i]];
  const bands = Object.entries(bandBoxes(grid, core)).map(([side, box]) => [
    side,
    cutOut(index, seen, box),
  ]);
  return {
    count,
    core: pixels,
    places: Float64Array.from(places),
    bands: Object.fromEntries(bands),
  };
}

/** The pixels of a box, in rows, out of those of one around it. */
export function cutOut(data: Uint32Array, around: Box, box: Box): Uint32Array {
  const cut = new Uint32Array(box.height * box.width);
  for (let row = 0; row < box.height; row++) {
    const from = (box.y + row - around.y) * around.width + box.x - around.x;
    cut.set(data.subarray(from, from + box.width), row * box.width);
  }
  return cut;
}
