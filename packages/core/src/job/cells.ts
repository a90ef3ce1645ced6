/**
 * From pieces to cells: which are one, what number each cell has, and where it lies.
 * In: pieces by blocks, and pairs of them that are one cell. Out: a number a piece.
 *
 * @module
 */
import { joinTrees, rootOf } from "../components.js";
import { PIECE_FIELDS } from "./pieces.js";

/** Numbers a piece in {@link JoinedPieces.cells}. */
export const CELL_FIELDS = 5;

/** The pieces of all blocks of a plane, counted through in the order of the blocks. */
export interface JoinedPieces {
  /** How many cells there are. */
  readonly count: number;
  /**
   * Five numbers a piece. First its cell: 1 … `count`, in the order of their first pixels in the plane. Then, for the piece that
   * holds the first pixel of its cell, the cell's first row and column, and the row and column after its last; for others 0.
   */
  readonly cells: Uint32Array;
}

/** Joins pieces. The result is the same in whatever order pairs are named. */
export function startJoining(places: Float64Array): {
  join(a: number, b: number): void;
  end(): JoinedPieces;
} {
  const size = places.length / PIECE_FIELDS;
  const parent = new Uint32Array(size);
  for (let i = 0; i < size; i++) parent[i] = i;
  return {
    join: (a, b) => joinTrees(parent, a, b),
    end: () => numberPieces(parent, places),
  };
}

function numberPieces(parent: Uint32Array, places: Float64Array): JoinedPieces {
  const size = parent.length;
  const first = new Float64Array(size).fill(Infinity);
  for (let i = 0; i < size; i++) {
    const root = rootOf(parent, i);
    first[root] = Math.min(first[root], places[i * PIECE_FIELDS]);
  }
  const order = first.filter((pixel) => pixel < Infinity).sort();
  const cells = new Uint32Array(size * CELL_FIELDS);
  // The piece in which each cell begins; the roots are needed no more once all are numbered.
  const owners = new Uint32Array(order.length);
  for (let i = 0; i < size; i++) {
    const begin = first[rootOf(parent, i)];
    const cell = placeOf(order, begin);
    cells[i * CELL_FIELDS] = 1 + cell;
    if (places[i * PIECE_FIELDS] === begin) owners[cell] = i;
  }
  growBoxes(cells, owners, places);
  return { count: order.length, cells };
}

/** Writes around each cell the box of all its pieces, to the piece in which it begins. */
function growBoxes(cells: Uint32Array, owners: Uint32Array, places: Float64Array): void {
  for (const owner of owners) {
    const from = owner * PIECE_FIELDS + 1;
    cells.set(places.subarray(from, from + 4), owner * CELL_FIELDS + 1);
  }
  for (let i = 0; i * CELL_FIELDS < cells.length; i++) {
    const to = owners[cells[i * CELL_FIELDS] - 1] * CELL_FIELDS + 1;
    const from = i * PIECE_FIELDS + 1;
    for (const k of [0, 1]) cells[to + k] = Math.min(cells[to + k], places[from + k]);
    for (const k of [2, 3]) cells[to + k] = Math.max(cells[to + k], places[from + k]);
  }
}

/** Where a value stands in a rising list that holds it. */
function placeOf(order: Float64Array, value: number): number {
  let low = 0;
  let high = order.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
