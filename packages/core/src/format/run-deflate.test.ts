import { gunzipSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Pixels } from "../image.js";
import { seeded } from "../random.js";
import { isMostlyRuns, packRuns } from "./run-deflate.js";
import { littleEndianBytes, pixelsOf, type SampleType } from "./sample-type.js";

/** Runs of random length and number; every few rows one is as the row before it. */
function runs(type: SampleType, width: number, height: number, mean: number): Pixels {
  const random = seeded(width + mean);
  const data = pixelsOf(type, width * height);
  for (let i = 0, value = 0; i < data.length; i++) {
    if (random() < 1 / mean) value = Math.floor(random() * 3) * 70_001;
    data[i] = i >= width && random() < 0.5 ? data[i - width] : value;
  }
  return data;
}

test("zlib and gzip, which others wrote, give the pixels again", () => {
  for (const type of ["uint8", "uint16", "int32", "uint32", "float32", "float64"] as const)
    for (const [width, height] of [
      [1, 1],
      [2, 3],
      [1, 700],
      [129, 67],
      [8191, 2],
      [8192, 2],
      [8193, 3],
      [40_000, 2],
    ])
      for (const mean of [1, 5, 400]) {
        const data = runs(type, width, height, mean);
        const bytes = Buffer.from(littleEndianBytes(data));
        const where = `${type} of ${height} x ${width}, runs of ${mean}`;
        const inflated = inflateSync(packRuns(data, width, "zlib"));
        expect(inflated.equals(bytes), `${where}, zlib`).toBe(true);
        const unzipped = gunzipSync(packRuns(data, width, "gzip"));
        expect(unzipped.equals(bytes), `${where}, gzip`).toBe(true);
      }
});

test("matches of every length, and every way back in powers of two", () => {
  for (let length = 1; length < 600; length += length < 40 ? 1 : 17)
    for (let width = 1; width <= 32_768; width *= 2) {
      const data = new Uint8Array(width + length + 5);
      for (let i = 0; i < width; i++) data[i] = (i * 31) % 251;
      for (let i = 0; i < length; i++) data[width + i] = data[i];
      const packed = packRuns(data, width, "zlib");
      expect(inflateSync(packed).equals(data), `${length} from ${width}`).toBe(true);
    }
});

test("labels take less than a byte in fifteen", () => {
  const [height, width] = [300, 400];
  const data = new Uint32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if ((y % 20) - 10 + (x % 20) - 10 < 6 && y % 20 > 3 && x % 20 > 3)
        data[y * width + x] = Math.floor(y / 20) * 20 + Math.floor(x / 20) + 1;
  expect(packRuns(data, width, "zlib").length).toBeLessThan(data.byteLength / 15);
});

test("what is mostly runs is told from noise", () => {
  const random = seeded(1);
  expect(isMostlyRuns(runs("uint32", 300, 300, 1))).toBe(false);
  expect(isMostlyRuns(Uint16Array.from({ length: 9000 }, () => random() * 65536))).toBe(false);
  expect(isMostlyRuns(new Uint16Array(9000))).toBe(true);
  expect(isMostlyRuns(new Float64Array(9000))).toBe(false);
  expect(isMostlyRuns(new Uint16Array(1))).toBe(false);
});
