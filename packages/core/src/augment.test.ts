import { expect, test } from "vitest";
import {
  drawPlacement,
  jitter,
  NO_AUGMENTATION,
  PAPER_AUGMENTATION,
  samplePlane,
} from "./augment.js";
import { seeded } from "./random.js";

const plane = Float32Array.from({ length: 30 }, (_, i) => i);

function crop(size: number, random: () => number, augmentation = NO_AUGMENTATION): number[] {
  const out = new Float32Array(size * size);
  samplePlane(plane, 5, 6, drawPlacement(5, 6, size, augmentation, random), size, out, 0);
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
  samplePlane(small, 2, 2, { y0: -1, x0: -1, yy: 1, yx: 0, xy: 0, xx: 1 }, 4, out, 0);
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
    jitter(out, 2, 4, some, seeded(4));
    return out;
  };
  expect(change()).toEqual(change());
  expect([0, 1, 6, 7].map((i) => change()[i])).toEqual([1, 1, 1, 1]);
  expect(change()[3]).not.toBe(1);
});
