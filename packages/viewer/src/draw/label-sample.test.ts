import { memoryLabels } from "@cellwright/testing/pixels";
import { expect, test } from "vitest";
import { blankWorkspace } from "../edit/blank-workspace.js";
import { newLabelsLayer } from "../edit/layers.js";
import { sampleLabels, scaledSize, scaleFor } from "./label-sample.js";

const at = { t: 0, z: 0 };

test("from so far away that two labels go on a pixel, one of two is drawn", () => {
  expect([9, 1, 0.6, 0.5, 0.3, 0.25, 0.01].map(scaleFor)).toEqual([1, 1, 1, 2, 2, 4, 64]);
});

test("each pixel is the middle one of its square, across pages and at the border", () => {
  const size = { t: 1, z: 1, y: 1030, x: 1541 };
  const data = Uint32Array.from({ length: size.y * size.x }, (_, i) => (i * 2_654_435_761) % 1000);
  const store = memoryLabels(size, [{ data, shape: [size.y, size.x], axes: "yx" }]);
  for (const scale of [2, 4, 16, 128]) {
    const { y: rows, x: columns } = scaledSize(store, scale);
    const whole = sampleLabels(store, at, scale, { y: 0, x: 0, height: rows, width: columns });
    const pick = (y: number, x: number) => {
      const row = Math.min(y * scale + scale / 2, size.y - 1);
      return data[row * size.x + Math.min(x * scale + scale / 2, size.x - 1)];
    };
    const expected = Array.from({ length: rows * columns }, (_, i) =>
      pick(Math.floor(i / columns), i % columns),
    );
    expect([...(whole ?? [])]).toEqual(expected);
    // A part is a part of the whole.
    const box = { y: 3, x: 2, height: rows - 4, width: columns - 3 };
    const part = sampleLabels(store, at, scale, box);
    const first = Array.from({ length: box.width }, (_, i) => expected[3 * columns + 2 + i]);
    expect([...(part ?? []).slice(0, box.width)]).toEqual(first);
  }
});

test("it is what the store's own overview has", () => {
  const size = { t: 1, z: 1, y: 700, x: 900 };
  const data = Uint32Array.from({ length: size.y * size.x }, (_, i) => (i * 7919) % 300);
  const workspace = blankWorkspace();
  const labels = [{ data, shape: [size.y, size.x], axes: "yx" }];
  const store = workspace.labels.get(newLabelsLayer(workspace, { name: "cells", size, labels }));
  const overview = store?.overview(at, 4);
  const [height, width] = overview?.shape ?? [0, 0];
  const sampled = store && sampleLabels(store, at, 4, { y: 0, x: 0, height, width });
  expect(overview?.data.some((label) => label > 0)).toBe(true);
  expect([...(sampled ?? [])]).toEqual([...(overview?.data ?? [])]);
});

test("where pages are not loaded and there is no overview, there is nothing", () => {
  const store = memoryLabels({ t: 1, z: 1, y: 600, x: 600 }, [], () => Promise.resolve());
  expect(sampleLabels(store, at, 2, { y: 0, x: 0, height: 300, width: 300 })).toBeUndefined();
});
