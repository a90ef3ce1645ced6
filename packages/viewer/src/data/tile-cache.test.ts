import { type Pixels, type PyramidReader, pyramidOf } from "@cellwright/core";
import { expect, test } from "vitest";
import { cachedReader, tileCache } from "./tile-cache.js";

/** A ramp of 600 x 700 in tiles of 64, and the boxes that were read of it. */
function ramp() {
  const data = Uint16Array.from({ length: 600 * 700 }, (_, i) => i % 65521);
  const image = { data, shape: [600, 700], axes: "yx" };
  const inner = pyramidOf(image);
  const boxes: string[] = [];
  const [level] = inner.levels;
  const reader: PyramidReader = {
    ...inner,
    levels: [{ ...level, tile: { height: 64, width: 64 } }],
    readRegion: (region) => {
      const { y, x, height, width } = region.box;
      boxes.push(`${y} ${x} ${height} ${width}`);
      return inner.readRegion(region);
    },
  };
  return { reader, inner, boxes };
}

const bytesOf = ({ buffer }: Pixels) => Buffer.from(buffer as ArrayBuffer);

test("regions are put together from tiles that are read once", async () => {
  const { reader, inner, boxes } = ramp();
  const cached = cachedReader(reader, tileCache(10 ** 8));
  for (const box of [
    { y: 0, x: 0, height: 600, width: 700 },
    { y: 250, x: 255, height: 10, width: 3 },
    { y: 599, x: 0, height: 1, width: 700 },
  ]) {
    const [found, expected] = await Promise.all([
      cached.readRegion({ box }),
      inner.readRegion({ box }),
    ]);
    expect({ ...found, data: 0 }).toEqual({ ...expected, data: 0 });
    expect(Buffer.compare(bytesOf(found.data), bytesOf(expected.data))).toBe(0);
  }
  expect(boxes).toHaveLength(9);
  expect(new Set(boxes).size).toBe(9);
  expect(boxes).toContain("512 512 88 188");
  await expect(cached.readRegion({ box: { y: 0, x: 1, height: 600, width: 700 } })).rejects.toThrow(
    /box must be within 600 x 700/,
  );
});

test("more than the limit is not kept, the oldest goes first", async () => {
  const { reader, boxes } = ramp();
  // Four tiles of 256 x 256 of two bytes.
  const cache = tileCache(4 * 256 * 256 * 2);
  const cached = cachedReader(reader, cache);
  const read = (y: number, x: number) => cached.readRegion({ box: { y, x, height: 1, width: 1 } });
  await read(0, 0);
  await read(0, 256);
  await read(256, 0);
  await read(256, 256);
  await read(0, 0);
  expect(boxes).toHaveLength(4);
  await read(512, 0);
  expect(cache.bytes).toBeLessThanOrEqual(4 * 256 * 256 * 2);
  await read(0, 0);
  expect(boxes).toHaveLength(5);
  await read(0, 256);
  expect(boxes).toHaveLength(6);
});

test("a tile that two wait for is made once, and goes on while one of them waits", async () => {
  const cache = tileCache(1000);
  let made = 0;
  let finish: (pixels: Pixels) => void = () => {};
  let stopped: AbortSignal | undefined;
  const make = (signal: AbortSignal) => {
    made++;
    stopped = signal;
    return new Promise<Pixels>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const a = cache.get("tile", make, first.signal);
  const b = cache.get("tile", make, second.signal);
  expect(made).toBe(1);
  first.abort(new Error("away"));
  await expect(a).rejects.toThrow("away");
  expect(stopped?.aborted).toBe(false);
  finish(new Uint8Array(3));
  expect((await b).length).toBe(3);
  expect(cache.bytes).toBe(3);

  const c = cache.get("other", make, second.signal);
  second.abort(new Error("gone"));
  await expect(c).rejects.toThrow("gone");
  expect(stopped?.aborted).toBe(true);
  const d = cache.get("other", make);
  finish(new Uint8Array(5));
  expect((await d).length).toBe(5);
  expect(made).toBe(3);
});

test("a failure is not kept", async () => {
  const cache = tileCache(1000);
  const fail = () => Promise.reject(new Error("no"));
  await expect(cache.get("a", fail)).rejects.toThrow("no");
  expect((await cache.get("a", async () => new Uint8Array(1))).length).toBe(1);
});
