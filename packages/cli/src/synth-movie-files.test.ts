import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesSource, readImage, readTable, readTracks } from "@cellwright/core";
import { beforeEach, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
});

async function synth(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd });
  const code = await run(["synth", ...argv], context);
  return { code, out: context.out(), err: context.err() };
}

const read = (...path: string[]) => {
  const bytes = readFileSync(join(cwd, ...path));
  return readImage(bytesSource(path.at(-1) ?? "", bytes));
};

test("a movie lies as the Cell Tracking Challenge lays it out, with its truth", async () => {
  const { code, out } = await synth(
    ...["bacteria", "-o", "film", "--frames", "12", "--size", "64", "--cells", "3"],
    ...["--doubling", "8", "--spread", "0", "--interval", "60", "--json"],
  );
  expect(code).toBe(0);
  const [line] = out.trim().split("\n");
  const result = JSON.parse(line);
  expect(result).toMatchObject({ type: "movie", images: "film/01", truth: "film/01_GT" });
  expect(readdirSync(join(cwd, "film")).sort()).toEqual(["01", "01_GT"]);
  expect(readdirSync(join(cwd, "film/01"))).toHaveLength(12);
  expect(readdirSync(join(cwd, "film/01_GT")).sort()).toEqual([
    "SEG",
    "TRA",
    "growth.csv",
    "stage.csv",
  ]);
  const image = await read("film", "01", "t011.tif");
  expect(image.shape).toEqual([64, 64]);
  const labels = await read("film", "01_GT", "TRA", "man_track011.tif");
  expect((await read("film", "01_GT", "SEG", "man_seg011.tif")).data).toEqual(labels.data);
  const tracks = readTracks(readFileSync(join(cwd, "film/01_GT/TRA/man_track.txt"), "utf8"));
  expect(tracks.length).toBe(result.tracks);
  expect(result.divisions).toBeGreaterThan(1);
  const last = tracks.filter(({ end }) => end === 11).map(({ label }) => label);
  expect([...new Set(labels.data)].filter((label) => label > 0).sort((a, b) => a - b)).toEqual(
    last,
  );
  const growth = readTable(readFileSync(join(cwd, "film/01_GT/growth.csv"), "utf8"));
  const rates = growth.growth_rate_per_h.filter((rate) => !Number.isNaN(rate));
  // Without spread every cell doubles in eight frames of a minute.
  for (const rate of rates) expect(rate).toBeCloseTo(Math.LN2 * 7.5, 9);
  const stage = readTable(readFileSync(join(cwd, "film/01_GT/stage.csv"), "utf8"));
  expect([...stage.time_s]).toEqual(Array.from({ length: 12 }, (_, frame) => 60 * frame));
});

test("several movies have numbers, and nothing is overwritten unasked", async () => {
  const asked = ["nuclei", "-o", "set", "--frames", "2", "--size", "48", "-n", "2"];
  expect(await synth(...asked)).toMatchObject({ code: 0, out: "set/01\nset/02\n" });
  const [one, two] = [await read("set", "01", "t000.tif"), await read("set", "02", "t000.tif")];
  expect(one.data).not.toEqual(two.data);
  const again = await synth(...asked);
  expect(again.code).toBe(1);
  expect(again.err).toContain("is there already: use --overwrite or another folder");
  expect((await synth(...asked, "--overwrite")).code).toBe(0);
  expect((await read("set", "01", "t000.tif")).data).toEqual(one.data);
  const shorter = [...asked.slice(0, 4), "1", ...asked.slice(5, 7)];
  expect((await synth(...shorter, "--overwrite")).code).toBe(0);
  expect(readdirSync(join(cwd, "set/01"))).toEqual(["t000.tif"]);
  expect(readdirSync(join(cwd, "set/01_GT/SEG"))).toEqual(["man_seg000.tif"]);
  rmSync(join(cwd, "set/01"), { recursive: true });
  expect((await synth(...shorter)).code).toBe(1);
});

test("options that cannot be end with code 2", async () => {
  const still = await synth("nuclei", "-o", "x", "--drift", "2");
  expect(still.code).toBe(2);
  expect(still.err).toContain("--drift is for movies: give --frames too");
  const fast = await synth("nuclei", "-o", "x", "--frames", "3", "--doubling", "2");
  expect(fast.code).toBe(2);
  expect(fast.err).toContain("doubling must be 4 frames or more, got 2");
  expect(readdirSync(cwd)).toEqual([]);
});
