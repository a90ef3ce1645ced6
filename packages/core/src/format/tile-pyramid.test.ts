import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { pyramidOf } from "../pyramid-image.js";
import { levelSizes, levelsFor, pyramidTiles, type TileOptions } from "./tile-pyramid.js";

/** All levels put together again, a plane after the other, by level. */
async function assembled(image: Image, options: TileOptions): Promise<number[][]> {
  const [height, width] = image.shape.slice(-2);
  const planes = image.data.length / (height * width);
  const sizes = levelSizes(height, width, options.levels);
  const levels = sizes.map(([h, w]) => new Array<number>(planes * h * w).fill(Number.NaN));
  const order = new Map<string, number>();
  for await (const tile of pyramidTiles(pyramidOf(image), options)) {
    const key = JSON.stringify(tile.index);
    if (!order.has(key)) order.set(key, order.size);
    const [h, w] = sizes[tile.level];
    const start = (order.get(key) as number) * h * w;
    for (let y = 0; y < tile.height; y++)
      for (let x = 0; x < tile.width; x++)
        levels[tile.level][
          start + (tile.row * options.tile + y) * w + tile.column * options.tile + x
        ] = tile.data[y * options.tile + x];
    for (let y = 0; y < options.tile; y++)
      for (let x = 0; x < options.tile; x++)
        if (y >= tile.height || x >= tile.width) expect(tile.data[y * options.tile + x]).toBe(0);
    expect(tile.empty).toBe(tile.data.every((value) => value === 0));
  }
  return levels;
}

test("nearest keeps every second, fourth, eighth pixel, whatever the size", async () => {
  for (const [height, width] of [
    [1, 1],
    [13, 29],
    [32, 16],
    [17, 5],
  ]) {
    const data = Uint32Array.from({ length: 2 * height * width }, (_, i) => 70_000 + i);
    const image = { data, shape: [2, height, width], axes: "tyx" };
    const levels = await assembled(image, { tile: 4, levels: 4, reduce: "nearest" });
    for (const [level, [h, w]] of levelSizes(height, width, 4).entries()) {
      const expected: number[] = [];
      for (let t = 0; t < 2; t++)
        for (let y = 0; y < h; y++)
          for (let x = 0; x < w; x++)
            expected.push(data[t * height * width + y * 2 ** level * width + x * 2 ** level]);
      expect(levels[level]).toEqual(expected);
    }
  }
});

test("the mean is that of the four pixels, rounded for whole numbers", async () => {
  const data = Uint8Array.of(0, 1, 9, 2, 2, 7);
  const image = { data, shape: [2, 3], axes: "yx" };
  const options = { tile: 2, levels: 2, reduce: "mean" } as const;
  expect((await assembled(image, options))[1]).toEqual([1, 8]);
  const floats = { ...image, data: Float32Array.from(data) };
  expect((await assembled(floats, options))[1]).toEqual([1.25, 8]);
});

test("every pixel is read once, in order and with progress", async () => {
  const image = { data: new Uint16Array(300), shape: [3, 10, 10], axes: "cyx" };
  const source = pyramidOf(image);
  const read: string[] = [];
  const progress: number[][] = [];
  const counting = {
    ...source,
    readRegion: (region: Parameters<typeof source.readRegion>[0]) => {
      const { index, box } = region;
      read.push(`${index?.c} ${box.y} ${box.x} ${box.height} ${box.width}`);
      return source.readRegion(region);
    },
  };
  const options = { tile: 8, levels: 2, reduce: "nearest" } as const;
  const onProgress = (done: number, total: number) => progress.push([done, total]);
  const levels: number[] = [];
  for await (const { level } of pyramidTiles(counting, { ...options, onProgress }))
    levels.push(level);
  expect(levels).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  expect(new Set(read).size).toBe(12);
  expect(read.slice(0, 4)).toEqual(["0 0 0 8 8", "0 0 8 8 2", "0 8 0 2 8", "0 8 8 2 2"]);
  expect(progress.at(-1)).toEqual([12, 12]);
});

test("levels end with one tile; sizes that cannot be are refused", async () => {
  expect([1, 512, 513, 1024, 1025, 100_000].map((side) => levelsFor(side, 1, 512))).toEqual([
    1, 1, 2, 2, 3, 9,
  ]);
  const source = pyramidOf({ data: new Uint8Array(4), shape: [2, 2], axes: "yx" });
  for (const [tile, levels] of [
    [3, 1],
    [0, 1],
    [2, 0],
  ])
    await expect(pyramidTiles(source, { tile, levels, reduce: "mean" }).next()).rejects.toThrow(
      "must be",
    );
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(
    pyramidTiles(source, { tile: 2, levels: 1, reduce: "mean", signal }).next(),
  ).rejects.toThrow("enough");
});
