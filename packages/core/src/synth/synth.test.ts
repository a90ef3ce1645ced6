import { expect, test } from "vitest";
import { components } from "../components.js";
import { seeded } from "../random.js";
import { synthBacteria } from "./bacteria.js";
import { growColony } from "./colony.js";
import { synthNuclei } from "./nuclei.js";
import type { Synthetic } from "./synthetic.js";

const simulators = [
  ["nuclei", synthNuclei],
  ["bacteria", synthBacteria],
] as const;

function countOf({ labels }: Synthetic): number {
  return labels.data.reduce((most, label) => Math.max(most, label), 0);
}

function coverOf({ labels }: Synthetic): number {
  return labels.data.filter((label) => label > 0).length / labels.data.length;
}

test.each(simulators)("%s: the seed decides everything", (_, synth) => {
  const one = synth({ height: 150, width: 170, seed: 5 });
  expect(one.image.shape).toEqual([150, 170]);
  expect(one.labels.shape).toEqual([150, 170]);
  expect(synth({ height: 150, width: 170, seed: 5 })).toEqual(one);
  expect(synth({ height: 150, width: 170, seed: 6 }).labels.data).not.toEqual(one.labels.data);
});

test.each(simulators)(
  "%s: each cell is one piece with a number of its own, without gaps",
  (_, synth) => {
    for (const seed of [1, 2, 3]) {
      const made = synth({ height: 300, width: 250, seed, density: 0.35 });
      const numbers = new Set(made.labels.data);
      numbers.delete(0);
      expect(numbers.size).toBeGreaterThan(20);
      expect(countOf(made)).toBe(numbers.size);
      expect(Math.max(...components(made.labels).data)).toBe(numbers.size);
    }
  },
);

test.each(simulators)("%s: many cells touch, so that they must be told apart", (_, synth) => {
  const { labels } = synth({ height: 300, width: 300, seed: 4, density: 0.35 });
  const mask = { ...labels, data: labels.data.map((label) => Math.min(label, 1)) };
  const pieces = Math.max(...components(mask, { connectivity: 8 }).data);
  expect(pieces).toBeLessThan(0.8 * Math.max(...labels.data));
});

test.each(simulators)("%s: density and count are kept to", (_, synth) => {
  const size = { height: 400, width: 400, seed: 2 };
  for (const density of [0.05, 0.2]) {
    const cover = coverOf(synth({ ...size, density }));
    expect(cover).toBeGreaterThan(0.7 * density);
    expect(cover).toBeLessThan(1.3 * density + 0.02);
  }
  const some = countOf(synth({ ...size, count: 7, density: 1 }));
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThanOrEqual(7);
  expect(countOf(synth({ ...size, count: 0 }))).toBe(0);
  expect(countOf(synth({ ...size, density: 0 }))).toBe(0);
});

test.each(simulators)("%s: cells grow with the diameter", (_, synth) => {
  const area = (diameter: number): number => {
    const made = synth({ height: 400, width: 400, seed: 3, diameter });
    return (coverOf(made) * 400 * 400) / countOf(made);
  };
  const ratio = area(24) / area(12);
  expect(ratio).toBeGreaterThan(2.5);
  expect(ratio).toBeLessThan(6);
});

test.each(simulators)("%s: images of any size are made, with and without noise", (_, synth) => {
  for (const [height, width] of [
    [1, 1],
    [1, 40],
    [40, 3],
  ])
    for (const noise of [0, 3]) {
      const { image, labels } = synth({ height, width, noise, seed: 1, density: 0.5 });
      expect(image.data.length).toBe(height * width);
      expect(labels.data.length).toBe(height * width);
    }
});

function meanWhere({ image, labels }: Synthetic, inside: boolean): number {
  const values = [...image.data].filter((_, i) => labels.data[i] > 0 === inside);
  return values.reduce((a, b) => a + b, 0) / values.length;
}

test("nuclei are brighter than what is around, bacteria darker", () => {
  const nuclei = synthNuclei({ height: 256, width: 256, seed: 1 });
  expect(meanWhere(nuclei, true)).toBeGreaterThan(2 * meanWhere(nuclei, false));
  const bacteria = synthBacteria({ height: 256, width: 256, seed: 1 });
  expect(meanWhere(bacteria, true)).toBeLessThan(0.9 * meanWhere(bacteria, false));
});

test("noise changes the picture, never the truth", () => {
  for (const [, synth] of simulators) {
    const quiet = synth({ height: 100, width: 100, seed: 8, noise: 0 });
    const loud = synth({ height: 100, width: 100, seed: 8, noise: 2 });
    expect(loud.labels).toEqual(quiet.labels);
    expect(loud.image.data).not.toEqual(quiet.image.data);
  }
});

test("a grown colony has the cells asked for, and they hardly overlap", () => {
  for (const count of [1, 2, 30]) {
    const rods = growColony(count, 4, seeded(count));
    expect(rods.length).toBeGreaterThanOrEqual(count);
    expect(rods.length).toBeLessThanOrEqual(2 * count);
    for (const a of rods)
      for (const b of rods) {
        if (a === b) continue;
        const middle = Math.hypot(a.y - b.y, a.x - b.x);
        expect(middle).toBeGreaterThan(4);
      }
  }
});

test("impossible wishes are refused", () => {
  expect(() => synthNuclei({ height: 0 })).toThrow(
    "height must be a whole number of pixels from 1, got 0",
  );
  expect(() => synthNuclei({ seed: 0.5 })).toThrow("seed must be a whole number, got 0.5");
  expect(() => synthBacteria({ density: 2 })).toThrow("density must be from 0 to 1, got 2");
  expect(() => synthBacteria({ count: -1 })).toThrow("count must be a whole number from 0, got -1");
  expect(() => synthBacteria({ diameter: 1 })).toThrow(
    "diameter must be from 4 to 1000 pixels, got 1",
  );
  expect(() => synthNuclei({ noise: -1 })).toThrow("noise must be from 0 to 100, got -1");
});
