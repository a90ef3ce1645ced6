import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classicalNames, synthNuclei, writeTiff } from "@cellwright/core";
import { spotFiles } from "@cellwright/testing";
import { beforeEach, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { writeModelFolder } from "./model-folder.js";

let cwd = "";

async function cellwright(...argv: string[]) {
  const context = memoryContext({
    cwd,
    openEngine: async () => {
      throw new Error("an engine was opened");
    },
  });
  const code = await run(argv, context);
  return { code, out: context.out(), err: context.err() };
}

const segment = (...argv: string[]) =>
  cellwright("segment", "a.tif", "-o", "out", "-m", "classical-nuclei", ...argv);
const report = () => JSON.parse(readFileSync(join(cwd, "out", "a.json"), "utf8"));

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "cellwright-"));
  const { image } = synthNuclei({ seed: 1, height: 128, width: 128 });
  writeFileSync(join(cwd, "a.tif"), writeTiff(image));
});

test("a classical method segments without an engine, and the report says with what", async () => {
  const { code, err } = await segment();
  expect({ code, err }).toMatchObject({ code: 0 });
  const { cells, model, scale, outputs } = report();
  expect(cells).toBeGreaterThan(2);
  expect(outputs).toEqual(["a_masks.tif", "a_cells.csv"]);
  expect(model).toMatchObject({
    name: "classical-nuclei",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    channels: ["nuclear"],
    parameters: { window: 10 },
  });
  expect(scale).toEqual({ zoom: 1, from: "none" });
});

test("--diameter changes its parameters and nothing is rescaled; --pixel-size says nothing to it", async () => {
  await segment();
  const before = report().model.sha256;
  expect((await segment("--resume")).err).toMatch(/done before/);
  expect((await segment("--resume", "--diameter", "40")).err).toMatch(/another model/);
  await segment("--overwrite", "--diameter", "40");
  expect(report()).toMatchObject({
    scale: { zoom: 1, from: "diameter", diameter: 40 },
    model: { parameters: { window: 20 } },
  });
  expect(report().model.sha256).not.toBe(before);
  expect(await segment("--pixel-size", "0.5")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/give the cells' diameter in pixels with --diameter/),
  });
  expect((await segment("--seeds", "classical-nuclei")).err).toMatch(/needs no seeds/);
});

test("methods are listed and shown beside the models", async () => {
  const list = await cellwright("models", "list", "--json");
  const lines = list.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ method }) => method).map(({ name }) => name)).toEqual(classicalNames);
  const { out } = await cellwright("models", "show", "classical-bacteria");
  expect(out).toMatch(/^classical-bacteria\n/);
  expect(out).toMatch(/^parameters {2}width 8, /m);
  const shown = JSON.parse((await cellwright("models", "show", "classical-nuclei", "--json")).out);
  await segment();
  expect(shown.sha256).toBe(report().model.sha256);
});

test("what wants a network refuses a method in one line; a folder of the name is reached by its path", async () => {
  const { code, err } = await cellwright("models", "export", "classical-nuclei");
  expect({ code, err }).toEqual({
    code: 1,
    err: "error: classical-nuclei is a method without a network: it segments images, and there is nothing in it to train, export or test\n",
  });
  await writeModelFolder(join(cwd, "classical-nuclei"), await spotFiles("spots"));
  expect((await cellwright("models", "show", "./classical-nuclei")).out).toMatch(/^spots\n/);
});
