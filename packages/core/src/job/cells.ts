/**
 * From pieces to cells: which are one, what number each cell has, and where it lies.
 * In: pieces by blocks, and pairs of them that are one cell. Out: a number a piece.
 *
 * @module
 */
import { joinTrees, rootOf } from "../components.js";
import { PIECE_FIELDS } from "./pieces.js";

/** The pieces of all blocks of a plane, counted through in the order of the blocks. */
export interface JoinedPieces {
  /** How many cells there are. */
  readonly count: number;
  /** The cell of each piece: 1 … `count`, in the order of their first pixels in the plane. */
  readonly numbers: Uint32Array;
  /**
   * Four numbers a piece: for the one that holds the first pixel of its cell, the cell's first row and column, and the row
   * and column after its last; for the others 0.
   */
  readonly boxes: Uint32Array;
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
  const numbers = new Uint32Array(size);
  for (let i = 0; i < size; i++) numbers[i] = 1 + placeOf(order, first[rootOf(parent, i)]);
  return { count: order.length, numbers, boxes: boxesOf(numbers, order, places) };
}

function boxesOf(numbers: Uint32Array, order: Float64Array, places: Float64Array): Uint32Array {
  const around = new Uint32Array(order.length * 4);
  for (let i = 0; i < order.length; i++) around.fill(0xffffffff, 4 * i, 4 * i + 2);
  for (let i = 0; i < numbers.length; i++) {
    const [to, from] = [4 * (numbers[i] - 1), i * PIECE_FIELDS + 1];
    for (const k of [0, 1]) around[to + k] = Math.min(around[to + k], places[from + k]);
    for (const k of [2, 3]) around[to + k] = Math.max(around[to + k], places[from + k]);
  }
  const boxes = new Uint32Array(numbers.length * 4);
  for (let i = 0; i < numbers.length; i++) {
    const cell = numbers[i] - 1;
    if (places[i * PIECE_FIELDS] === order[cell])
      boxes.set(around.subarray(4 * cell, 4 * cell + 4), 4 * i);
  }
  return boxes;
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
