#!/usr/bin/env node
// What docs/paper.md shows and no other study measures, by the program's own commands where there is one:
//   networks   the paper's networks as our builder makes them: numbers in them, multiplications a pixel as patches and dense
//   masks      the authors' own masks of the HeLa field, by their networks imported; and what one, two, three of five give
//   classical  methods without a network on the annotated fields, beside which a network must show its worth
//   growth     made-up growing colonies from images to growth rates, by our network and by the published ensemble
//   sizes      how large the cells of each type are in the co-culture; wants what `benchmarks/coculture.mjs` found
// A part takes seconds to minutes on one core; growth by the published ensemble four minutes a colony.
//
//   node benchmarks/paper.mjs [--only networks,masks,classical,growth,sizes] [--threads 1] [--data ../shared/data]
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  countMultiplyAdds,
  featureNet,
  fieldOf,
  findCells,
  foldBatchNorm,
  scorePaper,
  seeded,
  stackChannels,
  toDense,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { openModel } from "../packages/cli/dist/model-folder.js";
import { kinds, pathOf } from "./fields.mjs";
import { judge } from "./judge.mjs";
import { COLONY, growthRow, readTable } from "./paper-growth.mjs";
import { cut, middleOf, readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, median, openStudy, round, segmentField } from "./study.mjs";

const study = openStudy("paper", { threads: { type: "string", default: "1" } });
const { options, work } = study;
const data = (...parts) => join(options.data, "deepcell2016", ...parts);
const threads = ["--threads", options.threads];

/** The frame for which the published networks of 61 pixels give no answer. */
const FRAME = 30;

if (study.wants("networks")) await networks();
if (study.wants("masks")) await masks();
if (study.wants("classical")) await classical();
if (study.wants("growth")) await growth();
if (study.wants("sizes")) await sizes();

/** The sizes of the paper's networks. */
async function networks() {
  const all = [
    { patch: 21, inputs: 1 },
    { patch: 31, inputs: 1 },
    { patch: 61, inputs: 1 },
    { patch: 61, inputs: 2 },
    { patch: 61, inputs: 2, outputs: 4 },
    { patch: 81, inputs: 2 },
    { patch: 31, inputs: 1, multires: true },
    { patch: 61, inputs: 2, multires: true },
    { patch: 81, inputs: 2, multires: true },
  ];
  for (const network of all)
    await study.row({ part: "networks", outputs: 3, multires: false, ...network }, async () => {
      const graph = featureNet({ outputs: 3, ...network }, seeded(1));
      const weights = Object.values(graph.weights).reduce((sum, w) => sum + w.data.length, 0);
      const [input] = graph.inputs;
      const { patch, inputs } = network;
      const cost = (form, size) =>
        countMultiplyAdds(form, { [input.name]: [1, inputs, size, size] });
      const folded = foldBatchNorm(graph);
      return {
        weights,
        patchMultiplyAdds: cost(folded, patch),
        denseMultiplyAdds: round(cost(toDense(folded), 8192 + patch - 1) / 8192 ** 2),
        receptiveField: fieldOf(toDense(folded)).receptiveField,
      };
    });
}

/** The authors' masks from the authors' networks, and the score of fewer than five of them. */
async function masks() {
  const folder = join(work, "hela");
  const channels = ["phase", "nuclear"];
  const images = [];
  for (const channel of channels) {
    const image = await readPicture(data("parity-hela", `${channel}.tif`));
    writePicture(join(folder, `field_${channel}.tif`), image);
    images.push(image);
  }
  const truth = await readLabelPicture(data("parity-hela/labels.tif"));
  const all = readdirSync(data("networks/hela")).sort();
  const out = join(folder, "found");
  const seeds = async () => {
    const model = await imported("nuclear", undefined, ["--running-std", "variance"]);
    const made = join(out, "field_nuclear_masks.tif");
    if (!existsSync(made))
      await segmentField(folder, "field", ["nuclear"], { model, out, more: threads });
    return readLabelPicture(made);
  };
  const counts = [...all.keys()].map((i) => [i]).concat([[0, 1], [0, 1, 2], [...all.keys()]]);
  for (const which of counts)
    await study.row({ part: "masks", networks: which.map((i) => i + 1).join(", ") }, async () => {
      const nuclei = await seeds();
      const { model } = await openModel(
        await imported(
          "hela",
          which.map((i) => all[i]),
        ),
      );
      const program = await onnxEngine({ threads: Number(options.threads) }).load(
        foldBatchNorm(model.graph),
      );
      const { labels } = await findCells(stackChannels(images), model, program, {
        tile: 256,
        seeds: nuclei,
      });
      await program.dispose();
      const { jaccard, dice, cells } = scorePaper(labels, truth, { crop: FRAME, nuclei });
      const numbers = { jaccard: round(jaccard), dice: round(dice), cells: cells.length };
      if (which.length < all.length) return numbers;
      const authors = (/** @type {string} */ name) =>
        readPicture(data("parity-hela", `authors-mask-${name}.tif`));
      return {
        ...numbers,
        differing: {
          nuclear: differing(nuclei, await authors("nuclear")),
          cytoplasm: differing(labels, await authors("cytoplasm")),
        },
        pixels: truth.data.length,
      };
    });
}

/** Pixels that are in one of two masks only. */
function differing(a, b) {
  return a.data.reduce((sum, value, i) => sum + Number(value > 0 !== b.data[i] > 0), 0);
}

/** The methods without a network on the fields that `against-published` judges, cut the same way. */
async function classical() {
  const cases = [
    ["nuclei", "classical-nuclei", "nuclear"],
    ["ecoli", "classical-bacteria", "phase"],
  ];
  for (const [name, model, channel] of cases) {
    const kind = kinds[name];
    await study.row({ part: "classical", kind: name, crop: 600 }, async () => {
      const folder = join(work, "classical", name);
      const truths = [];
      for (const field of kind.fields) {
        const image = await readPicture(join(options.data, pathOf(field), `${channel}.tif`));
        const box = middleOf(image.shape, 600);
        writePicture(join(folder, `${field.replace("/", "-")}.tif`), cut(image, box));
        const truth = await readLabelPicture(join(options.data, pathOf(field), "labels.tif"));
        truths.push(cut(truth, box));
      }
      const out = join(work, "classical", `${name}-found`);
      await cellwright(["segment", folder, "-o", out, "-m", model, "--overwrite", ...threads]);
      const fields = [];
      for (const [i, field] of kind.fields.entries()) {
        const found = join(out, `${field.replace("/", "-")}_masks.tif`);
        fields.push({ field, ...judge(truths[i], await readLabelPicture(found), kind) });
      }
      return { fields };
    });
  }
}

/** Colonies whose truth is known, from the images to a growth rate a cell. */
async function growth() {
  const models = { truth: undefined, ours: "bacteria-phase", published: () => imported("ecoli") };
  for (const seed of [7, 8])
    for (const [method, model] of Object.entries(models))
      await study.row({ part: "growth", method, seed, ...COLONY }, async () =>
        growthRow(join(work, `colony-${seed}`), seed, method, {
          model: typeof model === "function" ? await model() : model,
          threads,
        }),
      );
}

/** How large the cells of each type are, where coculture.mjs found them. */
async function sizes() {
  const found = join(resolve(options.work), "coculture/whole");
  for (const method of ["ours", "published"])
    await study.row({ part: "sizes", method }, async () => {
      const file = join(found, `found-${method}`, "field_cells.csv");
      if (!existsSync(file)) throw new Error("run benchmarks/coculture.mjs first");
      const rows = readTable(file).filter((row) => Number(row.area) >= 50);
      const of = (type) => rows.filter((row) => row.type === type).map((row) => Number(row.area));
      return { "3t3": spreadOf(of("nih3t3")), mcf10a: spreadOf(of("mcf10a")) };
    });
}

/** Count and quartiles, in pixels. */
function spreadOf(areas) {
  const sorted = [...areas].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const quartiles = [sorted.slice(0, half), sorted, sorted.slice(-half)].map(median);
  return { cells: areas.length, quartiles };
}

/** A published ensemble, or the networks of it that are named, as a model folder, imported once. */
async function imported(name, files, more = []) {
  const all = readdirSync(data("networks", name)).sort();
  const chosen = (files ?? all).map((file) => all.indexOf(file) + 1).join("-");
  const model = join(work, "published", [name, chosen, ...more].join("_"));
  if (existsSync(join(model, "bioimageio.yaml"))) return model;
  const source = join(work, "source", `${name}_${chosen}`);
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const file of files ?? all) cpSync(data("networks", name, file), join(source, file));
  await cellwright(["models", "import", source, "-o", model, ...more]);
  rmSync(source, { recursive: true });
  return model;
}
