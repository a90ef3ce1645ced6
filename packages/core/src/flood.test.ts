import { expect, test } from "vitest";
import { watershed } from "./flood.js";
import type { Image, Labels, Mask } from "./image.js";
import { seeded } from "./random.js";

/** The definition, slowly: of all waiting pixels the lowest goes next, of those the one waiting longest. */
function bySearching(image: Image, seeds: Labels, mask: Mask, connectivity: 4 | 8): Uint32Array {
  const [height, width] = image.shape;
  const labels = seeds.data.map((label, i) => (mask.data[i] === 0 ? 0 : label));
  const steps = [
    [-1, 0],
    [0, -1],
    [0, 1],
    [1, 0],
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ].slice(0, connectivity);
  let waiting = Array.from(labels.entries())
    .filter(([, label]) => label !== 0)
    .map(([i]) => ({ i, level: image.data[i] }));
  while (waiting.length > 0) {
    const lowest = Math.min(...waiting.map((pixel) => pixel.level));
    const pixel = waiting.find(({ level }) => level === lowest);
    if (!pixel) throw new Error("the lowest of a list is in it");
    waiting = waiting.filter((other) => other !== pixel);
    for (const [dy, dx] of steps) {
      const y: number = Math.floor(pixel.i / width) + dy;
      const x: number = (pixel.i % width) + dx;
      const j = y * width + x;
      if (y < 0 || y >= height || x < 0 || x >= width || mask.data[j] === 0 || labels[j] !== 0)
        continue;
      labels[j] = labels[pixel.i];
      waiting.push({ i: j, level: Math.max(image.data[j], pixel.level) });
    }
  }
  return labels;
}

function randomCase(seed: number): { image: Image; seeds: Labels; mask: Mask } {
  const random = seeded(seed);
  const shape = [2 + Math.floor(random() * 12), 2 + Math.floor(random() * 12)];
  const size = shape[0] * shape[1];
  const levels = 2 + Math.floor(random() * 20);
  const image = Float32Array.from({ length: size }, () => Math.floor(random() * levels) / 8);
  const seeds = Uint32Array.from({ length: size }, () =>
    random() < 0.06 ? Math.ceil(random() * 9) : 0,
  );
  const mask = Uint8Array.from({ length: size }, () => (random() < 0.85 ? 1 : 0));
  return {
    image: { data: image, shape, axes: "yx" },
    seeds: { data: seeds, shape, axes: "yx" },
    mask: { data: mask, shape, axes: "yx" },
  };
}

test("the ridge between two valleys parts their waters", () => {
  const shape = [1, 7];
  const image = { data: Int16Array.from([0, 1, 2, 5, 2, 1, 0]), shape, axes: "yx" };
  const seeds = { data: Uint32Array.from([4, 0, 0, 0, 0, 0, 9]), shape, axes: "yx" };
  expect(Array.from(watershed(image, seeds).data)).toEqual([4, 4, 4, 4, 9, 9, 9]);
});

test("waters that meet behind a ridge share the low ground, whoever spilled first", () => {
  const shape = [1, 9];
  const image = { data: Uint8Array.from([0, 7, 0, 0, 0, 0, 0, 7, 0]), shape, axes: "yx" };
  const seeds = { data: Uint32Array.from([1, 0, 0, 0, 0, 0, 0, 0, 2]), shape, axes: "yx" };
  expect(Array.from(watershed(image, seeds).data)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2]);
});

test("it equals the definition on random images, seeds and masks", () => {
  for (let seed = 0; seed < 100; seed++) {
    const { image, seeds, mask } = randomCase(seed);
    for (const connectivity of [4, 8] as const)
      expect(watershed(image, seeds, { mask, connectivity }).data).toEqual(
        bySearching(image, seeds, mask, connectivity),
      );
  }
});

test("flooding from its own result changes nothing", () => {
  for (let seed = 0; seed < 50; seed++) {
    const { image, seeds, mask } = randomCase(seed);
    const once = watershed(image, seeds, { mask });
    expect(watershed(image, once, { mask }).data).toEqual(once.data);
  }
});

test("seeds outside the mask and pixels no water reaches are background", () => {
  const shape = [1, 5];
  const image = { data: new Uint8Array(5), shape, axes: "yx" };
  const seeds = { data: Uint32Array.from([1, 0, 2, 0, 0]), shape, axes: "yx" };
  const mask = { data: Uint8Array.from([1, 1, 0, 1, 1]), shape, axes: "yx" };
  expect(Array.from(watershed(image, seeds, { mask }).data)).toEqual([1, 1, 0, 0, 0]);
});

test("arrays of different sizes are refused", () => {
  const image = { data: new Uint8Array(6), shape: [2, 3], axes: "yx" };
  const seeds = { data: new Uint32Array(6), shape: [3, 2], axes: "yx" };
  expect(() => watershed(image, seeds)).toThrow(
    "seeds size must be 2 x 3 like the image, got 3 x 2",
  );
});
