import { expect, test } from "vitest";
import { coverOf } from "./cover.js";
import { type DrawLevel, drawLevels, levelFor, type TileAt, tilesIn } from "./levels.js";
import type { Edges } from "./sight.js";

const level = (height: number, width: number, scale: number, tile: number) => ({
  height,
  width,
  scale: { y: scale, x: scale },
  tile: { height: tile, width: tile },
});

/** 1000 x 1200 pixels in tiles of 256, and three coarser levels, one with an odd scale. */
const levels: DrawLevel[] = [
  { ...level(1000, 1200, 1, 256), from: 0, step: 1 },
  { ...level(500, 600, 2, 256), from: 1, step: 1 },
  { ...level(250, 300, 4, 256), from: 2, step: 1 },
  { ...level(84, 100, 12, 256), from: 3, step: 1 },
];

const area = ({ top, left, bottom, right }: Edges) => (bottom - top) * (right - left);
const share = (a: Edges, b: Edges) =>
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) *
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left));
const nameOf = ({ level, row, column }: TileAt) => `${level} ${row} ${column}`;

test("whatever tiles are there, each place is drawn at most once, and once where any tile has it", () => {
  const view = { top: 90.5, left: 130, bottom: 801.25, right: 1111 };
  const all = levels.flatMap((_, i) => tilesIn(levels, i, view));
  let random = 1;
  for (let n = 0; n < 200; n++) {
    const there = new Set<string>();
    for (const tile of all) {
      random = (random * 48_271) % 2_147_483_647;
      if (random % 3 === 0) there.add(nameOf(tile));
    }
    const wanted = n % 3;
    const { patches, missing } = coverOf(levels, wanted, view, (tile) => there.has(nameOf(tile)));
    const sum = patches.reduce((total, { edges }) => total + area(edges), 0);
    let twice = 0;
    for (const [i, a] of patches.entries())
      for (const b of patches.slice(i + 1)) twice += share(a.edges, b.edges);
    expect(twice).toBe(0);
    // The last level is one tile: where it is there, nothing is left out.
    if (there.has("3 0 0")) expect(sum).toBeCloseTo(area(view), 6);
    expect(missing.every((tile) => tile.level === wanted && !there.has(nameOf(tile)))).toBe(true);
    expect(patches.every(({ tile }) => there.has(nameOf(tile)))).toBe(true);
  }
});

test("the wanted level is taken where it is there, coarser ones before finer ones where not", () => {
  const view = { top: 0, left: 0, bottom: 256, right: 256 };
  const drawn = (...there: string[]) =>
    coverOf(levels, 1, view, (tile) => there.includes(nameOf(tile))).patches.map(({ tile }) =>
      nameOf(tile),
    );
  expect(drawn("0 0 0", "1 0 0", "2 0 0")).toEqual(["1 0 0"]);
  expect(drawn("0 0 0", "2 0 0", "3 0 0")).toEqual(["2 0 0"]);
  expect(drawn("0 0 0")).toEqual(["0 0 0"]);
  expect(drawn()).toEqual([]);
});

test("the level that is drawn has pixels as large as those of the screen, or a little smaller", () => {
  expect(
    [20, 1, 0.51, 0.5, 0.3, 0.25, 0.1, 0.08, 0.001].map((zoom) => levelFor(levels, zoom)),
  ).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3]);
});

test("an image without coarse levels gets some, each of half the size, down to a small one", () => {
  const made = drawLevels({ levels: [level(5000, 3001, 1, 4096)] });
  expect(made.map(({ height, width, step }) => [height, width, step])).toEqual([
    [5000, 3001, 1],
    [2500, 1501, 2],
    [1250, 751, 4],
    [625, 376, 8],
  ]);
  expect(drawLevels({ levels: [level(700, 1000, 1, 512)] })).toHaveLength(1);
});

test("small stored tiles are put together, huge ones cut", () => {
  const side = (tile: number, length = 9000) =>
    drawLevels({ levels: [level(length, length, 1, tile)] })[0].tile.height;
  expect([side(1), side(64), side(100), side(256), side(1024), side(2048), side(9000)]).toEqual([
    512, 512, 500, 256, 1024, 2048, 1024,
  ]);
  expect(side(64, 100)).toBe(100);
});

test("tiles of a place are all that touch it, the middle ones first, and none beyond the image", () => {
  const tiles = tilesIn(levels, 0, { top: 0, left: 0, bottom: 1000, right: 1200 });
  expect(tiles).toHaveLength(20);
  expect(tiles[0].column).toBe(2);
  expect([1, 2]).toContain(tiles[0].row);
  expect(tilesIn(levels, 0, { top: 256, left: 512, bottom: 512, right: 768 }).map(nameOf)).toEqual([
    "0 1 2",
  ]);
});
