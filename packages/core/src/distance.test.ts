import { expect, test } from "vitest";
import { distanceTransform, nearestPixels } from "./distance.js";
import type { Labels } from "./image.js";
import { seeded } from "./random.js";

function randomLabels(height: number, width: number, top: number, seed: number): Labels {
  const random = seeded(seed);
  const share = random();
  const data = Uint32Array.from({ length: height * width }, () =>
    random() < share ? 1 + Math.floor(random() * top) : 0,
  );
  return { data, shape: [height, width], axes: "yx" };
}

/** The least squared distance from pixel i to a pixel that passes; Infinity where none does. */
function bruteForce(labels: Labels, i: number, passes: (label: number) => boolean): number {
  const width = labels.shape[1];
  let best = Number.POSITIVE_INFINITY;
  for (const [j, label] of labels.data.entries()) {
    if (!passes(label)) continue;
    const y = Math.floor(i / width) - Math.floor(j / width);
    const x = (i % width) - (j % width);
    best = Math.min(best, y * y + x * x);
  }
  return best;
}

test("the distance from inside to outside of a square", () => {
  const data = new Uint8Array(49);
  for (let y = 1; y < 6; y++) data.fill(1, y * 7 + 1, y * 7 + 6);
  const { data: distance } = distanceTransform({ data, shape: [7, 7], axes: "yx" });
  expect(Array.from(distance.subarray(21, 28))).toEqual([0, 1, 2, 3, 2, 1, 0]);
});

test("distances equal the brute-force ones, for one label and for several that touch", () => {
  for (let seed = 0; seed < 100; seed++) {
    const labels = randomLabels(1 + (seed % 9), 1 + (seed % 13), 1 + (seed % 3), seed);
    const { data } = distanceTransform(labels);
    for (const [i, label] of labels.data.entries()) {
      const square = label === 0 ? 0 : bruteForce(labels, i, (other) => other !== label);
      expect(data[i]).toBe(Math.fround(Math.sqrt(square)));
    }
  }
});

test("a cell that fills the image has no edge", () => {
  const all = { data: new Uint8Array(6).fill(1), shape: [2, 3], axes: "yx" };
  expect(new Set(distanceTransform(all).data)).toEqual(new Set([Number.POSITIVE_INFINITY]));
});

test("the nearest pixel is one of the mask, and none is nearer; leftmost, then topmost, of equals", () => {
  for (let seed = 0; seed < 100; seed++) {
    const labels = randomLabels(1 + (seed % 11), 1 + (seed % 7), 1, seed);
    const [height, width] = labels.shape;
    const { data } = nearestPixels(labels);
    for (let i = 0; i < data.length; i++) {
      const best = bruteForce(labels, i, (label) => label !== 0);
      let expected = -1;
      for (let x = width - 1; x >= 0; x--)
        for (let y = height - 1; y >= 0; y--) {
          const rise = Math.floor(i / width) - y;
          const run = (i % width) - x;
          const isNearest = rise * rise + run * run === best;
          if (labels.data[y * width + x] !== 0 && isNearest) expected = y * width + x;
        }
      expect(data[i]).toBe(expected);
    }
  }
});

test("ties fall as in scipy.ndimage.distance_transform_edt(return_indices=True)", () => {
  // 6 x 9, pixels 4, 18, 26, 31, 49 set; the indices are scipy 1.17's.
  const data = new Uint8Array(54);
  for (const i of [4, 18, 26, 31, 49]) data[i] = 1;
  const { data: nearest } = nearestPixels({ data, shape: [6, 9], axes: "yx" });
  expect(Array.from(nearest)).toEqual([
    18, 18, 4, 4, 4, 4, 4, 26, 26, 18, 18, 18, 4, 4, 4, 4, 26, 26, 18, 18, 18, 31, 31, 31, 26, 26,
    26, 18, 18, 31, 31, 31, 31, 31, 26, 26, 18, 18, 31, 31, 31, 31, 31, 26, 26, 18, 49, 49, 49, 49,
    49, 49, 49, 26,
  ]);
});
