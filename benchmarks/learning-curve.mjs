#!/usr/bin/env node
// How good a network gets with 10, 30, 100 and 300 annotated cells: from scratch, and from a model that knows such cells from
// elsewhere. A row a number of cells, start and seed; crops with that many cells are cut from fields to learn from, and
// other fields are judged. Everything goes through `cellwright train` and `cellwright segment`, nothing is tuned on the
// judged fields: no image is held back, the last epoch counts.
//
//   node benchmarks/learning-curve.mjs [--only nuclei,bacteria] [--cells 10,30,100,300] [--seeds 3]
//        [--train="--epochs 20"] [--crop 512] [--data ../shared/data]
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countLabels, seeded, shuffled } from "@cellwright/core";
import { pathOf } from "./fields.mjs";
import { judge } from "./judge.mjs";
import {
  cut,
  middleOf,
  middlesOf,
  readLabelPicture,
  readPicture,
  windowOf,
  writePicture,
} from "./picture.mjs";
import { cellwright, openStudy, round, trainModel } from "./study.mjs";

const study = openStudy("learning-curve", {
  cells: { type: "string", default: "10,30,100,300" },
  seeds: { type: "string", default: "3" },
  crop: { type: "string", default: "0" },
});
const { options, work } = study;
const crop = Number(options.crop);

/**
 * What is learnt from and judged on. `base`: the model to start from: one we ship, or the words of a `train` that makes it of
 * other cells. No field is on two sides, nor any that shares its pixels (fields.mjs).
 */
const domains = {
  nuclei: {
    channel: "nuclear",
    preset: "nuclei",
    base: "nuclei",
    learn: ["nuclei/set1", "nuclei/set4", "nuclei/set7", "nuclei/set9"],
    test: ["nuclei/set2", "nuclei/set5", "nuclei/set6", "nuclei/set8"],
    minArea: 20,
  },
  bacteria: {
    channel: "phase",
    preset: "bacteria-phase",
    base: [join(options.data, "deepcell2016/train/ecoli"), "--preset", "bacteria-phase"],
    learn: ["ecoli-kc/set1"],
    test: ["ecoli-kc/set2"],
    minArea: 5,
  },
};

for (const [name, domain] of Object.entries(domains)) {
  if (!study.wants(name)) continue;
  await curveRow(name, domain, "untouched", 0, 1);
  for (const cells of options.cells.split(",").map(Number))
    for (let seed = 1; seed <= Number(options.seeds); seed++)
      for (const start of ["scratch", "fine-tuned"])
        await curveRow(name, domain, start, cells, seed);
}

async function curveRow(name, domain, start, cells, seed) {
  const train = study.words("train");
  const key = { domain: name, start, cells, seed };
  if (crop > 0) key.crop = crop;
  if (train.length > 0 && cells > 0) key.train = train.join(" ");
  await study.row(key, async () => {
    const base = start === "scratch" ? undefined : await baseOf(name, domain, train);
    const learnt =
      cells > 0 ? await learn(name, domain, base, cells, seed, train) : { model: base };
    const { model, ...about } = learnt;
    const fields = [];
    for (const field of domain.test) fields.push({ field, ...(await score(domain, field, model)) });
    return { ...about, fields };
  });
}

/** Trains on crops with so many cells. */
async function learn(name, domain, base, cells, seed, train) {
  const folder = join(work, "crops", `${name}-${cells}-${seed}`);
  const cropped = await writeCrops(folder, domain, cells, seed);
  const setting = [base ? "tuned" : "scratch", ...train].join("_").replaceAll(/[^\w.]+/g, "_");
  const model = join(work, "models", `${name}-${cells}-${seed}-${setting}`);
  const start = performance.now();
  const from = base ? ["--from", base] : [];
  const words = [folder, "--preset", domain.preset, "--held-back", "0", "--seed", `${seed}`];
  const command = await trainModel(model, [...words, ...from, ...train]);
  return {
    model,
    ...cropped,
    trainSeconds: round((performance.now() - start) / 1000),
    command: ["cellwright", ...command].join(" ").replaceAll(work, "WORK"),
  };
}

/** Windows of two fields or more, around a cell drawn by chance, so that together they have so many cells. */
async function writeCrops(folder, { channel, learn: fields }, cells, seed) {
  rmSync(folder, { recursive: true, force: true });
  const random = seeded(seed, cells);
  const order = shuffled(fields, random).slice(0, cells < 100 ? 2 : fields.length);
  // Training from scratch takes two images at least: a field that is alone is taken as its halves.
  const parts =
    order.length > 1
      ? order.map((field) => ({ field }))
      : [0, 1].map((half) => ({ field: order[0], half }));
  const counts = { crops: 0, cells: 0, pixels: 0 };
  for (const [i, { field, half }] of parts.entries()) {
    const at = (/** @type {string} */ what) => join(options.data, pathOf(field), `${what}.tif`);
    const [image, labels] = [
      await readPicture(at(channel)),
      await readLabelPicture(at("labels")),
    ].map((picture) => (half === undefined ? picture : halfOf(picture, half)));
    const middles = middlesOf(labels);
    const { y, x } = middles[Math.floor(random() * middles.length)];
    const wanted = Math.floor(cells / parts.length) + (i < cells % parts.length ? 1 : 0);
    const box = windowOf(labels, wanted, [y, x]);
    const truth = cut(labels, box);
    writePicture(join(folder, "images", `crop-${i + 1}.tif`), cut(image, box));
    writePicture(join(folder, "labels", `crop-${i + 1}.tif`), truth);
    counts.crops++;
    counts.cells += countLabels(truth);
    counts.pixels += box.height * box.width;
  }
  return counts;
}

/** The left (0) or right (1) half of an image. */
function halfOf(image, half) {
  const [height, columns] = image.shape;
  const width = Math.floor(columns / 2);
  return cut(image, { top: 0, left: half * width, height, width });
}

/** The model to start from, trained first where it is none of ours. */
async function baseOf(name, { base }, train) {
  if (typeof base === "string") return base;
  const model = join(
    work,
    "models",
    ["base", name, ...train].join("_").replaceAll(/[^\w.]+/g, "_"),
  );
  await trainModel(model, [...base, ...train]);
  return model;
}

/** What a model finds in a field, against its truth. */
async function score(domain, field, model) {
  const name = `${field.replace("/", "-")}${crop > 0 ? `-${crop}` : ""}`;
  const file = join(work, "fields", `${name}.tif`);
  const from = (/** @type {string} */ what) => join(options.data, pathOf(field), `${what}.tif`);
  const seen = (image) => (crop > 0 ? cut(image, middleOf(image.shape, crop)) : image);
  mkdirSync(join(work, "fields"), { recursive: true });
  if (crop > 0) writePicture(file, seen(await readPicture(from(domain.channel))));
  else if (!existsSync(file)) cpSync(from(domain.channel), file);
  const out = join(work, "found");
  await cellwright([
    "segment",
    file,
    "-o",
    out,
    "--model",
    model,
    "--overwrite",
    ...study.words("segment"),
  ]);
  const truth = seen(await readLabelPicture(from("labels")));
  return judge(truth, await readLabelPicture(join(out, `${name}_masks.tif`)), {
    minArea: domain.minArea,
  });
}
