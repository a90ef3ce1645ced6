import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { normal, seeded } from "../random.js";
import { hasContrast, localThreshold, noiseOf, otsu } from "./threshold.js";

function plane(data: readonly number[], width: number): Image<Float32Array> {
  return { data: Float32Array.from(data), shape: [data.length / width, width], axes: "yx" };
}

/** Otsu's criterion by its definition, for every cut between two of the values. */
function bestCut(values: readonly number[]): number {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  let best = { between: -1, cut: 0 };
  for (let n = 1; n < distinct.length; n++) {
    const below = values.filter((value) => value < distinct[n]);
    const above = values.filter((value) => value >= distinct[n]);
    const between = below.length * above.length * (mean(above) - mean(below)) ** 2;
    if (between > best.between * (1 + 1e-12))
      best = { between, cut: (distinct[n - 1] + distinct[n]) / 2 };
  }
  return best.cut;
}

test("Otsu's threshold is the cut of the largest variance between the classes", () => {
  const random = seeded(4);
  for (let round = 0; round < 30; round++) {
    const values = Array.from({ length: 40 }, () => Math.floor(random() * random() * 20));
    expect(otsu(plane(values, 8))?.threshold).toBeCloseTo(bestCut(values), 6);
  }
});

test("two classes are described by their means and the spread of the dark one", () => {
  expect(otsu(plane([1, 3, 1, 3, 21, 23], 3))).toEqual({
    threshold: 12,
    dark: 2,
    darkDeviation: 1,
    bright: 22,
  });
});

test("gain and offset go through Otsu's threshold, and one brightness has none", () => {
  const values = [3, 4, 9, 4, 11, 3, 5, 10];
  const plain = otsu(plane(values, 4));
  const other = otsu(
    plane(
      values.map((v) => 64 * v + 30000),
      4,
    ),
  );
  expect(other?.threshold).toBe(64 * (plain?.threshold ?? 0) + 30000);
  expect(otsu(plane([7, 7, 7, 7], 2))).toBeUndefined();
  expect(otsu(plane([7], 1))).toBeUndefined();
});

test("noise and an even slope have no contrast, spots have", () => {
  const random = seeded(1);
  const noise = plane(
    Array.from({ length: 4096 }, () => normal(random)),
    64,
  );
  const slope = plane(
    Array.from({ length: 4096 }, (_, i) => i % 64),
    64,
  );
  const spots = { ...noise, data: noise.data.map((v, i) => v + (i % 64 < 6 ? 20 : 0)) };
  const contrasted = (image: Image) => {
    const classes = otsu(image);
    return classes !== undefined && hasContrast(classes, 4);
  };
  expect([noise, slope, spots].map(contrasted)).toEqual([false, false, true]);
});

test("the local threshold follows the surroundings, within its limits", () => {
  // Two dim lines and a bright one; the background on the right is brighter than the dim lines.
  const width = 60;
  const row = Array.from({ length: width }, (_, x) => (x < 30 ? 10 : 60) + (x % 10 === 5 ? 40 : 0));
  const image = plane(Array.from({ length: 10 }, () => row).flat(), width);
  const classes = { threshold: 60, dark: 10, darkDeviation: 1, bright: 100 };
  const lines = (options: { lowest: number; highest: number }) =>
    Array.from(localThreshold(image, classes, { window: 4, offset: 0, ...options }).data)
      .slice(0, width)
      .flatMap((on, x) => (on ? [x] : []));
  expect(lines({ lowest: 0.2, highest: Number.POSITIVE_INFINITY })).toEqual(
    expect.arrayContaining([5, 15, 45, 55]),
  );
  // The whole image's threshold alone loses the dim lines and takes the bright background for a cell.
  expect(lines({ lowest: 1, highest: 1 })).toEqual([35, 45, 55]);
  expect(lines({ lowest: 0, highest: 0 })).toEqual(
    row.flatMap((value, x) => (value > 10 ? [x] : [])),
  );
});

test("the camera's noise is found beside slopes and outlines", () => {
  const random = seeded(9);
  const data = Array.from(
    { length: 128 * 128 },
    (_, i) => 3 * (i % 128) + (i % 128 > 60 ? 500 : 0) + 5 * normal(random),
  );
  expect(noiseOf(plane(data, 128))).toBeGreaterThan(4.7);
  expect(noiseOf(plane(data, 128))).toBeLessThan(5.3);
  expect(noiseOf(plane([1, 2, 3, 9], 2))).toBe(0);
});

test("an image that is no plane, or of no numbers, is refused", () => {
  expect(() => otsu({ data: new Uint8Array(8), shape: [2, 2, 2], axes: "cyx" })).toThrow(
    'image axes must be "yx", got "cyx"',
  );
  expect(() => otsu(plane([1, 2, Number.NaN, 4], 2))).toThrow(
    "image must be finite numbers everywhere, got NaN at y 1, x 0",
  );
});
