import { describe, expect, it } from "vitest";
import { assign } from "./assignment.js";
import { assignSparse, type SparseCosts } from "./assignment-sparse.js";
import { seeded } from "./random.js";

function totalOf(costs: SparseCosts, columnOf: Int32Array): number {
  const taken = new Set<number>();
  let total = 0;
  for (const [row, c] of columnOf.entries()) {
    if (c < 0) {
      total += costs.alone[row];
      continue;
    }
    expect(taken.has(c)).toBe(false);
    taken.add(c);
    const listed = costs.column.subarray(costs.rowStart[row], costs.rowStart[row + 1]).indexOf(c);
    expect(listed).toBeGreaterThanOrEqual(0);
    total += costs.cost[costs.rowStart[row] + listed];
  }
  return total;
}

function randomCosts(rows: number, columns: number, density: number, seed: number): SparseCosts {
  const random = seeded(seed);
  const rowStart = new Uint32Array(rows + 1);
  const [column, cost]: [number[], number[]] = [[], []];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++)
      if (random() < density) {
        column.push(c);
        cost.push(Math.round(40 * random()) - 25);
      }
    rowStart[r + 1] = column.length;
  }
  const alone = Float64Array.from({ length: rows }, () => Math.round(10 * random()));
  return {
    columns,
    alone,
    rowStart,
    column: Uint32Array.from(column),
    cost: Float64Array.from(cost),
  };
}

/** The same with a table of all costs: a lone row takes a column of its own. */
function denseTotal({ columns, alone, rowStart, column, cost }: SparseCosts): number {
  const rows = alone.length;
  const width = columns + rows;
  const table = new Float64Array(rows * width).fill(1e6);
  for (let r = 0; r < rows; r++) {
    for (let k = rowStart[r]; k < rowStart[r + 1]; k++) table[r * width + column[k]] = cost[k];
    table[r * width + columns + r] = alone[r];
  }
  return assign(table, rows, width).reduce((sum, c, r) => sum + table[r * width + c], 0);
}

describe("assignSparse", () => {
  it("finds the optimum that a full table gives", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const costs = randomCosts(1 + (seed % 9), 1 + (seed % 7), (seed % 10) / 9, seed);
      expect(totalOf(costs, assignSparse(costs))).toBeCloseTo(denseTotal(costs), 9);
    }
    const large = randomCosts(60, 55, 0.15, 7);
    expect(totalOf(large, assignSparse(large))).toBeCloseTo(denseTotal(large), 9);
  });

  it("leaves a row alone where its pairs cost more", () => {
    const costs = {
      columns: 1,
      alone: Float64Array.of(2, 2),
      rowStart: Uint32Array.of(0, 1, 2),
      column: Uint32Array.of(0, 0),
      cost: Float64Array.of(1, -5),
    };
    expect([...assignSparse(costs)]).toEqual([-1, 0]);
    expect([...assignSparse({ ...costs, cost: Float64Array.of(3, 4) })]).toEqual([-1, -1]);
  });

  it("takes no rows, and refuses lists that do not fit", () => {
    const none = {
      columns: 3,
      alone: new Float64Array(),
      rowStart: Uint32Array.of(0),
      column: new Uint32Array(),
      cost: new Float64Array(),
    };
    expect(assignSparse(none).length).toBe(0);
    const one = {
      columns: 1,
      alone: Float64Array.of(1),
      rowStart: Uint32Array.of(0, 1),
      column: Uint32Array.of(0),
      cost: Float64Array.of(Number.NaN),
    };
    expect(() => assignSparse(one)).toThrow(/finite/);
    expect(() =>
      assignSparse({ ...one, cost: Float64Array.of(1), column: Uint32Array.of(1) }),
    ).toThrow(/below 1/);
    expect(() => assignSparse({ ...one, rowStart: Uint32Array.of(0) })).toThrow(/row starts/);
  });
});
