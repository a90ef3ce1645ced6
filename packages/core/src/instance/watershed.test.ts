import { expect, test } from "vitest";
import { distanceTransform } from "../distance.js";
import type { Labels, Tensor } from "../image.js";
import { countLabels, relabel } from "../labels.js";
import { seeded } from "../random.js";
import { decodeWatershed, type WatershedDecoder } from "./watershed.js";

const decoder: WatershedDecoder = {
  kind: "watershed",
  threshold: 0.5,
  prominence: 0.12,
  minHeight: 0.3,
  smoothing: 0,
  minArea: 5,
};

/** Discs [y, x, radius] as labels 1, 2, …; where they overlap, each pixel is the nearer one's, by radii. */
function discs(height: number, width: number, list: [number, number, number][]): Labels {
  const data = new Uint32Array(height * width);
  for (let i = 0; i < data.length; i++) {
    let best = 1;
    for (const [n, [y, x, radius]] of list.entries()) {
      const share = Math.hypot(Math.floor(i / width) - y, (i % width) - x) / radius;
      if (share >= best) continue;
      best = share;
      data[i] = n + 1;
    }
  }
  return { data, shape: [height, width], axes: "yx" };
}

/** What a perfect network would say of these cells. */
function perfectMaps(labels: Labels): Tensor {
  const size = labels.data.length;
  const data = new Float32Array(2 * size);
  const distance = distanceTransform(labels).data;
  const largest = new Map<number, number>();
  for (const [i, label] of labels.data.entries())
    largest.set(label, Math.max(largest.get(label) ?? 0, distance[i]));
  for (const [i, label] of labels.data.entries()) {
    if (label === 0) continue;
    data[i] = 0.9;
    data[size + i] = distance[i] / (largest.get(label) ?? 1);
  }
  return { data, shape: [2, ...labels.shape], axes: "cyx" };
}

test("cells that touch come apart where they meet, whatever their sizes", () => {
  const cells = discs(30, 50, [
    [12, 10, 9],
    [14, 24, 6],
    [20, 40, 8],
    [6, 36, 5],
  ]);
  const found = decodeWatershed(perfectMaps(cells), decoder);
  const truth = relabel(cells);
  expect(countLabels(found)).toBe(4);
  const differing = found.data.filter((label, i) => label !== truth.data[i]).length;
  expect(differing).toBeLessThan(0.02 * found.data.length);
  expect(found.data.map(Math.sign)).toEqual(cells.data.map(Math.sign));
});

test("small ripples make no cells: they do not stand out enough, or the blur takes them", () => {
  const cells = discs(30, 30, [[15, 15, 12]]);
  const maps = perfectMaps(cells);
  const random = seeded(2);
  for (let i = 900; i < 1800; i++) maps.data[i] += 0.11 * random();
  expect(countLabels(decodeWatershed(maps, decoder))).toBe(1);
  expect(countLabels(decodeWatershed(maps, { ...decoder, prominence: 0.001 }))).toBeGreaterThan(1);
  for (let i = 900; i < 1800; i++) maps.data[i] += 0.5 * random();
  expect(countLabels(decodeWatershed(maps, decoder))).toBeGreaterThan(1);
  expect(countLabels(decodeWatershed(maps, { ...decoder, smoothing: 2 }))).toBe(1);
});

test("a piece without a high enough peak is kept where the network is sure of it", () => {
  const maps: Tensor = { data: new Float32Array(2 * 60), shape: [2, 6, 10], axes: "cyx" };
  for (const y of [1, 2, 3]) {
    maps.data.fill(0.8, y * 10 + 1, y * 10 + 4);
    maps.data.fill(0.7, y * 10 + 6, y * 10 + 9);
  }
  const found = decodeWatershed(maps, decoder);
  expect(countLabels(found)).toBe(1);
  expect(found.data[11]).toBe(1);
  expect(countLabels(decodeWatershed(maps, { ...decoder, minArea: 10 }))).toBe(0);
});

test("holes of a cell are filled, and cells below the smallest area dropped", () => {
  const cells = discs(20, 34, [
    [10, 10, 8],
    [10, 28, 3],
  ]);
  const maps = perfectMaps(cells);
  maps.data[10 * 34 + 13] = 0.2;
  const found = decodeWatershed(maps, { ...decoder, minArea: 30 });
  expect(countLabels(found)).toBe(1);
  expect(found.data[10 * 34 + 13]).toBe(1);
  expect(found.data[10 * 34 + 28]).toBe(0);
});

test("whatever the maps, numbers have no gaps and below the threshold there are only filled holes", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const shape = [2, 1 + Math.floor(random() * 14), 1 + Math.floor(random() * 14)];
    const size = shape[1] * shape[2];
    const data = new Float32Array(2 * size).map(() => (random() < 0.03 ? Number.NaN : random()));
    const maps: Tensor = { data, shape, axes: "cyx" };
    const found = decodeWatershed(maps, { ...decoder, smoothing: seed % 2, minArea: seed % 4 });
    expect(relabel(found)).toEqual(found);
    const width = shape[2];
    const atBorder = (i: number) =>
      i < width || i >= size - width || i % width === 0 || i % width === width - 1;
    const wrong = Array.from(found.data.keys()).filter(
      (i) => found.data[i] !== 0 && atBorder(i) && !(data[i] > 0.5),
    );
    expect(wrong).toEqual([]);
  }
});

test("empty maps and maps full of NaN have no cells; one channel is too few", () => {
  const empty: Tensor = { data: new Float32Array(18), shape: [2, 3, 3], axes: "cyx" };
  expect(countLabels(decodeWatershed(empty, decoder))).toBe(0);
  const broken = { ...empty, data: new Float32Array(18).fill(Number.NaN) };
  expect(countLabels(decodeWatershed(broken, decoder))).toBe(0);
  const one: Tensor = { data: new Float32Array(9), shape: [1, 3, 3], axes: "cyx" };
  expect(() => decodeWatershed(one, decoder)).toThrow(
    "maps must be 2 or more channels (probability, distance), got 1",
  );
});
