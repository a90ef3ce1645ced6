import { expect, test } from "vitest";
import type { Image, Labels } from "../image.js";
import { countLabels } from "../labels.js";
import { normal, seeded } from "../random.js";
import { countMatches, scoreMatches } from "../score/average-precision.js";
import { synthBacteria } from "../synth/bacteria.js";
import { synthNuclei } from "../synth/nuclei.js";
import { classicalBacteria } from "./bacteria.js";
import { classicalNuclei } from "./nuclei.js";
import { growLabels, splitMask } from "./split.js";

const f1 = (truth: Labels, found: Labels) => scoreMatches(countMatches(truth, found))[0].f1;

function plane(height: number, width: number, at: (y: number, x: number) => number) {
  const data = new Float32Array(height * width);
  for (let i = 0; i < data.length; i++) data[i] = at(Math.floor(i / width), i % width);
  return { data, shape: [height, width], axes: "yx" };
}

/** Discs of radius 12 around the middles, on a dark background. */
function discs(...middles: readonly (readonly [number, number])[]): Image<Float32Array> {
  return plane(64, 96, (y, x) =>
    middles.some(([v, u]) => Math.hypot(y - v, x - u) < 12) ? 200 : 10,
  );
}

test("made-up nuclei are found", () => {
  const { image, labels } = synthNuclei({ height: 256, width: 256, seed: 3, density: 0.15 });
  expect(f1(labels, classicalNuclei(image))).toBeGreaterThan(0.8);
});

test("made-up bacteria are found", () => {
  const { image, labels } = synthBacteria({ height: 256, width: 256, seed: 3, diameter: 12 });
  expect(f1(labels, classicalBacteria(image, { width: 9 }))).toBeGreaterThan(0.7);
});

test("touching discs are two nuclei, one disc is one, and the numbers follow the reading order", () => {
  const apart = classicalNuclei(discs([30, 30], [32, 52]));
  expect(countLabels(apart)).toBe(2);
  expect([apart.data[30 * 96 + 30], apart.data[32 * 96 + 52]]).toEqual([1, 2]);
  expect(countLabels(classicalNuclei(discs([30, 30])))).toBe(1);
  // A waist that must be deeper than the dent leaves them one.
  expect(countLabels(classicalNuclei(discs([30, 30], [32, 46]), { waist: 0.6 }))).toBe(1);
});

test("a hole in a nucleus is filled", () => {
  const ring = plane(64, 64, (y, x) => {
    const far = Math.hypot(y - 32, x - 32);
    return far < 14 && far > 4 ? 200 : 10;
  });
  const found = classicalNuclei(ring);
  expect(countLabels(found)).toBe(1);
  expect(found.data[32 * 64 + 32]).toBe(1);
});

test.each([
  ["nuclei", classicalNuclei],
  ["bacteria", classicalBacteria],
])("%s: an image of one brightness, of noise, or of one pixel holds no cells", (_, find) => {
  const random = seeded(2);
  const flat = plane(40, 50, () => 1000);
  const noise = plane(200, 200, () => 1000 + 30 * normal(random));
  for (const image of [flat, noise, plane(1, 1, () => 5), plane(1, 30, () => 5)]) {
    const found = find(image);
    expect(found.shape).toEqual(image.shape);
    expect(found.data).toBeInstanceOf(Uint32Array);
    expect(countLabels(found)).toBe(0);
  }
});

test("an image that is one row or one column is worked on all the same", () => {
  const line = (height: number, width: number) =>
    plane(height, width, (y, x) => (Math.max(y, x) > 10 && Math.max(y, x) < 40 ? 100 : 0));
  expect(countLabels(classicalNuclei(line(1, 80)))).toBe(1);
  expect(countLabels(classicalNuclei(line(80, 1)))).toBe(1);
});

test.each([
  ["nuclei", classicalNuclei, synthNuclei({ height: 128, width: 128, seed: 5 }).image],
  ["bacteria", classicalBacteria, synthBacteria({ height: 128, width: 128, seed: 5 }).image],
])("%s: gain and offset of the camera change nothing", (_, find, image) => {
  const expected = find(image);
  expect(countLabels(expected)).toBeGreaterThan(3);
  const bright = { ...image, data: Float32Array.from(image.data, (value) => 4 * value) };
  expect(find(bright).data).toEqual(expected.data);
  const shifted = { ...image, data: Float32Array.from(image.data, (value) => value / 2 + 7000) };
  expect(f1(expected, find(shifted))).toBeGreaterThan(0.98);
});

test("a dark block thicker than a rod is none", () => {
  const scene = plane(120, 120, (y, x) => {
    const block = y > 10 && y < 50 && x > 10 && x < 50;
    const rod = y > 80 && y < 89 && x > 30 && x < 70;
    return block || rod ? 100 : 1000;
  });
  const found = classicalBacteria(scene, { width: 8 });
  expect(countLabels(found)).toBe(1);
  expect(found.data[84 * 120 + 50]).toBe(1);
});

test("a mask that covers the image is one cell", () => {
  const mask = { data: new Uint8Array(100).fill(1), shape: [10, 10], axes: "yx" };
  expect(countLabels(splitMask(mask, { smoothing: 1, waist: 0.05 }))).toBe(1);
});

test("cells grow into the background as far as they may, not into each other", () => {
  const labels = { data: Uint32Array.from([1, 0, 0, 0, 2, 0, 0, 0, 0]), shape: [1, 9], axes: "yx" };
  expect(Array.from(growLabels(labels, 1).data)).toEqual([1, 1, 0, 2, 2, 2, 0, 0, 0]);
  expect(Array.from(growLabels(labels, 2).data)).toEqual([1, 1, 1, 2, 2, 2, 2, 0, 0]);
  const none = { ...labels, data: new Uint32Array(9) };
  expect(growLabels(none, 3).data).toEqual(none.data);
});

test("what cannot be is refused", () => {
  const image = discs([30, 30]);
  const refused: [() => unknown, string][] = [
    [
      () => classicalNuclei(image, { waist: 1 }),
      "waist of classical-nuclei must be a number from 0.01 to 0.9, got 1",
    ],
    [
      () => classicalNuclei(image, { window: Number.NaN }),
      "window of classical-nuclei must be a number from 1 to 500, got NaN",
    ],
    [
      () => classicalBacteria(image, { with: 3 } as never),
      "parameter of classical-bacteria must be one of width, smoothing",
    ],
    [() => classicalNuclei({ ...image, axes: "cx" }), 'image axes must be "yx", got "cx"'],
  ];
  for (const [attempt, message] of refused) expect(attempt).toThrow(message);
  const holed = { ...image, data: image.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
  expect(() => classicalBacteria(holed)).toThrow("finite numbers everywhere, got NaN at y 0, x 5");
});
