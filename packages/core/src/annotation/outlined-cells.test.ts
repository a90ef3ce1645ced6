import { expect, test } from "vitest";
import { writeGeoJson } from "../format/geojson.js";
import { readGeoJson } from "../format/geojson-read.js";
import { labelPlanes } from "../format/label-plane.js";
import type { Image } from "../image.js";
import { seeded } from "../random.js";
import { bytesSource } from "../source.js";
import { readCellposeStack } from "./cellpose-seg.js";
import { writeCellposeSeg } from "./cellpose-write.js";
import { cellsFromRois, labelsFromOutlines, numbersOf } from "./outlined-cells.js";
import { readRois } from "./roi-set.js";
import { writeRois } from "./roi-write.js";

/** Torn cells, holes, corners that touch: labels of noise. */
function noise(axes: string, shape: readonly number[], step = 70_001): Image<Uint32Array> {
  const random = seeded(7);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = Uint32Array.from({ length: count }, () => Math.floor(random() * 4) * step);
  return { data, shape, axes };
}

const stacks = [
  ["yx", [31, 40]],
  ["tyx", [3, 20, 31]],
  ["zyx", [3, 20, 31]],
  ["tzyx", [2, 3, 12, 9]],
] as const;

test("regions and GeoJSON give the labels they were made of, on every plane", async () => {
  for (const [axes, shape] of stacks) {
    const labels = noise(axes, shape);
    const image = {
      axes: axes.replace("yx", "cyx"),
      shape: [...shape.slice(0, -2), 2, ...shape.slice(-2)],
    };
    const rois = await readRois(bytesSource("a.zip", writeRois(labelPlanes(labels))));
    expect(labelsFromOutlines(cellsFromRois(rois, axes), image)).toEqual(labels);
    const text = new TextDecoder().decode(writeGeoJson(labelPlanes(labels)));
    expect(labelsFromOutlines(readGeoJson(text), image)).toEqual(labels);
  }
});

test("above 65 535 cells on a plane", () => {
  const data = Uint32Array.from({ length: 300 * 240 }, (_, i) => i + 1);
  const labels = { data, shape: [300, 240], axes: "yx" };
  const text = new TextDecoder().decode(writeGeoJson(labelPlanes(labels)));
  expect(labelsFromOutlines(readGeoJson(text), labels).data).toEqual(data);
});

test("_seg.npy gives stacks too", async () => {
  for (const [axes, shape] of stacks.slice(0, 3)) {
    const labels = noise(axes, shape);
    const read = await readCellposeStack(bytesSource("a_seg.npy", writeCellposeSeg(labels)));
    expect(read).toEqual({ ...labels, axes: axes.replace("t", "z") });
  }
});

test("names are numbers where they can be, else the order counts", () => {
  const cell = (name: string, t = 0) => ({ name, paths: [], t, z: 0 });
  expect(numbersOf([cell("7"), cell("4294967295"), cell("7", 1)])).toEqual([7, 4294967295, 7]);
  for (const names of [
    ["7", "7"],
    ["7", "0"],
    ["7", "Tumour"],
    ["7", "4294967296"],
    ["7", "1.5"],
  ])
    expect(numbersOf(names.map((name) => cell(name)))).toEqual([1, 2]);
});

test("the plane of a region: slices of a movie are its frames", () => {
  const roi = (slice: number, frame: number) => [
    { name: "a", paths: [], position: { channel: 0, slice, frame } },
  ];
  const placed = (slice: number, frame: number, axes: string) => {
    const [{ t, z }] = cellsFromRois(roi(slice, frame), axes);
    return [t, z];
  };
  expect(placed(0, 0, "yx")).toEqual([0, 0]);
  expect(placed(5, 0, "cyx")).toEqual([0, 0]);
  expect(placed(5, 0, "tyx")).toEqual([4, 0]);
  expect(placed(0, 3, "tyx")).toEqual([2, 0]);
  expect(placed(2, 3, "tzyx")).toEqual([2, 1]);
  expect(() => placed(0, 0, "zyx")).toThrow(/region "a" must say its slice/);
  expect(() => placed(2, 0, "tzyx")).toThrow(/region "a" must say its frame/);
});

test("cells outside of the image are refused", () => {
  const square = (at: number) => Float64Array.of(at, at, at, at + 2, at + 2, at + 2, at + 2, at);
  const image = { axes: "tyx", shape: [2, 5, 5] };
  const cell = (at: number, t: number, z = 0) => [{ name: "x", paths: [square(at)], t, z }];
  expect(() => labelsFromOutlines(cell(9, 0), image)).toThrow(/within the image of 5 x 5/);
  expect(() => labelsFromOutlines(cell(1, 2), image)).toThrow(/within 2 frames and 1 slices/);
  expect(() => labelsFromOutlines(cell(1, 0, 1), image)).toThrow(/in frame 0 and slice 1/);
});
