import { exampleImage, type Labels, planeOf } from "@cellwright/core";
import { expect, test } from "vitest";
import type { EpochLog } from "./train-checkpoint.js";
import { drawCurve } from "./train-curve.js";
import { drawGallery, type Exhibit } from "./train-gallery.js";

const log: EpochLog[] = [
  { epoch: 1, loss: 0.7, rate: 1e-3, ap50: 0.25, ap: 0.1, seconds: 1 },
  { epoch: 2, loss: 0.4567, rate: 1e-3, ap50: 0.625, ap: 0.31, seconds: 1 },
];

/** Whether every tag of an XML text is closed by its own, and all of them lie in one. */
function isWellFormed(text: string): boolean {
  const open: string[] = [];
  let roots = 0;
  for (const [, close, name, self] of text.matchAll(
    /<(\/?)([A-Za-z]+)(?:"[^"]*"|[^>"])*?(\/?)>/g,
  )) {
    if (close) {
      if (open.pop() !== name) return false;
    } else if (!self) {
      if (open.length === 0) roots++;
      open.push(name);
    }
  }
  return open.length === 0 && roots === 1 && !/&(?!amp;|lt;|gt;|quot;)/.test(text);
}

test("the curve is whole SVG that carries every number of the log", () => {
  const svg = drawCurve(log, { title: 'cells <"&">', epochs: 10, best: 2 });
  expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
  expect(isWellFormed(svg)).toBe(true);
  for (const words of [
    "loss at 1: 0.7",
    "loss at 2: 0.4567",
    "AP@0.5 at 2: 0.625",
    "AP 0.5 … 0.95 at 1: 0.1",
    "best: 2",
    "cells &lt;&quot;&amp;&quot;&gt;",
  ])
    expect(svg).toContain(words);
  expect(svg).toContain("prefers-color-scheme:dark");
  expect(svg).not.toContain("NaN");
});

test("without held-back images the curve shows the loss alone; a level shows what was before", () => {
  const bare = log.map(({ ap50: _, ap: __, ...rest }) => rest);
  const svg = drawCurve(bare, { title: "t", epochs: 1, best: 2 });
  expect(svg).not.toContain("AP");
  expect(isWellFormed(svg)).toBe(true);
  const before = drawCurve(log, { title: "t", epochs: 9, best: 2, before: { ap50: 0.5, ap: 0.2 } });
  expect(before).toContain("AP@0.5 before");
});

/** A square cell on a flat ground, found some pixels aside. */
function exhibit(name: string, ap50: number, aside: number): Exhibit {
  const square = (at: number): Labels => ({
    data: Uint32Array.from({ length: 40 * 40 }, (_, i) =>
      Math.abs((i % 40) - at) < 6 && Math.abs(Math.floor(i / 40) - 20) < 6 ? 1 : 0,
    ),
    shape: [40, 40],
    axes: "yx",
  });
  const plane = { data: new Float32Array(1600), shape: [40, 40], axes: "yx" };
  return { name, plane, truth: square(20), found: square(20 + aside), ap50 };
}

test("the gallery goes from worst to best and shows what only one of the two drew", () => {
  const picture = drawGallery([exhibit("good", 1, 0), exhibit("bad", 0.5, 4)]);
  const [, height, width] = picture.shape;
  const has = (colour: readonly number[], from: number, to: number) => {
    for (let y = 20; y < 330; y++)
      for (let x = from; x < to; x++)
        if (colour.every((value, c) => picture.data[(c * height + y) * width + x] === value))
          return true;
    return false;
  };
  const [onlyTrue, onlyFound, both] = [
    [86, 180, 233],
    [230, 159, 0],
    [255, 255, 255],
  ];
  expect(width).toBe(2 * 324 + 4);
  expect(has(onlyTrue, 0, 326)).toBe(true);
  expect(has(onlyFound, 0, 326)).toBe(true);
  expect(has(onlyTrue, 330, width)).toBe(false);
  expect(has(both, 330, width)).toBe(true);
});

test("of many images twelve are shown, the worst and the best among them", () => {
  const many = Array.from({ length: 30 }, (_, i) => exhibit(`${i}`, i / 30, 0));
  expect(drawGallery(many).shape).toEqual([3, 15 + 3 * 339 + 4, 4 * 324 + 4]);
  const bytes = (exhibits: readonly Exhibit[]) => Buffer.from(drawGallery(exhibits).data);
  expect(bytes(many.toReversed()).equals(bytes(many))).toBe(true);
  const eleven = [...many.slice(1, 11), many[29]];
  expect(bytes([many[0], ...eleven]).equals(bytes(many))).toBe(false);
});

test("examples have the channels asked for, and cells of phase lie around the nuclei beside them", () => {
  const options = { size: 96, seed: 3, diameter: 40 };
  expect(exampleImage(["phase"], options).shape).toEqual([96, 96]);
  const both = exampleImage(["phase", "nuclear"], options);
  expect(both.shape).toEqual([2, 96, 96]);
  expect(exampleImage(["phase", "nuclear"], options)).toEqual(both);
  const [phase, nuclear] = [0, 1].map((c) => planeOf(both, { c }).data);
  const bright = Array.from(nuclear.keys())
    .sort((a, b) => nuclear[b] - nuclear[a])
    .slice(0, 200);
  // A speck of debris may be bright too.
  expect(bright.filter((i) => phase[i] > 1200).length).toBeGreaterThan(150);
});
