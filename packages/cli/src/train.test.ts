import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Image,
  type Preset,
  presets,
  referenceEngine,
  synthNuclei,
  writeTiff,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainOptions } from "./commands/train.js";
import { presetNames } from "./commands/train.js";
import { memoryContext } from "./memory-context.js";
import { openModel } from "./model-folder.js";
import { run } from "./program.js";
import { train } from "./train.js";
import { readCheckpoint } from "./train-checkpoint.js";

const root = mkdtempSync(join(tmpdir(), "cellwright-train-"));
const dataset = join(root, "dataset");
/** The preset `nuclei` in small: seconds instead of an hour. */
const tiny: Preset = {
  ...presets.nuclei,
  network: { kind: "unet", widths: [4, 6] },
  batch: 2,
  crop: 32,
  steps: 3,
  epochs: 3,
};

beforeAll(() => {
  for (const folder of ["images", "labels"]) mkdirSync(join(dataset, folder), { recursive: true });
  for (let seed = 0; seed < 4; seed++) {
    const { image, labels } = synthNuclei({ height: 64, width: 64, seed, diameter: 14 });
    writeFileSync(join(dataset, "images", `field ${seed}.tif`), writeTiff(image));
    const numbers: Image = { ...labels, data: Uint16Array.from(labels.data) };
    writeFileSync(join(dataset, "labels", `field ${seed}.tif`), writeTiff(numbers));
  }
});
afterAll(() => rmSync(root, { recursive: true }));

/** Trains in process on one thread; `onLine` sees each line of progress. */
async function training(
  output: string,
  changes: Partial<TrainOptions> = {},
  onLine = (_: string) => {},
  signal = new AbortController().signal,
  datasets = ["dataset"],
) {
  let err = "";
  const context = memoryContext({
    cwd: root,
    signal,
    openEngine: async () => onnxEngine({ threads: 1 }),
    stderr: (text) => {
      err += text;
      onLine(text);
    },
  });
  const options = {
    output,
    seed: 1,
    heldBack: 0.25,
    engine: "onnx",
    device: "cpu",
    ...changes,
  };
  await train(datasets, options, context, { nuclei: tiny });
  return { out: context.out(), err, code: context.exitCode };
}

const weightsOf = (output: string) => readFileSync(join(root, output, "weights.onnx"));

test("training writes a model that opens, with the held-back images on its card", async () => {
  const { out, err } = await training("first", { json: true });
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events.map(({ type }) => type)).toEqual(["start", "epoch", "epoch", "epoch", "summary"]);
  expect(err).toMatch(/epoch 2\/3: loss [\d.]+, held-back AP@0.5 [\d.]+, AP [\d.]+, .* left/);
  const { model } = await openModel("./first", root);
  expect(model).toMatchObject({ channels: ["nuclear"], diameter: presets.nuclei.diameter });
  expect(model.decoder).toEqual(events.at(-1).decoder);
  const card = readFileSync(join(root, "first", "README.md"), "utf8");
  const { recipe } = (await readCheckpoint(join(root, "first.training"))) ?? {};
  expect(recipe?.heldBack).toHaveLength(1);
  expect(card).toContain(`Held back: ${recipe?.heldBack[0]}`);
  expect(card).toContain("--epochs 3 --seed 1");
  const logged = readFileSync(join(root, "first.training", "log.jsonl"), "utf8")
    .trim()
    .split("\n");
  expect(logged).toHaveLength(3);
});

test("the same seed gives the same weights, another seed others", async () => {
  await training("again");
  expect(weightsOf("again").equals(weightsOf("first"))).toBe(true);
  await training("other", { seed: 2 });
  expect(weightsOf("other").equals(weightsOf("first"))).toBe(false);
});

test("training interrupted in an epoch goes on with --resume to the same weights", async () => {
  const stop = new AbortController();
  const first = await training(
    "stopped",
    {},
    (line) => line.startsWith("epoch 1/3") && stop.abort(),
    stop.signal,
  );
  expect(first.code).toBe(130);
  expect(first.err).toContain("interrupted after epoch 1 of 3: go on with --resume");
  expect(existsSync(join(root, "stopped"))).toBe(false);
  const second = await training("stopped", { resume: true });
  expect(second.err).not.toContain("epoch 1/3");
  expect(weightsOf("stopped").equals(weightsOf("first"))).toBe(true);
  const numbers = async (name: string) =>
    (await readCheckpoint(join(root, `${name}.training`)))?.log.map(
      ({ seconds: _, ...rest }) => rest,
    );
  expect(await numbers("stopped")).toEqual(await numbers("first"));
  const kept = readdirSync(join(root, "stopped.training")).filter((name) =>
    name.startsWith("state-"),
  );
  expect(kept).toEqual(["state-3.onnx"]);
});

test("an earlier training is neither forgotten nor mixed with another without being told so", async () => {
  await expect(training("first")).rejects.toThrow(/--resume to go on, --overwrite to start again/);
  await expect(training("first", { resume: true, seed: 5 })).rejects.toThrow(
    /other images or options/,
  );
});

test("neither a model nor anybody's files are lost without being told so", async () => {
  await training("mine", { epochs: 1 });
  const weights = weightsOf("mine");
  rmSync(join(root, "mine.training"), { recursive: true });
  await expect(training("mine", { epochs: 1 })).rejects.toThrow(/mine exists already/);
  expect(weightsOf("mine").equals(weights)).toBe(true);
  mkdirSync(join(root, "thesis"));
  writeFileSync(join(root, "thesis", "chapter1.txt"), "text");
  await expect(training("thesis", { overwrite: true })).rejects.toThrow(/holds other things/);
  mkdirSync(join(root, "notes.training"));
  writeFileSync(join(root, "notes.training", "notes.txt"), "text");
  await training("notes", { epochs: 1, overwrite: true });
  expect(readFileSync(join(root, "notes.training", "notes.txt"), "utf8")).toBe("text");
});

test("going on with another channel is refused", async () => {
  await expect(training("first", { resume: true, channel: "0" })).rejects.toThrow(
    /other images or options/,
  );
});

test("fine-tuning starts from the weights of another model", async () => {
  await training("tuned", { from: "./first", epochs: 1 });
  await training("fresh", { epochs: 1 });
  expect(weightsOf("tuned").equals(weightsOf("fresh"))).toBe(false);
  const loss = async (name: string) =>
    (await readCheckpoint(join(root, `${name}.training`)))?.log[0].loss ?? 0;
  expect(await loss("tuned")).toBeLessThan(await loss("fresh"));
});

test("a broken image is named, and nothing is trained", async () => {
  const folder = join(root, "broken");
  mkdirSync(folder);
  for (const name of ["a.tif", "a_masks.tif", "b.tif", "b_masks.tif"])
    writeFileSync(join(folder, name), "no image");
  const options = {
    output: "none",
    seed: 1,
    heldBack: 0.5,
    engine: "onnx",
    device: "cpu",
  };
  const context = memoryContext({ cwd: root, openEngine: async () => referenceEngine });
  await expect(train(["broken"], options, context, { nuclei: tiny })).rejects.toThrow(
    /[ab]\.tif is a text file/,
  );
  expect(existsSync(join(root, "none"))).toBe(false);
});

test("options that contradict each other end with exit code 2", async () => {
  const context = () =>
    memoryContext({ cwd: root, openEngine: () => Promise.reject(new Error("not reached")) });
  for (const argv of [
    ["--preset", "giraffes"],
    ["--preset", "constructor"],
    ["--device", "tpu"],
    ["--epochs", "3", "--time", "5"],
    ["--held-back", "1"],
    ["--epochs", "0"],
    ["--folds", "3", "--ensemble", "2"],
    ["--folds", "3", "--held-back", "0.2"],
    ["--folds", "3", "--fold", "4"],
    ["--fold", "1"],
    ["--folds", "1"],
    ["--held-back", "0", "--patience", "2"],
    ["--types", "a,b"],
  ])
    expect(await run(["train", "dataset", "-o", "x", ...argv], context())).toBe(2);
});

test("the help names every preset", () => {
  expect(presetNames).toEqual(Object.keys(presets));
});
