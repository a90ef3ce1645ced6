/**
 * Who goes with whom where each knows only a few of the others: the same optimum as a table of all costs would give, in
 * time that grows with the pairs listed. Tracking links the cells of two frames with it, a hundred thousand at a time.
 *
 * @module
 */
import { ShapeError } from "./errors.js";

/** The possible pairs of rows and columns, by row, and what they cost. Pairs that are not listed cannot be. */
export interface SparseCosts {
  readonly columns: number;
  /** What it costs to leave each row alone; finite, one a row. Columns are left alone for nothing. */
  readonly alone: Float64Array;
  /** The pairs of row r are at `rowStart[r]` … `rowStart[r + 1] - 1`. */
  readonly rowStart: Uint32Array;
  readonly column: Uint32Array;
  /** Finite; below 0 where a pair is worth more than a lone column. */
  readonly cost: Float64Array;
}

/**
 * The cheapest way to give rows columns of their own or leave them alone. Answers the column of each row, -1 for none.
 * Throws {@link ShapeError} where costs are not finite or the lists do not fit together.
 *
 * Shortest augmenting paths with potentials, each path by Dijkstra's algorithm over the listed pairs only (Jonker and
 * Volgenant 1987, doi:10.1007/BF02278710; a lone row is matched with a column that only it has).
 */
export function assignSparse(costs: SparseCosts): Int32Array {
  checkCosts(costs);
  const rows = costs.alone.length;
  const search: Search = {
    costs,
    rowOf: new Int32Array(costs.columns).fill(-1),
    columnOf: new Int32Array(rows).fill(-1),
    rowPrice: new Float64Array(rows),
    columnPrice: new Float64Array(costs.columns),
    distance: new Float64Array(costs.columns).fill(Number.POSITIVE_INFINITY),
    from: new Int32Array(costs.columns),
    reached: [],
    heap: { keys: [], columns: [] },
  };
  for (let row = 0; row < rows; row++) insertRow(search, row);
  return search.columnOf;
}

interface Search {
  readonly costs: SparseCosts;
  readonly rowOf: Int32Array;
  readonly columnOf: Int32Array;
  readonly rowPrice: Float64Array;
  readonly columnPrice: Float64Array;
  /** Of the path in work: how far each column is, from which row one gets there, and which columns were touched. */
  readonly distance: Float64Array;
  readonly from: Int32Array;
  readonly reached: number[];
  readonly heap: Heap;
}

/** Where a path ends: at a free column, or at a row that is left alone (column -1). */
interface PathEnd {
  distance: number;
  column: number;
  row: number;
}

function insertRow(search: Search, source: number): void {
  const { costs, rowOf, rowPrice, columnPrice, distance, reached, heap } = search;
  const { alone, rowStart, column, cost } = costs;
  let cheapest = alone[source];
  for (let k = rowStart[source]; k < rowStart[source + 1]; k++)
    cheapest = Math.min(cheapest, cost[k] - columnPrice[column[k]]);
  rowPrice[source] = cheapest;
  const end: PathEnd = { distance: Number.POSITIVE_INFINITY, column: -1, row: -1 };
  const settled: number[] = [];
  visit(search, source, 0, end);
  while (heap.keys.length > 0 && heap.keys[0] < end.distance) {
    const key = heap.keys[0];
    const c = pop(heap);
    // An older, longer way to a column that is settled by now.
    if (key > distance[c]) continue;
    if (rowOf[c] < 0) {
      end.distance = key;
      end.column = c;
      break;
    }
    settled.push(c);
    visit(search, rowOf[c], key, end);
  }
  rowPrice[source] += end.distance;
  for (const c of settled) {
    rowPrice[rowOf[c]] += end.distance - distance[c];
    columnPrice[c] -= end.distance - distance[c];
  }
  turnPath(search, source, end);
  for (const c of reached) distance[c] = Number.POSITIVE_INFINITY;
  reached.length = 0;
  heap.keys.length = 0;
  heap.columns.length = 0;
}

/** Looks on from a row that is `far` away: it may be left alone, or get one of its columns. */
function visit(search: Search, row: number, far: number, end: PathEnd): void {
  const { costs, rowPrice, columnPrice, distance, from, reached, heap } = search;
  const { alone, rowStart, column, cost } = costs;
  const price = rowPrice[row];
  const lone = far + Math.max(0, alone[row] - price);
  if (lone < end.distance) {
    end.distance = lone;
    end.column = -1;
    end.row = row;
  }
  for (let k = rowStart[row]; k < rowStart[row + 1]; k++) {
    const c = column[k];
    const next = far + Math.max(0, cost[k] - price - columnPrice[c]);
    if (next >= distance[c] || next >= end.distance) continue;
    if (distance[c] === Number.POSITIVE_INFINITY) reached.push(c);
    distance[c] = next;
    from[c] = row;
    push(heap, next, c);
  }
}

/** Gives the columns on the path to the rows before them. */
function turnPath({ columnOf, rowOf, from }: Search, source: number, end: PathEnd): void {
  let c = end.column;
  if (c < 0) {
    if (end.row === source) return;
    c = columnOf[end.row];
    columnOf[end.row] = -1;
  }
  for (;;) {
    const row = from[c];
    const before = columnOf[row];
    columnOf[row] = c;
    rowOf[c] = row;
    if (row === source) return;
    c = before;
  }
}

/** The nearest first: a binary heap, keys and columns side by side. */
interface Heap {
  readonly keys: number[];
  readonly columns: number[];
}

function push({ keys, columns }: Heap, key: number, column: number): void {
  let i = keys.length;
  while (i > 0) {
    const up = (i - 1) >> 1;
    if (keys[up] <= key) break;
    keys[i] = keys[up];
    columns[i] = columns[up];
    i = up;
  }
  keys[i] = key;
  columns[i] = column;
}

function pop({ keys, columns }: Heap): number {
  const first = columns[0];
  const key = keys.pop() as number;
  const column = columns.pop() as number;
  const size = keys.length;
  if (size === 0) return first;
  let i = 0;
  for (;;) {
    let down = 2 * i + 1;
    if (down >= size) break;
    if (down + 1 < size && keys[down + 1] < keys[down]) down++;
    if (keys[down] >= key) break;
    keys[i] = keys[down];
    columns[i] = columns[down];
    i = down;
  }
  keys[i] = key;
  columns[i] = column;
  return first;
}

function checkCosts({ columns, alone, rowStart, column, cost }: SparseCosts): void {
  const pairs = column.length;
  if (cost.length !== pairs) throw new ShapeError("costs", `${pairs} numbers`, `${cost.length}`);
  if (rowStart.length !== alone.length + 1 || rowStart[alone.length] !== pairs)
    throw new ShapeError("row starts", `${alone.length + 1}, the last ${pairs}`, `${rowStart}`);
  for (const values of [alone, cost])
    for (let k = 0; k < values.length; k++)
      if (!Number.isFinite(values[k])) throw new ShapeError("costs", "finite", `${values[k]}`);
  for (let k = 0; k < pairs; k++)
    if (column[k] >= columns) throw new ShapeError("columns", `below ${columns}`, `${column[k]}`);
}
