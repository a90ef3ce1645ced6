/**
 * The paper's way to follow bacteria from one frame to the next: one linear assignment of all cells, in which each old
 * cell may go on, divide or vanish and each new one may appear. In: the cells of two frames. Out: who became whom.
 *
 * Van Valen et al. 2016, doi:10.1371/journal.pcbi.1005177, as its program does it. That differs in places from what one
 * would expect; such places are named where they stand, and kept.
 *
 * @module
 */
import { assignSparse, type SparseCosts } from "../assignment-sparse.js";
import { rootOf } from "../components.js";
import { cellAt, type FrameCells } from "./frame-cells.js";
import { gridOf, pointsNear } from "./near.js";

/** What became of cells, for each cell of the later frame; numbers are places in {@link FrameCells}, from 0. */
export interface PaperLinks {
  /** The earlier cell that it is, -1 where it is none: it is a second daughter or has appeared. */
  readonly same: Int32Array;
  /**
   * The earlier cell that it split off from, -1 where there is none. The other daughter is the cell for which `same` is
   * that mother: the paper lets it keep the mother's number.
   */
  readonly mother: Int32Array;
}

/** Costs of the assignment. They have no unit; only their order and distances count. */
const costs = {
  /** A cell that is where it was: the centroid of one lies inside the other. */
  inside: -1e6,
  /** A cell nearby; or one whose area is more than three times, or less than a third of, the other's. */
  nearby: 1e4,
  otherSize: 1e6,
  /** A second daughter whose centroid lies inside the mother, or does not. */
  daughterInside: -1e4,
  daughterNearby: 1e6,
  appear: 1e6,
  vanish: 1e5,
  undivided: 100,
};

/** Pixels between centroids, rounded down, from which on a cell cannot be the same, or a daughter. */
const farthest = { same: 15, daughter: 25 };

/** A later cell near an earlier one, and what it costs to be the same or the second daughter; Infinity = cannot be. */
interface Near {
  readonly before: number;
  readonly after: number;
  readonly same: number;
  readonly daughter: number;
}

/**
 * Links the cells of two frames by the paper's assignment, at its least cost. Distances are those of the paper's
 * bacteria, in pixels: larger cells that move further are lost. Of several optima it answers one, always the same.
 *
 * Cells too far from each other to matter are looked at apart. That changes nothing: what the paper's table joins across
 * such groups are only second daughters with other cells' deaths, all at cost 0, so that they can as well be exchanged
 * for those of their own group.
 */
export function linkPaper(before: FrameCells, after: FrameCells): PaperLinks {
  const links = {
    same: new Int32Array(after.count).fill(-1),
    mother: new Int32Array(after.count).fill(-1),
  };
  if (before.count === 0) return links;
  for (const group of groupsOf(nearPairsOf(before, after), before.count))
    linkGroup(group, links.same, links.mother);
  return links;
}

/** All pairs that can be the same cell or mother and daughter. */
function nearPairsOf(before: FrameCells, after: FrameCells): Near[] {
  const [y, x] = [after.y.map(Math.floor), after.x.map(Math.floor)];
  const grid = gridOf(y, x, farthest.daughter);
  const pairs: Near[] = [];
  const found: number[] = [];
  for (let i = 0; i < before.count; i++) {
    const [oldY, oldX] = [Math.floor(before.y[i]), Math.floor(before.x[i])];
    pointsNear(grid, oldY, oldX, farthest.daughter, found);
    for (const j of found) {
      const distance = Math.hypot(y[j] - oldY, x[j] - oldX);
      if (distance >= farthest.daughter) continue;
      const newInOld = cellAt(before, y[j], x[j]) === i;
      const oldInNew = cellAt(after, oldY, oldX) === j;
      const [a, b] = [before.areas[i], after.areas[j]];
      let same = a > 3 * b || b > 3 * a ? costs.otherSize : costs.nearby;
      if (newInOld || oldInNew) same = costs.inside;
      if (distance >= farthest.same) same = Infinity;
      const daughter = newInOld ? costs.daughterInside : costs.daughterNearby;
      pairs.push({ before: i, after: j, same, daughter });
    }
  }
  return pairs;
}

/** Pairs apart by what hangs together over cells that they share. */
function groupsOf(pairs: readonly Near[], earlier: number): Near[][] {
  const last = pairs.reduce((most, { after }) => Math.max(most, after), -1);
  const parents = Int32Array.from({ length: earlier + last + 1 }, (_, i) => i);
  for (const { before, after } of pairs)
    parents[rootOf(parents, before)] = rootOf(parents, earlier + after);
  const groups = new Map<number, Near[]>();
  for (const pair of pairs) {
    const root = rootOf(parents, pair.before);
    const group = groups.get(root);
    if (group) group.push(pair);
    else groups.set(root, [pair]);
  }
  return [...groups.values()];
}

/** Solves the paper's table for the cells of one group and writes down who is whom. */
function linkGroup(group: readonly Near[], same: Int32Array, mother: Int32Array): void {
  const olds = numbered(group.map(({ before }) => before));
  const news = numbered(group.map(({ after }) => after));
  const columnOf = solve(group, olds, news);
  for (const [i, old] of olds.entries()) {
    const next = columnOf[i] < news.length ? news[columnOf[i]] : -1;
    const column = columnOf[olds.length + i];
    const second = column < news.length ? news[column] : -1;
    // A mother that has a second daughter but does not go on herself was no mother: she goes on as that daughter.
    if (next >= 0) same[next] = old;
    else if (second >= 0) same[second] = old;
    if (next >= 0 && second >= 0) mother[second] = old;
  }
}

function numbered(names: readonly number[]): number[] {
  return [...new Set(names)].sort((a, b) => a - b);
}

/**
 * In the paper's table a second daughter can have the vanishing of any old cell for nothing. To list all these pairs
 * would take long; they go over a few exchanges instead, of which each serves one pair. The least cost is a convex
 * function of how many exchanges there are, so that if one stays unused, more would change nothing.
 */
function solve(group: readonly Near[], olds: readonly number[], news: readonly number[]) {
  const size = 2 * olds.length + news.length;
  for (let exchanges = Math.min(2, olds.length); ; exchanges *= 2) {
    const columnOf = assignSparse(tableOf(group, olds, news, exchanges));
    let used = 0;
    for (let row = 0; row < size; row++) if (columnOf[row] >= size) used++;
    if (used < exchanges || exchanges >= olds.length) return columnOf;
  }
}

/**
 * The paper's table, without what cannot be. Rows: old cells that go on, the same as mothers of a second daughter, new
 * cells that appear. Columns: new cells, old cells that vanish, old cells that do not divide. Then the exchanges.
 */
function tableOf(
  group: readonly Near[],
  olds: readonly number[],
  news: readonly number[],
  exchanges: number,
): SparseCosts {
  const [n, m] = [olds.length, news.length];
  const size = 2 * n + m;
  const rows = Array.from({ length: size + exchanges }, (): number[] => []);
  const put = (row: number, column: number, cost: number): void => {
    if (cost < Infinity) rows[row].push(column, cost);
  };
  const oldPlace = new Map(olds.map((old, i) => [old, i]));
  const newPlace = new Map(news.map((one, j) => [one, j]));
  for (const pair of group) {
    const [i, j] = [oldPlace.get(pair.before) as number, newPlace.get(pair.after) as number];
    put(i, j, pair.same);
    put(n + i, j, pair.daughter);
    // The lower right block is the upper left one turned, a thousandth of it: it rewards what was chosen above.
    put(2 * n + j, m + i, 0.001 * pair.same);
    put(2 * n + j, m + n + i, 0.001 * pair.daughter);
  }
  for (let j = 0; j < m; j++) put(2 * n + j, j, costs.appear);
  for (let i = 0; i < n; i++) {
    put(i, m + i, costs.vanish);
    put(n + i, m + n + i, costs.undivided);
    for (let e = 0; e < exchanges; e++) {
      put(n + i, size + e, 0);
      // Not the vanishing of the frame's first cell: the paper forbids one column of this block where it means all.
      if (olds[i] !== 0) put(size + e, m + i, 0);
    }
  }
  for (let e = 0; e < exchanges; e++) put(size + e, size + e, 0);
  return listed(rows);
}

/** Every row must have a column: to be left alone costs more than any table of possible things. */
function listed(rows: readonly (readonly number[])[]): SparseCosts {
  const rowStart = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) rowStart[r + 1] = rowStart[r] + row.length / 2;
  const column = new Uint32Array(rowStart[rows.length]);
  const cost = new Float64Array(column.length);
  let at = 0;
  for (const row of rows)
    for (let k = 0; k < row.length; k += 2) {
      column[at] = row[k];
      cost[at++] = row[k + 1];
    }
  const alone = new Float64Array(rows.length).fill(3e6 * rows.length);
  return { columns: rows.length, alone, rowStart, column, cost };
}
