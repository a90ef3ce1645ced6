import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  averageMatches,
  checkModel,
  type Graph,
  type Image,
  normalize,
  type Preset,
  predict,
  presets,
  readModelTest,
  synthNuclei,
  validate,
  writeTiff,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrainOptions } from "./commands/train.js";
import { memoryContext } from "./memory-context.js";
import { openModel, openModelFiles, sha256 } from "./model-folder.js";
import { train } from "./train.js";
import { type Checkpoint, readBest, readCheckpoint } from "./train-checkpoint.js";
import { findPairs, readSample } from "./train-dataset.js";

const root = mkdtempSync(join(tmpdir(), "cellwright-runs-"));
const small = { batch: 1, crop: 16, steps: 4, epochs: 1 };
const tiny: Readonly<Record<string, Preset>> = {
  nuclei: { ...presets.nuclei, network: { kind: "unet", widths: [3, 4] }, ...small },
  coculture: {
    ...presets.coculture,
    channels: ["nuclear"],
    network: { kind: "unet", widths: [3, 4] },
    ...small,
  },
  "paper-31": { ...presets["paper-31"], ...small, crop: 4 },
};
const engine = onnxEngine({ threads: 1 });
const cells = { height: 48, width: 48, diameter: 14, density: 0.3 };

function addImage(folder: string, name: string, seed: number): void {
  mkdirSync(join(root, folder), { recursive: true });
  const { image, labels } = synthNuclei({ ...cells, seed });
  const numbers: Image = { ...labels, data: Uint16Array.from(labels.data) };
  writeFileSync(join(root, folder, `${name}.tif`), writeTiff(image));
  writeFileSync(join(root, folder, `${name}_masks.tif`), writeTiff(numbers));
}

beforeAll(async () => {
  for (const seed of [0, 1, 2]) addImage("three", `field ${seed}`, seed);
  addImage("one", "mine", 9);
  for (const [i, type] of ["3t3", "mcf10a"].entries())
    for (const n of [0, 1]) addImage(`typed/${type}`, `${type} ${n}`, 20 + 2 * i + n);
  await training("base", { heldBack: ["field 0"] });
});
afterAll(() => rmSync(root, { recursive: true }));

async function training(
  output: string,
  changes: Partial<TrainOptions> = {},
  datasets: readonly string[] = ["three"],
  onLine = (_: string) => {},
  signal = new AbortController().signal,
) {
  const context = memoryContext({
    cwd: root,
    signal,
    openEngine: async () => engine,
    stderr: onLine,
  });
  const options = { output, seed: 1, engine: "onnx", device: "cpu", ...changes };
  await train(datasets, options, context, tiny);
  return context.out();
}

async function checkpointOf(output: string, name = ""): Promise<Checkpoint> {
  const found = await readCheckpoint(join(root, `${output}.training`, name));
  if (!found) throw new Error(`${output} has no checkpoint ${name}`);
  return found;
}

async function bestOf(output: string, name: string): Promise<Graph> {
  return readBest(join(root, `${output}.training`, name), await checkpointOf(output, name));
}

const weightsOf = (output: string) => readFileSync(join(root, output, "weights.onnx"));
const cardOf = (output: string) => readFileSync(join(root, output, "README.md"), "utf8");

/** Maps of a network on an image of its own. */
async function mapsOf(graph: Graph): Promise<Float32Array> {
  const { image } = synthNuclei({ ...cells, seed: 77 });
  const program = await engine.load(graph);
  const { data } = await predict(normalize(image, presets.nuclei.normalization), program);
  await program.dispose();
  return data;
}

/** Whether a model's maps are the mean of those of its runs' networks. */
async function expectMean(output: string, names: readonly string[]): Promise<void> {
  const { model } = await openModel(`./${output}`, root);
  const found = await mapsOf(model.graph);
  const parts = await Promise.all(names.map(async (name) => mapsOf(await bestOf(output, name))));
  expect(parts[0]).not.toEqual(parts[1]);
  for (let i = 0; i < found.length; i += 97)
    expect(found[i]).toBeCloseTo(parts.reduce((sum, part) => sum + part[i], 0) / parts.length, 5);
}

test("one annotated image is enough to adapt a model, and nothing is measured on it", async () => {
  await expect(training("alone", {}, ["one"])).rejects.toThrow(/at least 2 labelled images/);
  const out = await training("adapted", { from: "./base", epochs: 2, steps: 3 }, ["one"]);
  expect(out).toContain("adapted: no images held back to judge by (epoch 2 of 2)");
  const { recipe, log, best } = await checkpointOf("adapted");
  const base = await openModel("./base", root);
  expect(recipe).toMatchObject({ preset: "nuclei", heldBack: [], training: ["mine"] });
  expect(recipe.from).toBe(base.sha256);
  expect(recipe.settings).toMatchObject({ rate: tiny.nuclei.rate / 4, steps: 3 });
  expect(best).toBe(2);
  expect(log.map(({ ap }) => ap)).toEqual([undefined, undefined]);
  const { model } = await openModel("./adapted", root);
  expect(model.decoder).toEqual(base.model.decoder);
  expect(weightsOf("adapted").equals(weightsOf("base"))).toBe(false);
  expect(cardOf("adapted")).toContain("Not measured: no images were held back.");
  expect(existsSync(join(root, "adapted.training", "gallery.png"))).toBe(false);
});

test("fine-tuning is short by itself, and says how good the model was before", async () => {
  let err = "";
  const onLine = (text: string) => {
    err += text;
  };
  await training("tuned", { from: "./base", heldBack: ["field 0"] }, ["three"], onLine);
  expect(err).toContain("20 epochs of 25 steps");
  expect(err).toMatch(/before learning: held-back AP@0.5 [\d.]+/);
  const { before } = await checkpointOf("tuned");
  const { log } = await checkpointOf("base");
  expect(before).toEqual({ ap50: log[0].ap50, ap: log[0].ap });
});

test("each fold is judged by its own images, and the model is the mean of all", async () => {
  const names = ["fold-1", "fold-2", "fold-3"];
  const out = await training("folded", { folds: 3, json: true });
  const recipes = await Promise.all(
    names.map(async (name) => (await checkpointOf("folded", name)).recipe),
  );
  const heldBack = recipes.flatMap((recipe) => recipe.heldBack);
  expect(heldBack.toSorted()).toEqual(["field 0", "field 1", "field 2"]);
  for (const { heldBack: own, training: rest } of recipes)
    expect([...own, ...rest].toSorted()).toEqual(["field 0", "field 1", "field 2"]);
  await expectMean("folded", names);
  // The score, done again by hand: every image by the network that has not seen it.
  const { model } = await openModel("./folded", root);
  const { pairs } = await findPairs(["three"], root, { channels: ["nuclear"] });
  const counts = [];
  for (const name of names) {
    const [own] = (await checkpointOf("folded", name)).recipe.heldBack;
    const pair = pairs.find((one) => one.name === own) as (typeof pairs)[number];
    const { sample } = await readSample(pair, model.normalization, ["nuclear"]);
    const program = await engine.load(await bestOf("folded", name));
    const size = { diameter: model.diameter, sizeFrom: "estimate" } as const;
    counts.push(...(await validate([sample], program, model.decoder, size)));
    await program.dispose();
  }
  const summary = JSON.parse(out.trim().split("\n").at(-1) as string);
  expect(summary.ap50).toBeCloseTo(averageMatches(counts)[0].averagePrecision, 6);
  expect(cardOf("folded")).toContain("3 images in 3 folds");
});

test("folds that were interrupted go on with --resume to the same weights", async () => {
  const stop = new AbortController();
  const onLine = (line: string) => {
    if (line.startsWith("fold 1 of 3: epoch 1/1")) stop.abort();
  };
  await training("broken", { folds: 3 }, ["three"], onLine, stop.signal);
  expect(existsSync(join(root, "broken"))).toBe(false);
  await expect(training("broken", { ensemble: 2, resume: true })).rejects.toThrow(
    /other images or options/,
  );
  let again = "";
  const listen = (line: string) => {
    again += line;
  };
  await training("broken", { folds: 3, resume: true }, ["three"], listen);
  expect(again).not.toContain("fold 1 of 3: epoch");
  expect(again).toContain("fold 2 of 3: epoch 1/1");
  expect(weightsOf("broken").equals(weightsOf("folded"))).toBe(true);
});

test("one fold alone is what it is among the others", async () => {
  await training("second", { folds: 3, fold: 2 });
  const { recipe } = await checkpointOf("second");
  expect(recipe).toEqual((await checkpointOf("folded", "fold-2")).recipe);
  expect(await mapsOf(await bestOf("second", ""))).toEqual(
    await mapsOf(await bestOf("folded", "fold-2")),
  );
});

test("an ensemble learns from one split with several seeds", async () => {
  await training("ensemble", { ensemble: 2, heldBack: ["field 0"] });
  const names = ["network-1", "network-2"];
  const [first, second] = await Promise.all(
    names.map(async (name) => (await checkpointOf("ensemble", name)).recipe),
  );
  expect([first.seed, second.seed]).toEqual([1, 2]);
  expect(second).toEqual({ ...first, seed: 2 });
  await expectMean("ensemble", names);
  expect(cardOf("ensemble")).toContain("mean of 2 networks");
});

test("patience ends a training whose best epoch is long ago, and --resume adds nothing", async () => {
  const still = { epochs: 9, steps: 1, rate: 1e-12, patience: 2, heldBack: ["field 0"] };
  await training("still", still);
  const { log, best } = await checkpointOf("still");
  expect(log.length - best).toBe(2);
  expect(log.length).toBeLessThan(9);
  const weights = weightsOf("still");
  await training("still", { ...still, resume: true });
  expect((await checkpointOf("still")).log).toEqual(log);
  expect(weightsOf("still").equals(weights)).toBe(true);
});

test("what options change of the preset is kept in the recipe and told on the card", async () => {
  const changes = { steps: 1, rate: 1e-4, batch: 2, crop: 20, heldBack: 0 };
  await training("changed", { ...changes, pixelSize: 0.5 });
  const { heldBack: _, ...settings } = changes;
  expect((await checkpointOf("changed")).recipe.settings).toMatchObject(settings);
  expect(cardOf("changed")).toContain("--held-back 0 --steps 1 --batch 2 --crop 20 --rate 0.0001");
  const { model } = await openModel("./changed", root);
  // Cells of about 14 pixels are brought to the preset's 20, so a pixel of the network is smaller.
  expect(model.pixelSize).toBeGreaterThan(0.25);
  expect(model.pixelSize).toBeLessThan(0.42);
  await expect(training("odd", { crop: 21 })).rejects.toThrow(/--crop must be a multiple of 2/);
});

test("types of cells come from folders and get maps of their own", async () => {
  const asked = { preset: "coculture", heldBack: ["*/3t3 0", "*/mcf10a 0"] };
  await expect(training("typed-model", asked, ["typed"])).rejects.toThrow(/got "3t3"/);
  const types = ["nih3t3=3t3", "mcf10a"];
  await training("typed-model", { ...asked, types }, ["typed"]);
  const { model } = await openModel("./typed-model", root);
  expect(model.maps).toEqual(["inside", "distance", "nih3t3", "mcf10a"]);
  expect(model.types).toEqual(["nih3t3", "mcf10a"]);
  expect(model.diameter).toBeGreaterThan(8);
  expect((await checkpointOf("typed-model")).recipe.heldBack).toHaveLength(2);
});

test("a network of the paper is trained on crops, and its model passes its own test", async () => {
  await training("paper-model", { preset: "paper-31", heldBack: 0, steps: 1 });
  const { model } = await openModel("./paper-model", root);
  expect(model.maps).toEqual(["edge", "interior", "background"]);
  expect(model.diameter).toBeUndefined();
  const files = await openModelFiles("./paper-model", root);
  const program = await engine.load(model.graph);
  const { passed } = await checkModel(await readModelTest(files, sha256), program);
  await program.dispose();
  expect(passed).toBe(true);
});
