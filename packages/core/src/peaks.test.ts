import { expect, test } from "vitest";
import { pixelsInOrder } from "./order.js";
import { type Peak, prominentPeaks } from "./peaks.js";
import { seeded } from "./random.js";

function peaksOf(values: number[], width: number, prominence: number, mask?: Uint8Array): Peak[] {
  const map = Float32Array.from(values);
  const descending = pixelsInOrder(
    map.map((value) => -value),
    mask,
  );
  return prominentPeaks(map, descending, width, prominence);
}

/** The definition: the highest level at which a path leads from the summit to a higher pixel (or an earlier equal one). */
function byTrying(values: number[], width: number, summit: number): number {
  const levels = [...new Set(values)].sort((a, b) => b - a);
  for (const level of levels.filter((value) => value <= values[summit])) {
    const reached = new Set([summit]);
    for (const i of reached)
      for (const j of beside(i, width)) if (values[j] >= level) reached.add(j);
    for (const i of reached)
      if (values[i] > values[summit] || (values[i] === values[summit] && i < summit))
        return values[summit] - level;
  }
  return Number.POSITIVE_INFINITY;
}

/** The pixels beside one; those beyond the image have no value. */
function beside(i: number, width: number): number[] {
  const x = i % width;
  return [i - width, i + width, ...(x > 0 ? [i - 1] : []), ...(x + 1 < width ? [i + 1] : [])];
}

test("a summit counts by how far it stands out from the saddle, not by its height", () => {
  const peaks = peaksOf([0, 9, 5, 7, 6.5, 6.8, 0, 2, 0], 9, 1);
  expect(peaks).toEqual([
    { pixel: 1, height: 9, prominence: Number.POSITIVE_INFINITY },
    { pixel: 3, height: 7, prominence: 2 },
    { pixel: 7, height: 2, prominence: 2 },
  ]);
});

test("a plateau is one summit, and even a prominence of 0 makes no more of it", () => {
  expect(peaksOf([3, 3, 3, 1, 3, 3], 3, 0).map((peak) => peak.pixel)).toEqual([0]);
});

test("pieces that do not hang together have a summit each", () => {
  const mask = Uint8Array.from([1, 0, 0, 1]);
  const peaks = peaksOf([1, 5, 5, 2], 2, 0.5, mask);
  expect(peaks.map((peak) => [peak.pixel, peak.prominence])).toEqual([
    [3, Number.POSITIVE_INFINITY],
    [0, Number.POSITIVE_INFINITY],
  ]);
});

test("prominences equal the definition's on random maps", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed);
    const width = 1 + Math.floor(random() * 8);
    const values = Array.from({ length: width * (1 + Math.floor(random() * 7)) }, () =>
      Math.floor(random() * 12),
    );
    const found = new Map(
      peaksOf(values, width, 1).map((peak) => [peak.pixel, peak.prominence] as const),
    );
    for (let i = 0; i < values.length; i++) {
      const prominence = byTrying(values, width, i);
      expect(found.get(i)).toBe(prominence >= 1 ? prominence : undefined);
    }
  }
});
