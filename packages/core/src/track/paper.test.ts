import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { type Random, seeded } from "../random.js";
import { frameCells } from "./frame-cells.js";
import { linkPaper, type PaperLinks } from "./paper.js";

/** A disk or a bar, by its first row, last row, first column, last column. */
type Bar = readonly [number, number, number, number];

function draw(bars: readonly Bar[], side = 100): Labels {
  const data = new Uint32Array(side * side);
  for (const [n, [top, bottom, left, right]] of bars.entries())
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) data[y * side + x] = n + 1;
  return { data, shape: [side, side], axes: "yx" };
}

function link(before: readonly Bar[], after: readonly Bar[]): { same: number[]; mother: number[] } {
  const { same, mother } = linkPaper(frameCells(draw(before)), frameCells(draw(after)));
  return { same: [...same], mother: [...mother] };
}

interface Measured {
  label: number;
  area: number;
  y: number;
  x: number;
}

/** Cells by rising label, with centroids rounded down. */
function measured(labels: Labels): Measured[] {
  const width = labels.shape[1];
  return [...new Set(labels.data)]
    .filter((label) => label > 0)
    .sort((a, b) => a - b)
    .map((label) => {
      const pixels = [...labels.data.keys()].filter((i) => labels.data[i] === label);
      const mean = (of: (i: number) => number): number =>
        Math.floor(pixels.reduce((sum, i) => sum + of(i), 0) / pixels.length);
      const area = pixels.length;
      return { label, area, y: mean((i) => Math.floor(i / width)), x: mean((i) => i % width) };
    });
}

/** The whole table of the paper, block by block, anew from label images; Infinity for what cannot be. */
function wholeTable(before: Labels, after: Labels): number[][] {
  const [olds, news] = [measured(before), measured(after)];
  const [n, m] = [olds.length, news.length];
  const isIn = (labels: Labels, { y, x }: Measured, label: number): boolean =>
    labels.data[y * labels.shape[1] + x] === label;
  const same = (a: Measured, b: Measured): number => {
    if (Math.hypot(a.y - b.y, a.x - b.x) >= 15) return Infinity;
    if (isIn(before, b, a.label) || isIn(after, a, b.label)) return -1e6;
    return a.area > 3 * b.area || b.area > 3 * a.area ? 1e6 : 1e4;
  };
  const daughter = (a: Measured, b: Measured): number => {
    if (Math.hypot(a.y - b.y, a.x - b.x) >= 25) return Infinity;
    return isIn(before, b, a.label) ? -1e4 : 1e6;
  };
  const diagonal = (size: number, cost: number): number[][] =>
    Array.from({ length: size }, (_, r) =>
      Array.from({ length: size }, (_, c) => (r === c ? cost : Infinity)),
    );
  const upper = [...olds.map((a) => news.map((b) => same(a, b)))];
  upper.push(...olds.map((a) => news.map((b) => daughter(a, b))));
  const [vanish, undivided, appear] = [diagonal(n, 1e5), diagonal(n, 100), diagonal(m, 1e6)];
  const right = olds.map((_, i) => [...vanish[i], ...olds.map(() => Infinity)]);
  // The first column alone is forbidden, the others are free.
  right.push(...olds.map((_, i) => [...olds.map((_, k) => (k ? 0 : Infinity)), ...undivided[i]]));
  const lower = news.map((_, j) => [...appear[j], ...upper.map((row) => 0.001 * row[j])]);
  return [...upper.map((row, r) => [...row, ...right[r]]), ...lower];
}

/** The least sum over all ways to give each row a column: over subsets, without any cleverness. */
function leastCost(table: readonly number[][]): number {
  const size = table.length;
  let best = new Map<number, number>([[0, 0]]);
  for (const row of table) {
    const next = new Map<number, number>();
    for (const [taken, cost] of best)
      for (let c = 0; c < size; c++) {
        if ((taken >> c) & 1 || row[c] === Infinity) continue;
        const key = taken | (1 << c);
        next.set(key, Math.min(next.get(key) ?? Infinity, cost + row[c]));
      }
    best = next;
  }
  return [...best.values()][0] ?? Infinity;
}

/** The least cost of the table if these links must be. A mother that goes on as a daughter may do so by either row. */
function costOf(table: readonly number[][], { same, mother }: PaperLinks, olds: number): number {
  const m = same.length;
  const agrees = (r: number, c: number): boolean => {
    const i = r % olds;
    if (r >= 2 * olds) return same[c] < 0 && mother[c] < 0;
    if (mother[c] === i) return r >= olds;
    return same[c] === i && (r < olds || !mother.includes(i));
  };
  const forced = table.map((row, r) =>
    row.map((cost, c) => (c >= m || agrees(r, c) ? cost : Infinity)),
  );
  return leastCost(forced);
}

function someBars(count: number, random: Random, side: number): Bar[] {
  return Array.from({ length: count }, (): Bar => {
    const [height, width] = [2 + Math.floor(8 * random()), 2 + Math.floor(12 * random())];
    const top = Math.floor(random() * (side - height));
    const left = Math.floor(random() * (side - width));
    return [top, top + height - 1, left, left + width - 1];
  });
}

test("is the optimum of the paper's whole table, crowded or wide apart", () => {
  let linked = 0;
  for (let seed = 0; seed < 120; seed++) {
    const random = seeded(seed, 9);
    const side = seed % 2 ? 40 : 110;
    const [n, m] = [1 + Math.floor(3 * random()), Math.floor(5 * random())];
    const before = draw(someBars(n, random, side), side);
    const after = draw(someBars(m, random, side), side);
    const [old, now] = [frameCells(before), frameCells(after)];
    const links = linkPaper(old, now);
    const table = wholeTable(before, after);
    expect(costOf(table, links, old.count)).toBeCloseTo(leastCost(table), 3);
    linked += links.same.filter((i) => i >= 0).length;
  }
  expect(linked).toBeGreaterThan(60);
}, 60_000);

test("a cell that stays or creeps is the same, whatever its number", () => {
  const before: Bar[] = [
    [10, 20, 10, 40],
    [60, 70, 10, 40],
  ];
  expect(link(before, [before[1], before[0]])).toEqual({ same: [1, 0], mother: [-1, -1] });
  // Its centroid is out of the old mask, but near.
  expect(link(before, [[22, 32, 10, 40]])).toEqual({ same: [0], mother: [-1] });
  // 15 pixels are too far to be the same. A daughter it could be, but that costs more than to vanish and appear.
  expect(link(before, [[25, 35, 10, 40]])).toEqual({ same: [-1], mother: [-1] });
});

test("a rod that falls in two divides: one half is the mother, the other its daughter", () => {
  const { same, mother } = link(
    [[10, 16, 10, 50]],
    [
      [10, 16, 10, 29],
      [10, 16, 32, 50],
    ],
  );
  expect([...same].sort()).toEqual([-1, 0]);
  expect(mother[same.indexOf(-1)]).toBe(0);
  expect(mother[same.indexOf(0)]).toBe(-1);
});

test("a cell of quite another size nearby is not the same where a better one is there", () => {
  const small: Bar = [24, 25, 20, 21];
  const large: Bar = [4, 14, 15, 27];
  expect(link([[15, 22, 15, 26]], [small, large]).same).toEqual([-1, 0]);
});

test("nothing comes of nothing", () => {
  const one: Bar[] = [[10, 20, 10, 20]];
  expect(link([], one)).toEqual({ same: [-1], mother: [-1] });
  expect(link(one, [])).toEqual({ same: [], mother: [] });
  expect(link([], [])).toEqual({ same: [], mother: [] });
});
