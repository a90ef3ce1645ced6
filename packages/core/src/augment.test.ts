import { expect, test } from "vitest";
import {
  drawPlacement,
  jitter,
  NO_AUGMENTATION,
  PAPER_AUGMENTATION,
  placesOf,
  samplePlane,
} from "./augment.js";
import { seeded } from "./random.js";

const plane = Float32Array.from({ length: 30 }, (_, i) => i);

function crop(size: number, random: () => number, augmentation = NO_AUGMENTATION): number[] {
  const out = new Float32Array(size * size);
  const places = placesOf(drawPlacement(5, 6, size, augmentation, random), size);
  samplePlane(plane, 5, 6, places, out, 0);
  return [...out];
}

test("without augmentation a crop is a piece of the image", () => {
  const found = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const [first, second, third, fourth] = crop(2, seeded(seed));
    expect([second, third, fourth]).toEqual([first + 1, first + 6, first + 7]);
    found.add(first);
  }
  expect(found.size).toBe(20);
});

test("flips and quarter turns give the eight faces of a square, pixel for pixel", () => {
  const faces = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const face = crop(2, seeded(seed), PAPER_AUGMENTATION);
    const low = Math.min(...face);
    expect([...face].sort((a, b) => a - b)).toEqual([low, low + 1, low + 6, low + 7]);
    faces.add(face.map((v) => v - low).join());
  }
  expect(faces.size).toBe(8);
});

test("an image smaller than the crop is mirrored", () => {
  const out = new Float32Array(16);
  const small = Float32Array.of(1, 2, 3, 4);
  const places = placesOf({ y0: -1, x0: -1, yy: 1, yx: 0, xy: 0, xx: 1 }, 4);
  samplePlane(small, 2, 2, places, out, 0);
  expect([...out]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
});

test("zoom and rotation keep the values of a slope within the crop", () => {
  const strong = { ...PAPER_AUGMENTATION, scale: 1.3, rotation: 0.5 };
  for (let seed = 0; seed < 100; seed++)
    for (const value of crop(3, seeded(seed), strong)) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(29);
    }
});

test("jitter changes its part of a batch alone, the same for the same seed", () => {
  const some = { ...NO_AUGMENTATION, gain: 1.5, offset: 0.2, noise: 0.1 };
  const change = () => {
    const out = new Float32Array(8).fill(1);
    jitter(out, 2, 2, some, seeded(4));
    return out;
  };
  expect(change()).toEqual(change());
  expect([0, 1, 6, 7].map((i) => change()[i])).toEqual([1, 1, 1, 1]);
  expect(change()[3]).not.toBe(1);
});

test("bending moves neighbouring pixels alike, and everything a little", () => {
  const bent = { ...NO_AUGMENTATION, elastic: 1.5 };
  const size = 32;
  const straight = placesOf(drawPlacement(64, 64, size, NO_AUGMENTATION, seeded(3)), size);
  const places = placesOf(drawPlacement(64, 64, size, bent, seeded(3)), size);
  const moved = places.map((place, i) => place - straight[i]);
  const steps = moved.subarray(1, size).map((value, i) => Math.abs(value - moved[i]));
  expect(Math.max(...moved.map(Math.abs))).toBeGreaterThan(1);
  expect(Math.max(...moved.map(Math.abs))).toBeLessThan(8);
  expect(Math.max(...steps)).toBeLessThan(1);
});

test("gamma bends brightness between 0 and 1 and leaves both ends and what is below 0", () => {
  const out = Float32Array.of(0, 0.25, 1, -0.5);
  jitter(out, 0, 2, { ...NO_AUGMENTATION, gamma: 2 }, seeded(1));
  expect(out[0]).toBe(0);
  expect(out[2]).toBe(1);
  expect(out[3]).toBe(-0.5);
  expect(out[1]).not.toBe(0.25);
  expect(out[1]).toBeGreaterThanOrEqual(0.0625);
  expect(out[1]).toBeLessThanOrEqual(0.5);
});

test("blur takes every other crop out of focus and keeps its brightness", () => {
  const spread = [...Array(20).keys()].map((seed) => {
    const out = new Float32Array(81);
    out[40] = 1;
    jitter(out, 0, 9, { ...NO_AUGMENTATION, blur: 1 }, seeded(seed));
    expect(out.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    return out[40];
  });
  expect(spread.filter((value) => value === 1).length).toBeGreaterThan(3);
  expect(spread.filter((value) => value < 0.95).length).toBeGreaterThan(3);
});

test("granules lie on cells, in about a third of the crops, and the rest is as it was or darker", () => {
  const [size, spots] = [40, 3];
  const cell = (i: number) => Math.floor(i / size) >= 10 && Math.floor(i / size) < 30;
  const plain = Float32Array.from({ length: size * size }, (_, i) => (cell(i) ? 1 : 0.1));
  const drawn = [...Array(60).keys()].map((seed) => {
    const out = plain.slice();
    jitter(out, 0, size, { ...NO_AUGMENTATION, spots }, seeded(seed));
    return out;
  });
  const changed = drawn.filter((out) => out.some((value, i) => value !== plain[i]));
  expect(changed.length).toBeGreaterThan(10);
  expect(changed.length).toBeLessThan(30);
  for (const out of changed) {
    const [first] = out;
    expect(first).toBeLessThanOrEqual(plain[0]);
    const dimming = first / plain[0];
    for (const [i, value] of out.entries())
      expect(value / dimming).toBeGreaterThan(plain[i] - 1e-5);
  }
  const brightest = (out: Float32Array) => Math.max(...out.map((value) => value / (out[0] / 0.1)));
  expect(Math.max(...changed.map(brightest))).toBeGreaterThan(2);
});
