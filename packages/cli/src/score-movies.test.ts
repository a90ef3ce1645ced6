import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Labels, readTracks, writeTiff, writeTrk } from "@cellwright/core";
import { dataPath, describeData } from "@cellwright/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
});

async function score(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd });
  const code = await run(["score", ...argv, "--metric", "ctc"], context);
  return { code, out: context.out(), err: context.err() };
}

const lines = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const labelsOf = (row: string): Labels => ({
  data: Uint32Array.from(row, Number),
  shape: [1, row.length],
  axes: "yx",
});

/** A movie on disk: frames as rows of digits, tracks as lines. */
function put(folder: string, frames: readonly string[], tracks: string, text = "res_track.txt") {
  mkdirSync(join(cwd, folder), { recursive: true });
  for (const [i, row] of frames.entries()) {
    writeFileSync(join(cwd, folder, `mask00${i}.tif`), writeTiff(labelsOf(row)));
  }
  writeFileSync(join(cwd, folder, text), tracks);
}

const frames = ["1110022", "1110022", "3304022"];
const tracks = "1 0 1 0\n2 0 2 0\n3 2 2 1\n4 2 2 1\n";

test("a folder of masks is scored against another", async () => {
  put("truth", frames, tracks, "man_track.txt");
  put("found", ["1110022", "1110000", "3304055"], "1 0 1 0\n2 0 0 0\n3 2 2 1\n4 2 2 1\n5 2 2 0\n");
  const { code, out } = await score("truth", "found", "--json");
  expect(code).toBe(0);
  const [start, movie, summary] = lines(out);
  expect(start).toEqual({ type: "start", metrics: ["ctc"], movies: 1 });
  expect(movie).toMatchObject({ input: "found", status: "done", missed: 1, missingLinks: 2 });
  expect(movie.seg).toBeCloseTo(6 / 7, 12);
  expect(movie.tra).toBeCloseTo(1 - 13 / (70 + 7.5), 12);
  expect(movie.divisions[0]).toMatchObject({ tolerance: 0, f1: 1 });
  expect(summary).toMatchObject({ type: "summary", done: 1, averaged: { tra: movie.tra } });
  const text = (await score("truth", "found")).out;
  expect(text).toMatch(/found +0\.857 +0\.857 +0\.832 +1\.000 +1\.000\n/);
  expect(text).not.toMatch(/all, pooled/);
});

test("a .trk is scored as the folder of the same movie is, on either side", async () => {
  put("truth", frames, tracks, "man_track.txt");
  const found = ["1110022", "1110000", "3304055"].map(labelsOf);
  const own = readTracks("1 0 1 0\n2 0 0 0\n3 2 2 1\n4 2 2 1\n5 2 2 0\n");
  writeFileSync(join(cwd, "found.trk"), writeTrk({ frames: found, tracks: own }));
  const right = { frames: frames.map(labelsOf), tracks: readTracks(tracks) };
  writeFileSync(join(cwd, "truth.trk"), writeTrk(right));
  for (const truth of ["truth", "truth.trk"]) {
    const { code, out } = await score(truth, "found.trk", "--json");
    expect(code).toBe(0);
    const [, movie] = lines(out);
    expect(movie).toMatchObject({ input: "found.trk", missed: 1, missingLinks: 2 });
    expect(movie.seg).toBeCloseTo(6 / 7, 12);
    expect(movie.tra).toBeCloseTo(1 - 13 / (70 + 7.5), 12);
  }
  const wrong = own.map((track) => (track.label === 1 ? { ...track, end: 0 } : track));
  writeFileSync(join(cwd, "found.trk"), writeTrk({ frames: found, tracks: wrong }));
  const strict = await score("truth", "found.trk");
  expect(strict).toMatchObject({ code: 1 });
  expect(strict.err).toMatch(/found\.trk: track 1 is in frames 0 to 1, not 0 to 0 \(--repair bel/);
  const mended = await score("truth", "found.trk", "--repair");
  expect(mended).toMatchObject({ code: 0, err: expect.stringMatching(/^repaired: found\.trk: t/) });
  writeFileSync(join(cwd, "notes.md"), "no movie");
  expect(await score("truth", "notes.md")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/notes\.md must be a folder, or a \.trk/),
  });
});

test("folders of movies are paired by name; markers without outlines have no SEG", async () => {
  put("data/01_GT/TRA", frames, tracks, "man_track.txt");
  put("data/02_GT/TRA", frames, tracks, "man_track.txt");
  put("data/02_GT/SEG", frames.slice(0, 1), "");
  rmSync(join(cwd, "data/02_GT/SEG/res_track.txt"));
  put("data/03_GT/TRA", frames, tracks, "man_track.txt");
  put("data/01_RES", frames, tracks);
  put("data/02_RES", frames, tracks);
  put("data/04_RES", frames, tracks);
  const { code, out, err } = await score("data", "data", "--json");
  expect(code).toBe(3);
  expect(err).toMatch(/data\/03_GT: data has no result for it/);
  expect(err).toMatch(/data\/04_RES: data has no truth for it/);
  const done = lines(out).filter(({ status }) => status === "done");
  expect(done.map(({ input, seg, tra }) => [input, seg, tra])).toEqual([
    ["data/01_RES", null, 1],
    ["data/02_RES", 1, 1],
  ]);
  expect(done[1].outlinedCells).toBe(2);
  expect((await score("data", "data")).out).toMatch(/all, mean of movies +1\.000 +1\.000 +1\.000/);
});

describe("what is wrong is named with its file", () => {
  beforeEach(() => put("truth", frames, tracks, "man_track.txt"));

  test.each([
    ["a missing text", frames, undefined, /found must be a folder with \*_track\.txt/, 2],
    ["a label without track", frames, "1 0 1 0\n3 2 2 1\n4 2 2 1\n", /found\/mask000\.tif: .* 2,/],
    ["a track where it is not", frames, `${tracks}5 1 1 0\n`, /found\/mask001\.tif: track 5 must/],
    ["a track past the end", frames, `${tracks}5 1 3 0\n`, /res_track\.txt: track 5 must end wi/],
    ["a parent that is not", frames, tracks.replace("1\n", "9\n"), /res_track\.txt: .*parent 9/],
    ["a track twice", frames, `${tracks}1 0 1 0\n`, /res_track\.txt: track 1 is there twice/],
    ["text that is none", frames, "one line\n", /res_track\.txt: line 1 must be four whole/],
    ["fewer frames", frames.slice(0, 2), "1 0 1 0\n2 0 1 0\n", /found must have 3 frames like tr/],
    ["another size", ["11100220", ...frames.slice(1)], tracks, /mask000\.tif: found labels size m/],
  ])("%s", async (_, rows, text, message, exit = 1) => {
    put("found", rows, text ?? "");
    if (text === undefined) rmSync(join(cwd, "found/res_track.txt"));
    const { code, err } = await score("truth", "found");
    expect(err).toMatch(message);
    expect(code).toBe(exit);
  });

  test("frames that are not numbered from 0 without gaps, each once", async () => {
    put("found", frames, tracks);
    rmSync(join(cwd, "found/mask001.tif"));
    expect((await score("truth", "found")).err).toMatch(/no frame 1, but mask002\.tif/);
    cpSync(join(cwd, "found/mask000.tif"), join(cwd, "found/mask0000.tif"));
    expect((await score("truth", "found")).err).toMatch(/frame 0 twice: mask/);
  });

  test("other metrics and files do not go with it", async () => {
    const both = await score("truth", "truth", "--metric", "ap,ctc");
    expect(both.code).toBe(0);
    const context = memoryContext({ cwd });
    expect(await run(["score", "truth", "truth", "--metric", "ap,ctc"], context)).toBe(2);
    expect(context.err()).toMatch(/one by one/);
    expect(await run(["score", "truth", "truth", "--repair"], context)).toBe(2);
    expect((await score("truth/mask000.tif", "truth")).code).toBe(2);
    expect((await score("gone", "truth")).err).toMatch(/gone: no such file/);
  });
});

test("pictures beside the challenge's own files are passed over", async () => {
  put("truth", frames, tracks, "man_track.txt");
  put("found", frames, tracks);
  cpSync(join(cwd, "found/mask000.tif"), join(cwd, "found/preview-000.tif"));
  expect(await score("truth", "found")).toMatchObject({ code: 0, err: "" });
});

test("--repair believes the frames and says what it did", async () => {
  put("truth", frames, tracks, "man_track.txt");
  put("found", frames, "1 0 2 0\n2 0 2 0\n3 2 2 1\n4 2 2 9\n");
  expect((await score("truth", "found")).code).toBe(1);
  const { code, out, err } = await score("truth", "found", "--repair", "--json");
  expect(code).toBe(0);
  expect(err).toMatch(/repaired: found\/res_track\.txt: track 1 is in frames 0 to 1, not 0 to 2/);
  expect(lines(out).at(-1).pooled).toMatchObject({ det: 1, missingLinks: 1 });
});

describeData("published movies", () => {
  test("simulated nuclei against their own exact truth", async () => {
    const truth = dataPath("tracking-sim10/01_GT");
    const { out } = await score(truth, truth, "--json");
    expect(lines(out).at(-1).pooled).toMatchObject({ det: 1, tra: 1 });
    // The markers of TRA are the masks of SEG here.
    expect(lines(out).at(-1).pooled.seg).toBe(1);
  });
});
