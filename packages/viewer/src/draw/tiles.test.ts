import { pyramidOf } from "@cellwright/core";
import { watchedReader } from "@cellwright/testing/pixels";
import { expect, test } from "vitest";
import { drawLevels } from "./levels.js";
import { lruOf } from "./lru.js";
import { tileQueue } from "./tile-queue.js";
import { planeIndex, readTile, texturePixels } from "./tile-read.js";

const signal = new AbortController().signal;

test("what was not used for the longest time is forgotten first, what is in use never", () => {
  const gone: string[] = [];
  const store = lruOf<string>(30, (value) => gone.push(value));
  for (const name of ["a", "b", "c"]) store.put(name, name, 10);
  store.tick();
  expect(store.get("a")).toBe("a");
  store.put("d", "d", 10);
  expect(gone).toEqual(["b"]);
  store.put("e", "e", 25);
  // a, d and e are in use: more than fits, but nothing that is drawn may go.
  expect(gone).toEqual(["b", "c"]);
  expect([store.bytes, store.count]).toEqual([45, 3]);
  store.tick();
  store.put("f", "f", 5);
  expect(gone).toEqual(["b", "c", "a", "d"]);
  store.put("f", "g", 4);
  expect(store.get("f")).toBe("g");
  expect(gone.at(-1)).toBe("f");
  store.drop((key) => key === "e");
  expect([store.bytes, store.count, store.get("e")]).toEqual([4, 1, undefined]);
});

test("few are asked for at once, in the order of their urgency; what nobody wants is stopped", async () => {
  const started: string[] = [];
  const stopped: string[] = [];
  const finish = new Map<string, () => void>();
  const wish = (key: string) => ({
    key,
    load: (signal: AbortSignal) => {
      started.push(key);
      signal.addEventListener("abort", () => stopped.push(key));
      return new Promise<void>((resolve) => finish.set(key, resolve));
    },
  });
  const queue = tileQueue(2);
  queue.want(["a", "b", "c", "d"].map(wish));
  expect(started).toEqual(["a", "b"]);
  queue.want(["b", "d", "c"].map(wish));
  expect(stopped).toEqual(["a"]);
  expect(started).toEqual(["a", "b", "d"]);
  finish.get("b")?.();
  await new Promise((resolve) => setTimeout(resolve));
  expect(started).toEqual(["a", "b", "d", "c"]);
  // One that was stopped and is wanted again is asked for again; its first answer does not count as the second.
  queue.want(["a", "c"].map(wish));
  finish.get("d")?.();
  expect(started.at(-1)).toBe("a");
  expect(queue.busy).toBe(2);
});

test("a tile of a made level holds means, of borders too, and reads no pixel twice", async () => {
  const [height, width] = [1500, 2049];
  const data = Uint16Array.from({ length: height * width }, (_, i) => (i * 7919) % 4096);
  const reader = watchedReader([{ data, shape: [height, width], axes: "yx" }], { tile: 256 });
  const levels = drawLevels(reader);
  const level = levels.findIndex(({ step }) => step === 2);
  const tile = await readTile(reader, levels[level], {}, { row: 1, column: 2 }, signal);
  expect([tile.height, tile.width]).toEqual([238, 1]);
  const mean = (y: number, x: number) => {
    const values: number[] = [];
    for (const row of [2 * y, 2 * y + 1])
      for (const column of [2 * x, 2 * x + 1])
        if (row < height && column < width) values.push(data[row * width + column]);
    return Math.floor(values.reduce((a, b) => a + b) / values.length + 0.5);
  };
  for (const row of [0, 1, 237]) expect(tile.data[row]).toBe(mean(512 + row, 1024));
  const read = reader.asked.reduce((sum, { box }) => sum + box.height * box.width, 0);
  expect(read).toBe(476);
});

test("means leave out what is no number", async () => {
  const nan = Number.NaN;
  const data = new Float32Array(2100 * 4).fill(nan);
  data.set([2, nan], 0);
  data.set([nan, 4], 4);
  const reader = pyramidOf({ data, shape: [2100, 4], axes: "yx" });
  const [, coarse] = drawLevels(reader);
  const tile = await readTile(reader, coarse, {}, { row: 0, column: 0 }, signal);
  expect([...tile.data.subarray(0, 3)]).toEqual([3, nan, nan]);
});

test("types that a texture cannot hold become float32; others are not copied", () => {
  const words = Uint16Array.of(1, 65_535);
  expect(texturePixels(words)).toBe(words);
  expect(texturePixels(Int8Array.of(-3))).toEqual(Float32Array.of(-3));
  expect(texturePixels(Float64Array.of(0.1))).toEqual(Float32Array.of(0.1));
});

test("an image without time is the same at each time; beyond the end of one that has it there is nothing", () => {
  expect(planeIndex({ axes: "cyx", shape: [3, 4, 4] }, { t: 9, z: 2 }, 1)).toEqual({ c: 1 });
  expect(planeIndex({ axes: "tzyx", shape: [5, 2, 4, 4] }, { t: 4, z: 1 }, 0)).toEqual({
    t: 4,
    z: 1,
  });
  expect(planeIndex({ axes: "tyx", shape: [5, 4, 4] }, { t: 5, z: 0 }, 0)).toBeUndefined();
});
