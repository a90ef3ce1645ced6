#!/usr/bin/env node
// What it costs to correct a segmentation: from the cells that a model finds to the true ones, by the tools of the viewer,
// stroke by stroke. A row a goal: an IoU from which a cell counts as right. Strokes are counted by tool; seconds are those of
// the script, not of a person.
//
// `--set dsb2018`: the images that the training of `nuclei` held back (its card names them). `--set paper2016`: fields of
// nuclei of the 2016 paper, of which `nuclei` has seen none; there the model is also fine-tuned on the first fields, once they
// are corrected, and the other fields are curated from what it finds before and after that.
//
//   node benchmarks/curation.mjs [--set dsb2018] [--goals 0.5,0.75,0.9,1] [--model nuclei] [--train="--time 10"]
//                                [--data ../shared/data]
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countMatches } from "@cellwright/core";
import { createServer } from "vite";
import { findModel, openModel } from "../packages/cli/dist/model-folder.js";
import { pathOf } from "./fields.mjs";
import { readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, openStudy, round, trainModel } from "./study.mjs";

const study = openStudy("curation", {
  model: { type: "string", default: "nuclei" },
  goals: { type: "string", default: "0.5,0.75,0.9,1" },
  set: { type: "string", default: "dsb2018" },
});
const { options, work } = study;
const { sha256 } = await openModel(options.model);
const modelFolder = await findModel(options.model, process.cwd());
const { lessons, rest } = options.set === "paper2016" ? paperFields() : heldBack();
const viewer = await openViewer();

for (const learnt of lessons.length > 0 ? [0, lessons.length] : [0]) {
  let segmented;
  for (const goal of options.goals.split(",").map(Number)) {
    const key = { set: options.set, model: sha256.slice(0, 12), learnt, goal };
    if (learnt > 0) key.train = options.train;
    await study.row(key, async () => {
      segmented ??= segmentAll(learnt > 0 ? await learn() : options.model, learnt);
      const out = await segmented;
      const fields = [];
      for (const field of rest) fields.push(await curateOne(out, field, goal));
      return { ...sumOf(fields), fields };
    });
  }
}
await viewer.close();

/** A model fine-tuned on the corrected fields; answers its folder. */
async function learn() {
  const folder = join(work, `lessons-${options.set}`);
  for (const what of ["image", "labels"])
    for (const field of lessons) {
      const into = join(folder, `${what.replace(/s$/, "")}s`);
      mkdirSync(into, { recursive: true });
      cpSync(field[what], join(into, `${field.name}.tif`));
    }
  const model = join(work, `learnt-${options.set}`);
  await trainModel(model, [folder, "--from", options.model, ...study.words("train")]);
  return model;
}

/** The found cells of all fields; answers the folder. */
async function segmentAll(model, learnt) {
  const folder = join(work, `images-${options.set}`);
  const out = join(work, `found-${options.set}-${learnt}`);
  for (const path of [folder, out]) rmSync(path, { recursive: true, force: true });
  for (const { name, image } of rest)
    writePicture(join(folder, `${name}.tif`), await readPicture(image));
  await cellwright(["segment", folder, "-o", out, "--model", model, ...study.words("segment")]);
  return out;
}

async function curateOne(out, { name, image: path, labels }, goal) {
  const found = await readLabelPicture(join(out, `${name}_masks.tif`));
  const truth = await readLabelPicture(labels);
  const image = await readPicture(path);
  const { workspace, layer } = viewer.open(image, found);
  const start = performance.now();
  const { strokes, total, wrong } = await viewer.curate(workspace, layer, truth, {
    iou: goal,
    grow: true,
  });
  const seconds = (performance.now() - start) / 1000;
  const [{ truePositives, falseNegatives }] = countMatches(truth, found, [Math.min(goal, 0.999)]);
  return {
    field: name,
    cells: truePositives + falseNegatives,
    rightBefore: truePositives,
    strokes,
    total,
    wrong,
    seconds: round(seconds),
  };
}

function sumOf(fields) {
  const sum = (of) => fields.reduce((all, field) => all + of(field), 0);
  const kinds = Object.keys(fields[0].strokes);
  const strokes = Object.fromEntries(kinds.map((kind) => [kind, sum((one) => one.strokes[kind])]));
  const cells = sum(({ cells }) => cells);
  const total = sum(({ total }) => total);
  return {
    cells,
    rightBefore: sum(({ rightBefore }) => rightBefore),
    strokes,
    total,
    strokesPer100Cells: round((100 * total) / cells),
    wrong: sum(({ wrong }) => wrong),
    seconds: round(sum(({ seconds }) => seconds)),
  };
}

/** The viewer's tools, from their sources: they need no page. */
async function openViewer() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const server = await createServer({
    configFile: false,
    root,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  const load = (name) => server.ssrLoadModule(`/packages/viewer/src/${name}`);
  const { blankWorkspace } = await load("edit/blank-workspace.ts");
  const { newLabelsLayer } = await load("edit/layers.ts");
  const { addImage } = await load("scene/commands.ts");
  const { curate } = await load("edit/curation.ts");
  return {
    curate,
    open: (image, found) => {
      const workspace = blankWorkspace();
      const reader = readerOf(image);
      workspace.images.set("image", { reader, name: "image" });
      workspace.scene.update((scene) =>
        addImage(scene, { source: "image", name: "image", reader }),
      );
      const [y, x] = found.shape;
      const size = { t: 1, z: 1, y, x };
      return {
        workspace,
        layer: newLabelsLayer(workspace, { name: "found", size, labels: [found] }),
      };
    },
    close: () => server.close(),
  };
}

/** An image in memory, as the viewer reads images. */
function readerOf({ data, shape }) {
  const [height, width] = shape.slice(-2);
  const level = { height, width, scale: { y: 1, x: 1 }, tile: { height, width } };
  return {
    axes: "yx",
    shape: [height, width],
    type: "float32",
    levels: [level],
    readRegion: async ({ box }) => {
      const part = new Float32Array(box.height * box.width);
      for (let y = 0; y < box.height; y++) {
        const from = (box.y + y) * width + box.x;
        part.set(data.subarray(from, from + box.width), y * box.width);
      }
      return { data: part, shape: [box.height, box.width], axes: "yx" };
    },
  };
}

/** The images named after "Held back:" on the model's card. */
function heldBack() {
  const card = readFileSync(join(modelFolder, "README.md"), "utf8");
  const list = /Held back[^:\n]*: ([^\n]+?)\.?\s*$/m.exec(card)?.[1];
  if (!list)
    throw new Error(`the card of ${options.model} must name the images held back, names none`);
  const at = (what, name) => join(options.data, "dsb2018/train", what, `${name}.tif`);
  const rest = list
    .split(", ")
    .map((name) => ({ name, image: at("images", name), labels: at("labels", name) }));
  return { lessons: [], rest };
}

/** Nuclei of the 2016 paper, in the parts of the learning curve: no field is in both. */
function paperFields() {
  const field = (number) => {
    const folder = join(options.data, pathOf(`nuclei/set${number}`));
    const [image, labels] = [join(folder, "nuclear.tif"), join(folder, "labels.tif")];
    return { name: `set${number}`, image, labels };
  };
  return { lessons: [1, 4, 7, 9].map(field), rest: [2, 5, 6, 8].map(field) };
}
