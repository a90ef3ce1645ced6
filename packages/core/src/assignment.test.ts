import fc from "fast-check";
import { expect, test } from "vitest";
import { assign, type Candidate, pairUp } from "./assignment.js";
import { seeded } from "./random.js";

/** The least sum of any assignment of the shorter side, by trying all. */
function cheapest(costs: Float64Array, rows: number, columns: number): number {
  const used = new Set<number>();
  const skips = Math.max(0, rows - columns);
  const visit = (row: number, skipped: number): number => {
    if (row === rows) return 0;
    let best = skipped < skips ? visit(row + 1, skipped + 1) : Infinity;
    for (let c = 0; c < columns; c++) {
      if (used.has(c)) continue;
      used.add(c);
      best = Math.min(best, costs[row * columns + c] + visit(row + 1, skipped));
      used.delete(c);
    }
    return best;
  };
  return visit(0, 0);
}

test("assignments cost as little as the best of all permutations", () => {
  const table = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
    .chain(([rows, columns]) =>
      fc.record({
        rows: fc.constant(rows),
        columns: fc.constant(columns),
        costs: fc.array(fc.integer({ min: -4, max: 4 }), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
      }),
    );
  fc.assert(
    fc.property(table, ({ rows, columns, costs: list }) => {
      const costs = Float64Array.from(list);
      const columnOf = assign(costs, rows, columns);
      const pairs = [...columnOf.entries()].filter(([, c]) => c >= 0);
      expect(pairs.length).toBe(Math.min(rows, columns));
      expect(new Set(pairs.map(([, c]) => c)).size).toBe(pairs.length);
      const total = pairs.reduce((sum, [r, c]) => sum + costs[r * columns + c], 0);
      expect(total).toBeCloseTo(cheapest(costs, rows, columns), 9);
    }),
    { numRuns: 500 },
  );
});

test("a shuffled table of 300 x 300 is put in order", () => {
  const n = 300;
  const random = seeded(3);
  const order = Array.from({ length: n }, (_, i) => (i * 77 + 5) % n);
  const costs = Float64Array.from({ length: n * n }, () => 1 + random());
  for (const [r, c] of order.entries()) costs[r * n + c] = random() / 10;
  expect([...assign(costs, n, n)]).toEqual(order);
});

test("costs that are not finite or of another number are refused", () => {
  expect(() => assign(Float64Array.of(1, Infinity), 1, 2)).toThrow(
    "costs must be finite numbers, got Infinity",
  );
  expect(() => assign(Float64Array.of(1), 1, 2)).toThrow("costs must be 1 x 2 numbers, got 1");
});

/** The best count and value of any choice of candidates with nobody in two pairs, by trying all. */
function bestChoice(list: readonly Candidate[]): [number, number] {
  let best: [number, number] = [0, 0];
  for (let choice = 0; choice < 2 ** list.length; choice++) {
    const chosen = list.filter((_, i) => choice & (1 << i));
    if (new Set(chosen.map(({ row }) => row)).size < chosen.length) continue;
    if (new Set(chosen.map(({ column }) => column)).size < chosen.length) continue;
    const value = chosen.reduce((sum, one) => sum + one.value, 0);
    if (chosen.length > best[0] || (chosen.length === best[0] && value > best[1]))
      best = [chosen.length, value];
  }
  return best;
}

test("pairing makes the most pairs there can be, of the largest value", () => {
  const candidate = fc.record({
    row: fc.integer({ min: 0, max: 4 }),
    column: fc.integer({ min: 0, max: 4 }),
    value: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
  });
  const lists = fc.uniqueArray(candidate, {
    maxLength: 10,
    selector: ({ row, column }) => `${row} ${column}`,
  });
  fc.assert(
    fc.property(lists, (list) => {
      const chosen = pairUp(list);
      expect(new Set(chosen.map(({ row }) => row)).size).toBe(chosen.length);
      expect(new Set(chosen.map(({ column }) => column)).size).toBe(chosen.length);
      const [count, value] = bestChoice(list);
      expect(chosen.length).toBe(count);
      expect(chosen.reduce((sum, one) => sum + one.value, 0)).toBeCloseTo(value, 9);
    }),
    { numRuns: 300 },
  );
});

test("a hundred thousand cells that each touch two others are paired", () => {
  const n = 100_000;
  const list = Array.from({ length: n }, (_, i) => [
    { row: i, column: i, value: 0.9 },
    { row: i, column: i ^ 1, value: 0.4 },
  ]).flat();
  const chosen = pairUp(list);
  expect(chosen.length).toBe(n);
  expect(chosen.every(({ row, column }) => row === column)).toBe(true);
});
