// The same input, model, options and engine give the same bytes, whatever the number of threads and however often; and what is
// written says what made it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  type Labels,
  type Preset,
  presets,
  synthMovie,
  synthNuclei,
  writeTiff,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import { openModel } from "./model-folder.js";
import { train } from "./train.js";
import { version } from "./version.js";

const root = mkdtempSync(join(tmpdir(), "cellwright-same-"));
afterAll(() => rmSync(root, { recursive: true }));

const numbers = (labels: Labels) => writeTiff({ ...labels, data: Uint16Array.from(labels.data) });

beforeAll(() => {
  const save = (name: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), bytes);
  };
  for (const seed of [1, 2]) {
    const { image, labels } = synthNuclei({ height: 128, width: 160, seed, diameter: 20 });
    save(`set/images/${seed}.tif`, writeTiff(image));
    save(`set/labels/${seed}.tif`, numbers(labels));
  }
  const { frames } = synthMovie({ kind: "nuclei", frames: 3, height: 64, width: 80, seed: 2 });
  for (const [t, frame] of frames.entries()) {
    save(`movie/t${t}.tif`, writeTiff(frame.image));
    save(`masks/t${t}_masks.tif`, numbers(frame.labels));
  }
});

async function well(words: string): Promise<void> {
  const context = memoryContext({ cwd: root });
  const code = await run(words.split(" "), context);
  expect(code, `${words}\n${context.err()}`).toBe(0);
}

/** All files below a folder, without how long things took and on how many threads. */
function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const text = readFileSync(path, "latin1");
    tree[relative(join(root, folder), path)] = entry.name.endsWith(".json")
      ? text
          .replace(/"seconds":\s*(\{[^}]*\}|[\d.e+-]+)/, '"seconds": 0')
          .replace(/,?\s*"threads": \d+/, "")
      : text;
  }
  return tree;
}

/** Runs a command twice into folders of its own, `more` telling the runs apart; the trees must be one. */
async function expectSame(words: string, name: string, more: readonly string[]): Promise<void> {
  for (const [i, extra] of more.entries()) await well(`${words} -o ${name}-${i} ${extra}`.trim());
  const [first, ...others] = more.map((_, i) => treeOf(`${name}-${i}`));
  expect(Object.keys(first).length).toBeGreaterThan(0);
  for (const other of others) expect(other).toEqual(first);
}

const formats = ["tif", "ome-zarr", "png", "geojson", "roi", "npy", "coco"];
const threads = ["--threads 1", "--threads 2", "--threads 1"];

test("segment: one and two threads, again and again, in every format; all say what made them", async () => {
  const words = `segment set/images -q --preview --format ${formats.join(",")}`;
  await expectSame(`${words} -m nuclei --tile 96`, "cells", threads);
  await expectSame(`${words} -m classical-nuclei`, "classical", threads);
  const { sha256 } = await openModel("nuclei");
  const report = JSON.parse(readFileSync(join(root, "cells-0/1.json"), "utf8"));
  expect(report).toMatchObject({
    cellwright: version(),
    model: { name: expect.any(String), sha256 },
    options: { format: formats },
  });
  // The report names each output; a Zarr, which may go on without it, says the same itself.
  const top = readdirSync(join(root, "cells-0")).filter((name) => name.startsWith("1"));
  expect(new Set([...report.outputs, "1.json"])).toEqual(new Set(top));
  expect(report.outputs).toHaveLength(formats.length + 2);
  const zarr = readFileSync(join(root, "cells-0/1_masks.ome.zarr/zarr.json"), "utf8");
  const { model, cellwright, options } = report;
  expect(JSON.parse(zarr).attributes.cellwright).toEqual({
    version: cellwright,
    model: { name: model.name, sha256: model.sha256 },
    options,
  });
});

test("track, measure and convert: the same bytes again", async () => {
  await expectSame("track masks -q --format ctc,csv,trackmate,geff,trk --preview", "tracks", [
    "",
    "",
  ]);
  await expectSame("track movie -q -m classical-nuclei", "found", ["", ""]);
  for (const ending of ["csv", "parquet"])
    for (const i of [0, 1]) await well(`measure tracks-0 -o tables/${i}/cells.${ending}`);
  for (const input of ["set/images/1.tif", "set/labels/1.tif"])
    for (const to of ["tif", "ome-tiff", "ome-zarr", "png", "npy", "npz"])
      for (const i of [0, 1])
        await well(`convert ${input} -o made/${i}/${dirname(input)} --format ${to} -q`);
  expect(treeOf("tables/0")).toEqual(treeOf("tables/1"));
  expect(treeOf("made/0")).toEqual(treeOf("made/1"));
  expect(Object.keys(treeOf("made/0")).length).toBeGreaterThan(12);
  const report = JSON.parse(readFileSync(join(root, "found-0/track.json"), "utf8"));
  expect(report.cellwright).toBe(version());
  expect(JSON.stringify(report.options.model)).toMatch(/[0-9a-f]{64}/);
});

/** The preset `nuclei` in small. */
const tiny: Preset = {
  ...presets.nuclei,
  network: { kind: "unet", widths: [4, 6] },
  ...{ batch: 2, crop: 32, steps: 4, epochs: 2 },
};

test("train: the same seed gives the same weights, on one thread and on two", async () => {
  const trained = async (output: string, seed: number, threads: number) => {
    const openEngine = async () => onnxEngine({ threads });
    const context = memoryContext({ cwd: root, openEngine });
    const options = { output, seed, heldBack: 0.5, engine: "onnx", device: "cpu", quiet: true };
    await train(["set"], options, context, { nuclei: tiny });
    return readFileSync(join(root, output, "weights.onnx"));
  };
  const first = await trained("a", 1, 1);
  expect((await trained("b", 1, 1)).equals(first)).toBe(true);
  expect((await trained("c", 1, 2)).equals(first)).toBe(true);
  expect((await trained("d", 2, 1)).equals(first)).toBe(false);
  expect(readFileSync(join(root, "a/README.md"), "utf8")).toContain(version());
});
