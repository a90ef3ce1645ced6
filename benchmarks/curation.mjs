#!/usr/bin/env node
// What it costs to correct a segmentation: from the cells that the nuclei model finds to the true ones, by the tools of the
// viewer, stroke by stroke, on images that its training held back (its card names them). A row a goal: an IoU from which a
// cell counts as right. Strokes are counted by tool; seconds are those of the script, not of a person.
//
// `--learn 10` asks what the first ten corrected images save: the model is fine-tuned on them, and the rest is curated from
// the cells of the model as it was and from those of the fine-tuned one.
//
//   node benchmarks/curation.mjs [--model nuclei] [--images 45] [--goals 0.5,0.75,0.9,1] [--learn 10] [--train="--time 10"]
//                                [--data ../shared/data]
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countMatches } from "@cellwright/core";
import { createServer } from "vite";
import { findModel, openModel } from "../packages/cli/dist/model-folder.js";
import { readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, openStudy, round, trainModel } from "./study.mjs";

const study = openStudy("curation", {
  model: { type: "string", default: "nuclei" },
  goals: { type: "string", default: "0.5,0.75,0.9,1" },
  images: { type: "string" },
  learn: { type: "string", default: "0" },
});
const { options, work } = study;
const { sha256 } = await openModel(options.model);
const all = await heldBack();
const chosen = options.images ? all.slice(0, Number(options.images)) : all;
const lessons = chosen.slice(0, Number(options.learn));
const names = chosen.slice(lessons.length);
const viewer = await openViewer();
const ways = lessons.length > 0 ? [0, lessons.length] : [0];

for (const learnt of ways) {
  let segmented;
  for (const goal of options.goals.split(",").map(Number)) {
    const key = { model: sha256.slice(0, 12), learnt, images: names.length, goal };
    if (learnt > 0) key.train = options.train;
    await study.row(key, async () => {
      segmented ??= segmentAll(learnt > 0 ? await learn() : options.model, learnt);
      const out = await segmented;
      const fields = [];
      for (const name of names) fields.push(await curateOne(out, name, goal));
      return { ...sumOf(fields), fields };
    });
  }
}
await viewer.close();

/** A model fine-tuned on the corrected images; answers its folder. */
async function learn() {
  const folder = join(work, `lessons-${lessons.length}`);
  for (const what of ["images", "labels"])
    for (const name of lessons) {
      mkdirSync(join(folder, what), { recursive: true });
      cpSync(pathOf(what, name), join(folder, what, `${name}.tif`));
    }
  const model = join(work, `learnt-${lessons.length}`);
  await trainModel(model, [folder, "--from", options.model, ...study.words("train")]);
  return model;
}

/** The found cells of all images; answers the folder. */
async function segmentAll(model, learnt) {
  const [folder, out] = [join(work, "images"), join(work, `found-${learnt}`)];
  for (const path of [folder, out]) rmSync(path, { recursive: true, force: true });
  for (const name of names)
    writePicture(join(folder, `${name}.tif`), await readPicture(pathOf("images", name)));
  await cellwright(["segment", folder, "-o", out, "--model", model, ...study.words("segment")]);
  return out;
}

async function curateOne(out, name, goal) {
  const found = await readLabelPicture(join(out, `${name}_masks.tif`));
  const truth = await readLabelPicture(pathOf("labels", name));
  const image = await readPicture(pathOf("images", name));
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

function pathOf(what, name) {
  return join(options.data, "dsb2018/train", what, `${name}.tif`);
}

/** The names after "Held back:" on the model's card. */
async function heldBack() {
  const folder = await findModel(options.model, process.cwd());
  const card = readFileSync(join(folder, "README.md"), "utf8");
  const list = /Held back[^:\n]*: ([^\n]+?)\.?\s*$/m.exec(card)?.[1];
  if (!list)
    throw new Error(`the card of ${options.model} must name the images held back, names none`);
  return list.split(", ");
}
