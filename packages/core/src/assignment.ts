/**
 * Who goes with whom: pairs of two lists such that nobody is in two pairs and the sum is the best there is.
 * Scoring pairs true cells with found ones; tracking pairs the cells of two frames.
 *
 * @module
 */
import { rootOf } from "./components.js";
import { ShapeError } from "./errors.js";

/** A possible pair of a row and a column, and what it is worth. Impossible pairs are simply not listed. */
export interface Candidate {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/**
 * The cheapest way to give each row of a table of costs a column of its own; where there are fewer columns
 * than rows, each column a row. Answers the column of each row, -1 for rows left over.
 *
 * `costs` holds `rows` x `columns` finite numbers, row by row. Time grows with the square of the shorter side times the
 * longer.
 *
 * Shortest augmenting paths with potentials: Kuhn 1955; Jonker and Volgenant 1987, doi:10.1007/BF02278710.
 */
export function assign(costs: Float64Array, rows: number, columns: number): Int32Array {
  if (costs.length !== rows * columns)
    throw new ShapeError("costs", `${rows} x ${columns} numbers`, `${costs.length}`);
  for (let i = 0; i < costs.length; i++)
    if (!Number.isFinite(costs[i])) throw new ShapeError("costs", "finite numbers", `${costs[i]}`);
  if (rows <= columns) return augment(costs, rows, columns);
  const turned = new Float64Array(costs.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = costs[r * columns + c];
  const columnOf = new Int32Array(rows).fill(-1);
  for (const [c, r] of augment(turned, columns, rows).entries()) columnOf[r] = c;
  return columnOf;
}

/** What {@link augment} knows while it works; the last column is a made-up one, where each path starts. */
interface Search {
  readonly costs: Float64Array;
  readonly columns: number;
  /** The row each column has so far, -1 where none. */
  readonly rowOf: Int32Array;
  readonly rowPrice: Float64Array;
  readonly columnPrice: Float64Array;
  /** Of the path in work: how far each column is, over which column, and which are done. */
  readonly distance: Float64Array;
  readonly previous: Int32Array;
  readonly done: Uint8Array;
}

/** {@link assign} for at most as many rows as columns: one shortest path a row, over reduced costs. */
function augment(costs: Float64Array, rows: number, columns: number): Int32Array {
  const rowOf = new Int32Array(columns + 1).fill(-1);
  const search: Search = {
    costs,
    columns,
    rowOf,
    rowPrice: new Float64Array(rows),
    columnPrice: new Float64Array(columns + 1),
    distance: new Float64Array(columns),
    previous: new Int32Array(columns),
    done: new Uint8Array(columns + 1),
  };
  for (let r = 0; r < rows; r++) {
    search.distance.fill(Infinity);
    search.done.fill(0);
    rowOf[columns] = r;
    let column = columns;
    while (rowOf[column] >= 0) column = nextColumn(search, column);
    while (column !== columns) {
      rowOf[column] = rowOf[search.previous[column]];
      column = search.previous[column];
    }
  }
  const columnOf = new Int32Array(rows);
  for (let c = 0; c < columns; c++) if (rowOf[c] >= 0) columnOf[rowOf[c]] = c;
  return columnOf;
}

/** Goes on from `column` to the nearest column not done yet, and moves the prices by that step. */
function nextColumn(search: Search, column: number): number {
  const { costs, columns, rowOf, rowPrice, columnPrice, distance, previous, done } = search;
  done[column] = 1;
  const row = rowOf[column];
  let nearest = -1;
  for (let c = 0; c < columns; c++) {
    if (done[c]) continue;
    const cost = costs[row * columns + c] - rowPrice[row] - columnPrice[c];
    if (cost < distance[c]) {
      distance[c] = cost;
      previous[c] = column;
    }
    if (nearest < 0 || distance[c] < distance[nearest]) nearest = c;
  }
  const step = distance[nearest];
  for (let c = 0; c <= columns; c++)
    if (done[c]) {
      rowPrice[rowOf[c]] += step;
      columnPrice[c] -= step;
    } else if (c < columns) distance[c] -= step;
  return nearest;
}

/**
 * The most pairs that can be made of listed candidates with nobody in two pairs; of all ways to make so many, the
 * one of the largest sum of values. Values are from 0 to 1. Answers the chosen candidates, in the list's order.
 *
 * Candidates that share nobody are looked at apart, so thousands of cells that each touch a few others are quick.
 */
export function pairUp(candidates: readonly Candidate[]): Candidate[] {
  const chosen = new Set<Candidate>();
  for (const group of connectedGroups(candidates)) {
    if (group.length === 1) chosen.add(group[0]);
    else for (const candidate of pairGroup(group)) chosen.add(candidate);
  }
  return candidates.filter((candidate) => chosen.has(candidate));
}

/** {@link pairUp} for candidates that hang together, as a table in which a pair counts more than all values. */
function pairGroup(group: readonly Candidate[]): Candidate[] {
  const rows = numbered(group.map(({ row }) => row));
  const columns = numbered(group.map(({ column }) => column));
  const most = Math.min(rows.size, columns.size);
  const costs = new Float64Array(rows.size * columns.size);
  const cellOf = ({ row, column }: Candidate): number =>
    (rows.get(row) as number) * columns.size + (columns.get(column) as number);
  for (const candidate of group) costs[cellOf(candidate)] = -1 - candidate.value / (2 * most);
  const columnOf = assign(costs, rows.size, columns.size);
  return group.filter(
    ({ row, column }) => columnOf[rows.get(row) as number] === columns.get(column),
  );
}

function numbered(names: readonly number[]): Map<number, number> {
  return new Map([...new Set(names)].map((name, i) => [name, i]));
}

/** Candidates apart by what can be reached from one to the next over shared rows and columns. */
function connectedGroups(candidates: readonly Candidate[]): Candidate[][] {
  const byRow = new Map<number, number>();
  const byColumn = new Map<number, number>();
  const parents = Int32Array.from(candidates, (_, i) => i);
  for (const [i, { row, column }] of candidates.entries())
    for (const [seen, name] of [
      [byRow, row],
      [byColumn, column],
    ] as const) {
      const other = seen.get(name);
      if (other === undefined) seen.set(name, i);
      else parents[rootOf(parents, i)] = rootOf(parents, other);
    }
  const groups = new Map<number, Candidate[]>();
  for (const [i, candidate] of candidates.entries()) {
    const root = rootOf(parents, i);
    const group = groups.get(root);
    if (group) group.push(candidate);
    else groups.set(root, [candidate]);
  }
  return [...groups.values()];
}
