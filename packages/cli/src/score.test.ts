import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Labels, referenceEngine, writePng, writeTiff } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { beforeEach, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
});

async function cellwright(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd, openEngine: async () => referenceEngine });
  const code = await run(argv, context);
  return { code, out: context.out(), err: context.err() };
}

/** Labels drawn as rows of digits. */
function drawn(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(join(cwd, name, ".."), { recursive: true });
  writeFileSync(join(cwd, name), content);
}

const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const truth = drawn("1100", "1100", "0022", "0022");
const half = drawn("1100", "1100", "0000", "0000");

test("two folders are matched by name, and both averages are given", async () => {
  put("truth/a.tif", writeTiff(truth));
  put("truth/b_labels.tif", writeTiff(half));
  put("found/a_masks.tif", writeTiff(half));
  put("found/b_masks.tif", writeTiff(half));
  put("found/a_preview.png", "not labels");
  const { code, out } = await cellwright("score", "truth", "found", "--json");
  expect(code).toBe(0);
  const [start, a, b, summary] = lines(out);
  expect(start).toMatchObject({ type: "start", images: 2 });
  expect(a.scores[0]).toMatchObject({ threshold: 0.5, truePositives: 1, falseNegatives: 1 });
  expect(b.scores[0].averagePrecision).toBe(1);
  expect(summary.pooled[0].averagePrecision).toBeCloseTo(2 / 3, 12);
  expect(summary.averaged[0].averagePrecision).toBe(0.75);
  expect(summary.errors).toMatchObject({ missed: 1, spurious: 0 });
  const text = await cellwright("score", "truth", "found");
  expect(text.out).toMatch(/all, pooled +0\.667/);
  expect(text.out).toMatch(/all, mean of images +0\.750/);
});

test("what has no partner or another size is an error, and the rest is scored", async () => {
  put("truth/a.tif", writeTiff(truth));
  put("truth/b.tif", writeTiff(truth));
  put("truth/c.tif", writeTiff(truth));
  put("found/a.tif", writeTiff(truth));
  put("found/c.tif", writeTiff(drawn("11", "11")));
  put("found/d.tif", writeTiff(truth));
  const { code, out, err } = await cellwright("score", "truth", "found", "--json");
  expect(code).toBe(3);
  expect(err).toMatch(/truth\/b\.tif: nothing in found has this name/);
  expect(err).toMatch(/found\/d\.tif: nothing in truth has this name/);
  expect(err).toMatch(/found\/c\.tif: found labels must be 4 x 4 like the truth, got 2 x 2/);
  expect(lines(out).at(-1)).toMatchObject({ done: 1, failed: 3 });
});

test("a file and a folder do not go together, and missing ones are named", async () => {
  put("truth/a.tif", writeTiff(truth));
  expect((await cellwright("score", "truth", "truth/a.tif")).code).toBe(2);
  const gone = await cellwright("score", "gone.tif", "truth/a.tif");
  expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/gone\.tif: no such file/) });
});

test("movies are scored plane by plane", async () => {
  const movie = {
    data: Uint32Array.from([...truth.data, ...half.data]),
    shape: [2, 4, 4],
    axes: "tyx",
  };
  put("truth.tif", writeTiff(movie));
  const { out } = await cellwright("score", "truth.tif", "truth.tif", "--json");
  expect(lines(out).at(-1).pooled[0]).toMatchObject({ truePositives: 3, falsePositives: 0 });
});

describeData("the published HeLa field", () => {
  test("the authors' masks get the paper's score", async () => {
    const folder = dataPath("deepcell2016/parity-hela");
    const file = (name: string) => join(folder, `${name}.tif`);
    const { code, out } = await cellwright(
      ...["score", file("labels"), file("authors-mask-cytoplasm")],
      ...["--metric", "paper", "--nuclear", file("authors-mask-nuclear"), "--crop", "30", "--json"],
    );
    expect(code).toBe(0);
    const { paper } = lines(out).at(-1);
    expect(paper.pooled.jaccard).toBeCloseTo(0.834, 3);
    expect(paper.pooled.dice).toBeCloseTo(0.907, 3);
  });
});

test("measure writes a row a cell, with the brightness of every channel", async () => {
  put("labels.tif", writeTiff(truth));
  const data = Uint8Array.from({ length: 32 }, (_, i) => i);
  put("image.tif", writeTiff({ data, shape: [2, 4, 4], axes: "cyx" }));
  const { code } = await cellwright("measure", "labels.tif", "image.tif", "-o", "deep/cells.csv");
  expect(code).toBe(0);
  const rows = readFileSync(join(cwd, "deep", "cells.csv"), "utf8")
    .trim()
    .split("\r\n");
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/intensity_mean-0.*intensity_mean-1/);
  const again = await cellwright("measure", "labels.tif", "-o", "deep/cells.csv");
  expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/--overwrite/) });
  expect((await cellwright("measure", "labels.tif")).out).toMatch(/^label,area/);
});

test("measure names what does not fit", async () => {
  put("labels.tif", writeTiff(truth));
  put("small.tif", writeTiff(drawn("11", "11")));
  put("fractions.tif", writeTiff({ data: Float32Array.of(0.5), shape: [1, 1], axes: "yx" }));
  const small = await cellwright("measure", "labels.tif", "small.tif");
  expect(small).toMatchObject({ code: 1, err: expect.stringMatching(/^error: small\.tif: .*\n$/) });
  const fractions = await cellwright("measure", "fractions.tif");
  expect(fractions).toMatchObject({
    code: 1,
    err: expect.stringMatching(/fractions\.tif: .*whole numbers/),
  });
});

test("synth makes images and their labels, the same for the same seed", async () => {
  for (const kind of ["nuclei", "bacteria"]) {
    const argv = ["synth", kind, "--count", "2", "--size", "64", "--seed", "5"];
    expect((await cellwright(...argv, "-o", "one")).code).toBe(0);
    await cellwright(...argv, "-o", "two");
    const file = (set: string, part: string, n: number) =>
      readFileSync(join(cwd, set, part, `${kind}-00${n}.tif`));
    for (const part of ["images", "labels"]) {
      expect(file("one", part, 0)).toEqual(file("two", part, 0));
      expect(file("one", part, 0)).not.toEqual(file("one", part, 1));
    }
  }
  expect(readdirSync(join(cwd, "one", "labels"))).toHaveLength(4);
  const refused = await cellwright("synth", "nuclei", "--size", "64", "-o", "one");
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/is there already/) });
  expect((await cellwright("synth", "yeast", "-o", "one")).code).toBe(2);
});

test("made-up labels score 1 against themselves", async () => {
  await cellwright("synth", "nuclei", "--count", "1", "--size", "96", "-o", "set");
  const { out } = await cellwright("score", "set/labels", "set/labels", "--json");
  expect(
    lines(out)
      .at(-1)
      .pooled.every((score: { f1: number }) => score.f1 === 1),
  ).toBe(true);
});

test("labels stored as colours are refused", async () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  put("rgb.png", writePng({ data, shape: [3, 2, 2], axes: "cyx" }));
  const { code, err } = await cellwright("measure", "rgb.png");
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringMatching(/labels must be one number a pixel/),
  });
});
