import { expect, test } from "vitest";
import { percentilesOf } from "../percentile.js";
import { sharedBox } from "../pyramid-box.js";
import { seeded, shuffled } from "../random.js";
import { bandBoxes, coreBox, gridSize, growBox, shardRange } from "./blocks.js";
import { startJoining } from "./cells.js";
import { chunkFiles, chunksOfBox } from "./chunks.js";
import {
  blockChunks,
  coarserChunk,
  finerChunks,
  labelMetadata,
  labelStore,
} from "./label-store.js";
import { cutPieces, PIECE_FIELDS } from "./pieces.js";
import { canonicalJson, planBody, planText, readPlanText } from "./plan-text.js";
import { sameCells } from "./seams.js";
import { gatherSpread } from "./spread.js";

const grid = { height: 250, width: 300, block: 64, halo: 20 };

test("cores cover a plane once; what two neighbours compare is the same box", () => {
  const { rows, columns } = gridSize(grid);
  expect([rows, columns]).toEqual([4, 5]);
  const times = new Uint8Array(grid.height * grid.width);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const core = coreBox(grid, { row, column });
      for (let y = core.y; y < core.y + core.height; y++)
        for (let x = core.x; x < core.x + core.width; x++) times[y * grid.width + x]++;
      const bands = bandBoxes(grid, core);
      expect(Object.keys(bands).length).toBe(
        [row > 0, column > 0, row + 1 < rows, column + 1 < columns].filter(Boolean).length,
      );
      for (const box of Object.values(bands)) {
        // Both sides see half a halo beyond it.
        expect(sharedBox(box, growBox(core, grid.halo / 2, grid))).toEqual(box);
      }
      if (bands.right)
        expect(bandBoxes(grid, coreBox(grid, { row, column: column + 1 })).left).toEqual(
          bands.right,
        );
      if (bands.bottom)
        expect(bandBoxes(grid, coreBox(grid, { row: row + 1, column })).top).toEqual(bands.bottom);
    }
  expect(times.every((n) => n === 1)).toBe(true);
  expect(() => gridSize({ ...grid, halo: 65 })).toThrow(/halo must be at most the block's 64/);
});

test("shards share the units out, none twice, whatever their number", () => {
  for (const [count, shards] of [
    [10, 3],
    [3, 8],
    [0, 2],
    [9604, 64],
  ]) {
    const ends = Array.from({ length: shards }, (_, i) => shardRange(count, i, shards));
    expect(ends[0][0]).toBe(0);
    expect(ends[shards - 1][1]).toBe(count);
    for (let i = 1; i < shards; i++) expect(ends[i][0]).toBe(ends[i - 1][1]);
    const sizes = ends.map(([start, end]) => end - start);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
  }
  expect(() => shardRange(5, 2, 2)).toThrow(/shard must be 0 to 1, got 2/);
});

test("pieces are numbered by their first pixel in the core; others are left out of the bands", () => {
  const small = { height: 6, width: 8, block: 4, halo: 2 };
  const core = coreBox(small, { row: 0, column: 0 });
  const seen = growBox(core, 2, small);
  // 9 lies beside the core alone, 7 reaches out of it, 3 is inside.
  const labels = {
    data: Uint32Array.from(
      ["000777", "300700", "330000", "000000", "000099", "007700"].join(""),
      Number,
    ),
    shape: [6, 6],
    axes: "yx",
  };
  const { count, core: pixels, places, bands } = cutPieces(labels, seen, core, small);
  expect(count).toBe(2);
  expect([...pixels]).toEqual([0, 0, 0, 1, 2, 0, 0, 1, 2, 2, 0, 0, 0, 0, 0, 0]);
  expect([...places.subarray(0, PIECE_FIELDS)]).toEqual([3, 0, 3, 2, 4]);
  expect([...places.subarray(PIECE_FIELDS)]).toEqual([8, 1, 0, 3, 2]);
  expect(Object.keys(bands)).toEqual(["bottom", "right"]);
  expect([...(bands.right as Uint32Array)]).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test("two pieces are one cell where they share more than half of what either has", () => {
  const a = Uint32Array.from([1, 1, 1, 0, 2, 2, 0, 3, 3, 3]);
  const b = Uint32Array.from([5, 5, 0, 0, 6, 7, 7, 8, 8, 0]);
  expect(sameCells(a, b)).toEqual([
    [1, 5],
    [3, 8],
  ]);
  expect(sameCells(a, new Uint32Array(10))).toEqual([]);
});

test("cells are numbered by their first pixel in the plane, in whatever order pairs are named", () => {
  const places = Float64Array.from(
    [
      [30, 3, 0, 5, 2],
      [5, 0, 5, 4, 9],
      [12, 1, 2, 2, 3],
      [40, 4, 0, 6, 1],
      [7, 0, 7, 1, 8],
    ].flat(),
  );
  const pairs: [number, number][] = [
    [0, 3],
    [3, 1],
  ];
  for (const order of [pairs, pairs.toReversed()]) {
    const joining = startJoining(places);
    for (const [a, b] of order) joining.join(b, a);
    const { count, cells } = joining.end();
    expect(count).toBe(3);
    expect(Array.from({ length: 5 }, (_, i) => [...cells.subarray(5 * i, 5 * i + 5)])).toEqual([
      [1, 0, 0, 0, 0],
      [1, 0, 0, 6, 9],
      [3, 1, 2, 2, 3],
      [1, 0, 0, 0, 0],
      [2, 0, 7, 1, 8],
    ]);
  }
});

test("the files of a box, by both versions' names", () => {
  const second = chunkFiles({ chunks: [1, 10, 20] });
  expect(chunksOfBox(second, [2], { y: 9, x: 0, height: 2, width: 20 }).map(second.key)).toEqual([
    "2.0.0",
    "2.1.0",
  ]);
  const third = chunkFiles({
    chunk_grid: { configuration: { chunk_shape: [10, 20] } },
    chunk_key_encoding: { name: "default" },
  });
  expect(third.key([1, 2])).toBe("c/1/2");
  expect(chunkFiles({ chunks: [4, 4], dimension_separator: "/" }).key([1, 2])).toBe("1/2");
  expect(() => chunkFiles({})).toThrow(/must say how its array is cut into chunks/);
});

test("brightness that comes in pieces is that of all pixels together", () => {
  const random = seeded(3);
  for (const type of ["uint16", "float32"] as const) {
    const all = Float32Array.from({ length: 5000 }, () => Math.floor(random() * 3000));
    const values = type === "uint16" ? Uint16Array.from(all) : all;
    const gathering = gatherSpread(type);
    for (let i = 0; i < 5000; i += 700) gathering.add(values.subarray(i, i + 700));
    gathering.addMany(0, 1000);
    const whole = new Float32Array(6000);
    whole.set(all);
    const { spread } = gathering.end();
    const asked = [0, 1, 50, 99.8, 100];
    expect(spread.percentiles(asked)).toEqual(percentilesOf(whole, asked));
    const mean = whole.reduce((a, b) => a + b, 0) / 6000;
    const { origin, mean: above, deviation } = spread.moments();
    expect(origin + above).toBeCloseTo(mean, 6);
    const variance = whole.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6000;
    expect(deviation).toBeCloseTo(Math.sqrt(variance), 6);
    const { spread: limited, most } = gathering.end(10);
    expect(most).toBe(percentilesOf(whole, [90])[0]);
    expect(limited.percentiles([100])[0]).toBeLessThanOrEqual(most as number);
  }
  expect(() => gatherSpread("float32").add(Float32Array.of(Number.NaN))).toThrow(/finite/);
});

test("a plan is the same text whatever order its fields had, and reads back", () => {
  const units = [
    { row: 0, column: 1 },
    { column: 2, row: undefined },
  ];
  const plan = { head: { b: [1, { d: 1, c: 2 }], a: "x" }, units };
  const turned = {
    head: { a: "x", b: [1, { c: 2, d: 1 }] },
    units: units.map((unit) => ({ ...unit })),
  };
  expect(planBody(plan)).toBe(planBody(turned));
  expect(canonicalJson({ b: 1, a: { d: 1, c: undefined } })).toBe('{"a":{"d":1},"b":1}');
  const text = planText(plan, "id");
  expect(text.split("\n")).toHaveLength(9);
  expect(readPlanText(text)).toEqual({
    job: "id",
    head: plan.head,
    units: [units[0], { column: 2 }],
  });
  expect(() => readPlanText(text.slice(0, -9))).toThrow(/cut off or damaged/);
  expect(() => readPlanText("{}")).toThrow(/is no plan/);
});

test("the chunks of blocks, and the coarser ones made of them, are those of the whole image", () => {
  const [height, width] = [300, 520];
  const store = labelStore({ axes: "yx", shape: [height, width] }, 128);
  expect([store.plan.chunk, store.own, store.plan.levels]).toEqual([128, 0, 4]);
  const label = (y: number, x: number) => 1 + Math.floor(y / 7) * 100 + Math.floor(x / 9);
  const chunks = new Map<string, Uint32Array | undefined>();
  const blocks = { height, width, block: 128, halo: 0 };
  const { rows, columns } = gridSize(blocks);
  for (const n of shuffled(
    Array.from({ length: rows * columns }, (_, i) => i),
    seeded(1),
  )) {
    const core = coreBox(blocks, { row: Math.floor(n / columns), column: n % columns });
    const data = Uint32Array.from({ length: core.height * core.width }, (_, i) =>
      label(core.y + Math.floor(i / core.width), core.x + (i % core.width)),
    );
    for (const { key, data: cut } of blockChunks(store, {}, core, data)) chunks.set(key, cut);
  }
  const finer = finerChunks(0, 1).map(([row, column]) => chunks.get(`0/c/${row}/${column}`));
  const coarse = coarserChunk(128, finer) as Uint32Array;
  for (const [y, x] of [
    [0, 0],
    [100, 99],
    [127, 3],
  ])
    expect(coarse[y * 128 + x]).toBe(label(2 * y, 256 + 2 * x));
  expect(coarserChunk(128, [undefined, undefined, undefined, undefined])).toBeUndefined();
  const names = labelMetadata(store).map(([name]) => name);
  expect(names.at(-1)).toBe("zarr.json");
  expect(names).toHaveLength(5);
});
