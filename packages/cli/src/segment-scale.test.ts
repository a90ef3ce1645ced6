import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  bytesSource,
  type Image,
  readImage,
  referenceEngine,
  scaleOf,
  writeTiff,
} from "@cellwright/core";
import { type SpotOptions, spotFiles, squares } from "@cellwright/testing";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { writeModelFolder } from "./model-folder.js";
import { scaleRecord, scaleWarning } from "./segment-scale.js";

const root = mkdtempSync(join(tmpdir(), "cellwright-"));
/** Knows squares of 5 x 5 pixels, of 1 µm each. */
const sized = join(root, "sized");
/** Knows pixels of 1 µm and no diameter. */
const calibrated = join(root, "calibrated");
let cwd = "";

const write = async (folder: string, options: SpotOptions) =>
  writeModelFolder(folder, await spotFiles(basename(folder), options));
const put = (name: string, image: Image) => writeFileSync(join(cwd, name), writeTiff(image));
const jsonOf = (name: string) => JSON.parse(readFileSync(join(cwd, "out", name), "utf8"));
const read = (name: string) =>
  readImage(bytesSource(name, new Uint8Array(readFileSync(join(cwd, "out", name)))));

async function segment(model: string, ...argv: string[]) {
  const context = memoryContext({ cwd, openEngine: async () => referenceEngine });
  const code = await run(["segment", "-o", "out", "-m", model, "--overwrite", ...argv], context);
  return { code, out: context.out(), err: context.err() };
}

beforeAll(async () => {
  await write(sized, { diameter: Math.sqrt(100 / Math.PI), pixelSize: 1 });
  await write(calibrated, { pixelSize: 1 });
});
beforeEach(() => {
  cwd = mkdtempSync(join(root, "run-"));
  mkdirSync(join(cwd, "out"));
});

const image: Image = { data: new Uint8Array(4), shape: [2, 2], axes: "yx" };
const of = (x: number, y = x): Image => ({ ...image, spacing: { x, y } });
const both = { pixelSize: 1, diameter: 20 };

test("a pixel size in the file that is not believed is told, unless something else was said", () => {
  expect(scaleWarning(both, {}, of(9))).toMatch(/its pixels are 9 µm, which is not believed/);
  for (const choice of [{ keep: true }, { diameter: 3 }, { pixelSize: 9 }])
    expect(scaleWarning(both, choice, of(9))).toBeUndefined();
  expect(scaleWarning(both, {}, of(7))).toBeUndefined();
});

test("a report says what the zoom goes by, and the diameter only where that is it", () => {
  const found = { zoom: 1 / 3, zoomFrom: "pixel-size", diameter: 20.123456789 } as const;
  expect(scaleRecord(scaleOf(found, { options: {}, from: "file" }))).toEqual({
    zoom: 0.333333,
    from: "file",
  });
  expect(scaleRecord(scaleOf({ ...found, zoomFrom: "estimate" }, { options: {} }))).toEqual({
    zoom: 0.333333,
    from: "estimate",
    diameter: 20.1235,
  });
});

test("cells of another size than the model's are found by their estimated diameter", async () => {
  put("a.tif", squares(3, 24, 64, 3));
  const { code, err } = await segment(sized, "a.tif");
  expect(code).toBe(0);
  const { cells, scale } = jsonOf("a.json");
  expect({ cells, from: scale.from }).toEqual({ cells: 3, from: "estimate" });
  expect(scale.zoom).toBeCloseTo(1 / 3, 1);
  expect(scale.diameter).toBeGreaterThan(15);
  expect(scale.diameter).toBeLessThan(19);
  expect(err).toMatch(/a\.tif: 3 cells, seen at 0\.3\d* times its size \(cells about 1\d pixels/);
  const labels = await read("a_masks.tif");
  expect(labels.shape).toEqual([72, 192]);
  // The middles of the squares are theirs.
  expect([13, 37, 61].map((x) => labels.data[13 * 192 + x])).toEqual([1, 2, 3]);
});

test("--diameter, --pixel-size and --no-rescale say the size, and the report says so", async () => {
  put("a.tif", squares(3, 24, 64, 3));
  await segment(sized, "a.tif", "--diameter", "16.9257");
  expect(jsonOf("a.json")).toMatchObject({
    cells: 3,
    scale: { zoom: 0.333333, from: "diameter", diameter: 16.9257 },
    options: { diameter: 16.9257 },
  });
  await segment(sized, "a.tif", "--pixel-size", "0.5");
  expect(jsonOf("a.json").scale).toEqual({ zoom: 0.5, from: "pixel-size" });
  const { err } = await segment(sized, "a.tif", "--no-rescale");
  expect(jsonOf("a.json")).toMatchObject({
    scale: { zoom: 1, from: "none" },
    options: { "no-rescale": true },
  });
  expect(err).not.toContain("seen at");
  const none = await segment(calibrated, "a.tif", "--diameter", "20");
  expect(none).toMatchObject({
    code: 2,
    err: expect.stringMatching(/does not say which diameter it knows: give the pixel size/),
  });
  const slip = await segment(calibrated, "a.tif", "--pixel-size", "650");
  expect(slip).toMatchObject({ code: 2, err: expect.stringMatching(/within a factor of 50/) });
});

test("the pixel size in the file is used, told, and not believed where it is absurd", async () => {
  put("a.tif", { ...squares(3), spacing: { x: 2, y: 2 } });
  const { err } = await segment(calibrated, "a.tif");
  expect(err).toMatch(/a\.tif: 3 cells, seen at 2 times its size \(the file's pixel size\)/);
  expect(jsonOf("a.json")).toMatchObject({ cells: 3, scale: { zoom: 2, from: "file" } });
  expect((await read("a_masks.tif")).shape).toEqual([24, 64]);
  put("b.tif", { ...squares(3), spacing: { x: 9, y: 9 } });
  const absurd = await segment(calibrated, "b.tif");
  expect(absurd.err).toMatch(/warning: b\.tif: the file says that its pixels are 9 µm/);
  expect(jsonOf("b.json")).toMatchObject({ cells: 3, scale: { zoom: 1, from: "none" } });
});

test("all planes of a stack are looked at like the first that shows cells", async () => {
  const [large, small] = [squares(2, 24, 64, 3), squares(2, 72, 192)];
  const data = Uint8Array.from([...squares(0, 72, 192).data, ...large.data, ...small.data]);
  put("movie.tif", { data, shape: [3, 72, 192], axes: "tyx" });
  await segment(sized, "movie.tif");
  // Small squares are too small at the zoom that suits the large ones.
  expect(jsonOf("movie.json")).toMatchObject({ cells: 2, scale: { from: "estimate" } });
  expect(jsonOf("movie.json").scale.zoom).toBeCloseTo(1 / 3, 1);
  put("small.tif", small);
  await segment(sized, "small.tif");
  expect(jsonOf("small.json")).toMatchObject({ cells: 2, scale: { zoom: 1 } });
});

test("a model of cells and that of their seeds are rescaled each for itself", async () => {
  const cells = join(cwd, "cells");
  await write(cells, {
    maps: ["edge", "interior", "background"],
    pixelSize: 2,
    decoder: { kind: "cytoplasm", iterations: 4, smoothing: 0 },
  });
  put("a.tif", { ...squares(2, 24, 64, 2), spacing: { x: 1, y: 1 } });
  const { code, err } = await segment(cells, "a.tif", "--seeds", sized);
  expect({ code, err }).toMatchObject({ code: 0 });
  const report = jsonOf("a.json");
  expect(report).toMatchObject({
    cells: 2,
    scale: { zoom: 0.5, from: "file" },
    seedsScale: { zoom: 1, from: "file" },
  });
  const labels = await read("a_masks.tif");
  expect([9, 25].map((x) => labels.data[9 * 128 + x])).toEqual([1, 2]);
});

test("--resume does not mix results that were looked at in different ways", async () => {
  put("a.tif", squares(3, 24, 64, 3));
  await segment(sized, "a.tif", "--diameter", "17");
  const context = memoryContext({ cwd, openEngine: async () => referenceEngine });
  const argv = ["segment", "-o", "out", "-m", sized, "--resume", "a.tif"];
  await run([...argv, "--diameter", "17"], context);
  expect(context.err()).toMatch(/a\.tif: done before/);
  await run([...argv, "--diameter", "18"], context);
  expect(context.err()).toMatch(/another --diameter: use --overwrite/);
  await run(argv, context);
  expect(context.err().match(/another --diameter/g)).toHaveLength(2);
});

test("bright spots are taken off where asked, and the report says so", async () => {
  put("a.tif", squares(3, 24, 64, 3));
  await segment(sized, "a.tif", "--saturated", "1.5");
  expect(jsonOf("a.json")).toMatchObject({ options: { saturated: 1.5 } });
  expect(await segment(sized, "a.tif", "--saturated", "100")).toMatchObject({ code: 2 });
});

test("averaging over turns is part of what the report says was done", async () => {
  put("a.tif", squares(3, 24, 64, 3));
  await segment(sized, "a.tif", "--average-turns");
  expect(jsonOf("a.json")).toMatchObject({ cells: 3, options: { "average-turns": true } });
});
