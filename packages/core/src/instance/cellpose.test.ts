import { expect, test } from "vitest";
import type { CellposeDecoder } from "./cellpose.js";
import { checkDecoder, decode } from "./decode.js";
import { type Disc, discLabels, flowMaps } from "./fixture.js";

const decoder = checkDecoder({ kind: "cellpose" }) as CellposeDecoder;

const discs: Disc[] = [
  { y: 20, x: 20, radius: 9 },
  { y: 20, x: 38, radius: 9 },
  { y: 50, x: 30, radius: 14 },
  { y: 52, x: 80, radius: 6 },
];

test("what flows to one middle is one cell, also where two cells touch", () => {
  const truth = discLabels(discs, 72, 96);
  const found = decode(flowMaps(truth, discs), decoder);
  expect(Array.from(found.data)).toEqual(Array.from(truth.data));
});

test("cells below the least area and pixels below the threshold are none", () => {
  const truth = discLabels(discs, 72, 96);
  const maps = flowMaps(truth, discs);
  expect(new Set(decode(maps, { ...decoder, minArea: 120 }).data).size).toBe(4);
  expect(new Set(decode(maps, { ...decoder, threshold: 6 }).data).size).toBe(1);
});

test("a cell whose flows are not those of its shape is dropped, unless nobody asks", () => {
  const truth = discLabels(discs, 72, 96);
  const maps = flowMaps(truth, discs);
  // The third cell's flows turn by 60 degrees: a spiral, which still ends in the middle.
  const size = 72 * 96;
  for (let i = 0; i < size; i++) {
    if (truth.data[i] !== 3) continue;
    const [dy, dx] = [maps.data[i], maps.data[size + i]];
    const [cos, sin] = [0.5, Math.sqrt(0.75)];
    maps.data[i] = cos * dy + sin * dx;
    maps.data[size + i] = cos * dx - sin * dy;
  }
  expect(decode(maps, decoder).data[50 * 96 + 30]).toBe(0);
  expect(decode(maps, { ...decoder, flowError: 0 }).data[50 * 96 + 30]).not.toBe(0);
  expect(new Set(decode(maps, decoder).data).size).toBe(4);
});

test("a cell of more than two fifths of the image is none, as in Cellpose", () => {
  const one: Disc[] = [{ y: 30, x: 30, radius: 24 }];
  const truth = discLabels(one, 61, 61);
  expect(Math.max(...decode(flowMaps(truth, one), decoder).data)).toBe(0);
  const wide = discLabels(one, 61, 90);
  expect(Array.from(decode(flowMaps(wide, one), decoder).data)).toEqual(Array.from(wide.data));
});

test("an image without cells has none", () => {
  const truth = discLabels([], 20, 20);
  expect(Math.max(...decode(flowMaps(truth, []), decoder).data)).toBe(0);
});
