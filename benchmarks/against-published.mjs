#!/usr/bin/env node
// Our networks against the ensembles that the 2016 paper published, field by field, each field judged by a network that
// has not seen it (the published ones have seen all but parity-hela). A row a field and method:
//   published  the ensemble, imported; cytoplasm seeded by the published nuclear ensemble
//   folds      trained here on the other folds
//   shipped    the model we ship, on fields that it has not learnt from
//   half       MCF10A, which has one field: trained on its left half too, judged on its right half (published: the same half)
// A model that lies in WORK/against-published/models already is used as it is, so that folds can be trained elsewhere.
//
//   node benchmarks/against-published.mjs --only hela,ecoli/set1 --methods published,folds [--crop 500]
//        [--train="--epochs 20 --from nuclei"] [--segment="--pixel-size 0.65"] [--data ../shared/data]
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countMultiplyAdds, fieldOf } from "@cellwright/core";
import { openModel } from "../packages/cli/dist/model-folder.js";
import { foldOf, kinds, networks, pathOf, unseenByShipped } from "./fields.mjs";
import { judge } from "./judge.mjs";
import { cut, middleOf, readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, openStudy, round, segmentField, trainModel } from "./study.mjs";

/** Columns between the halves of MCF10A: more than a network sees to one side. */
const GAP = 60;

const study = openStudy("against-published", {
  methods: { type: "string", default: "published,folds,shipped,half" },
  crop: { type: "string", default: "0" },
});
const { options, work } = study;
const methods = options.methods.split(",");
const crop = Number(options.crop);
const train = study.words("train");
const extra = study.words("segment");
const data = (...parts) => join(options.data, ...parts);

for (const [name, kind] of Object.entries(kinds)) {
  for (const field of kind.fields)
    for (const method of methods)
      if (study.wants(name) || study.wants(field)) await fieldRow(name, kind, field, method);
  if (name === "mcf10a" && study.wants(name) && methods.includes("half")) {
    await halfRow("half");
    await halfRow("published on the half");
  }
}

async function fieldRow(name, kind, field, method) {
  const { shipped } = networks[kind.network];
  const key = { kind: name, field, method, ...setting(method) };
  if (method === "published" && kind.published)
    await study.row(key, async () => byPublished(kind, await prepare(kind, field)));
  else if (method === "folds")
    await study.row(key, async () => {
      const fold = foldOf(kind.network, field);
      const model = modelAt(`${kind.network}-fold-${fold + 1}`);
      const command = await trainModel(model, foldWords(kind.network, fold));
      return byModel(kind, await prepare(kind, field), model, { command: said(command) });
    });
  else if (method === "shipped" && unseenByShipped[kind.network].includes(field))
    await study.row(key, async () => byModel(kind, await prepare(kind, field), shipped));
}

/** What of the options decides a row. */
function setting(method) {
  const ours = method !== "published";
  return {
    ...(crop > 0 && { crop }),
    ...(ours && train.length > 0 && method !== "shipped" && { train: train.join(" ") }),
    ...(ours && extra.length > 0 && { segment: extra.join(" ") }),
  };
}

/** Where a model is kept: one trained with other options has another name. */
function modelAt(name) {
  return join(work, "models", [name, ...train].join("_").replaceAll(/[^\w.-]+/g, "_"));
}

/** The words of `train` for the network that does not see a fold. */
function foldWords(network, fold) {
  const { preset, datasets, folds } = networks[network];
  // In one dataset a field has the name of its folder; in several the dataset's name stands before it.
  const names = folds[fold].map((field) => (datasets.length > 1 ? field : field.split("/")[1]));
  return [
    ...datasets.map((dataset) => data("deepcell2016/train", dataset)),
    ...["--preset", preset, "--leave-out", names.join(","), ...train],
  ];
}

/** MCF10A's right half: by a network that learnt from the left one and the other fields, or by the published ensemble. */
async function halfRow(method) {
  const kind = kinds.mcf10a;
  const key = { kind: "mcf10a", field: "mcf10a/set1, right half", method, ...setting(method) };
  const shape = [1080, 1280];
  const width = (shape[1] - GAP) / 2;
  const side = (left) => ({ top: 0, left, height: shape[0], width });
  await study.row(key, async () => {
    const test = await prepare(kind, "mcf10a/set1", side(shape[1] - width));
    if (method !== "half") return byPublished(kind, test);
    const folder = join(work, "half-data");
    rmSync(folder, { recursive: true, force: true });
    for (const dataset of ["3t3", "hela", "raw264"])
      cpSync(data("deepcell2016/train", dataset), join(folder, dataset), { recursive: true });
    for (const file of ["phase", "nuclear", "labels"]) {
      const image = await readPicture(data("deepcell2016/train/mcf10a/set1", `${file}.tif`));
      writePicture(join(folder, "mcf10a/left", `${file}.tif`), cut(image, side(0)));
    }
    const leftOut = networks.cytoplasm.folds[foldOf("cytoplasm", "mcf10a/set1")];
    const names = leftOut.filter((field) => !field.startsWith("mcf10a"));
    const words = [folder, "--preset", "cytoplasm-phase", "--leave-out", names.join(","), ...train];
    const model = modelAt("cytoplasm-half");
    const command = await trainModel(model, words);
    return byModel(kind, test, model, { command: said(command) });
  });
}

/** The channels of a field, cut where asked, as files in a folder of their own; and its truth. */
async function prepare(kind, field, box) {
  const { channels } = networks[kind.network];
  const name = `${field.replace("/", "-")}${box ? "-half" : ""}${crop > 0 ? `-${crop}` : ""}`;
  const folder = join(work, "fields", kind.network, name);
  mkdirSync(folder, { recursive: true });
  const area = (image) => (box ? cut(image, box) : image);
  const seen = (image) => (crop > 0 ? cut(image, middleOf(image.shape, crop)) : image);
  for (const channel of channels) {
    const from = data(pathOf(field), `${channel}.tif`);
    const to = join(folder, `${name}_${channel}.tif`);
    if (!box && crop === 0) cpSync(from, to);
    else writePicture(to, seen(area(await readPicture(from))));
  }
  const truth = seen(area(await readLabelPicture(data(pathOf(field), "labels.tif"))));
  return { name, folder, channels, truth };
}

async function byModel(kind, test, model, more = {}) {
  const { labels, report } = await segmentTest(test, model, extra);
  const { model: opened } = await openModel(model);
  const zoom = report.scale?.zoom ?? report.scale?.[0]?.zoom ?? 1;
  return {
    ...judge(test.truth, labels, kind),
    multiplyAddsPerPixel: round(multiplyAddsPerPixel(opened) * zoom ** 2),
    zoom: round(zoom),
    seconds: report.seconds,
    ...more,
  };
}

async function byPublished(kind, test) {
  const model = await published(kind.published);
  const seeded = kind.network === "cytoplasm";
  const nuclear = seeded ? await published("nuclear") : undefined;
  const { labels, report } = await segmentTest(test, model, nuclear ? ["--seeds", nuclear] : []);
  const nuclei = nuclear && (await publishedNuclei(test, nuclear));
  let cost = multiplyAddsPerPixel((await openModel(model)).model);
  if (nuclear) cost += multiplyAddsPerPixel((await openModel(nuclear)).model);
  return {
    ...judge(test.truth, labels, { ...kind, nuclei }),
    multiplyAddsPerPixel: round(cost),
    zoom: 1,
    seconds: report.seconds,
  };
}

/** An ensemble of the paper as a model folder, imported once. */
async function published(name) {
  const folder = join(work, "published", name);
  if (!existsSync(join(folder, "bioimageio.yaml")))
    await cellwright(["models", "import", data("deepcell2016/networks", name), "-o", folder]);
  return folder;
}

/** The published nuclei of a field, kept by the channel's pixels: several fields share one. */
async function publishedNuclei({ folder, name }, model) {
  const file = join(folder, `${name}_nuclear.tif`);
  const { data: pixels } = await readPicture(file);
  const hash = createHash("sha256").update(Buffer.from(pixels.buffer)).digest("hex").slice(0, 16);
  const kept = join(work, "published-nuclei", `${hash}.tif`);
  if (!existsSync(kept)) {
    const out = join(folder, "nuclei");
    await cellwright(["segment", file, "-o", out, "--model", model, "--overwrite"]);
    writePicture(kept, await readPicture(join(out, `${name}_nuclear_masks.tif`)));
  }
  return readLabelPicture(kept);
}

/** What `segment` finds in a test field, and its report. */
async function segmentTest({ name, folder, channels }, model, more) {
  const out = join(folder, "found");
  const written = await segmentField(folder, name, channels, { model, out, more });
  return {
    labels: await readLabelPicture(`${written}_masks.tif`),
    report: JSON.parse(readFileSync(`${written}.json`, "utf8")),
  };
}

/** Multiplications with addition a pixel of a large image, at the network's own scale. */
function multiplyAddsPerPixel({ graph }) {
  const { crop: lost, stride } = fieldOf(graph);
  const size = Math.ceil(1024 / stride) * stride + lost.before + lost.after;
  const [input] = graph.inputs;
  const shape = [1, Number(input.shape[1]), size, size];
  return countMultiplyAdds(graph, { [input.name]: shape }) / (size - lost.before - lost.after) ** 2;
}

/** A command as a user would type it, paths without this machine's folders. */
function said(words) {
  return ["cellwright", ...words]
    .join(" ")
    .replaceAll(options.data, "DATA")
    .replaceAll(work, "WORK");
}
