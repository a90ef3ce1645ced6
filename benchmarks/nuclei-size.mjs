#!/usr/bin/env node
// The nuclei model on the images that its training held back (its card names them), as they are and rescaled: are nuclei found
// whatever their size? A row an image size and way: with nothing said about size (the model estimates it), and with
// --no-rescale for comparison. Images and labels are rescaled here; each is scored at its own new size.
//
//   node benchmarks/nuclei-size.mjs [--model nuclei] [--factors 0.5,0.7,1,1.4,2,3] [--images 45] [--data ../shared/data]
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { resample, resampleLabels } from "@cellwright/core";
import { findModel, openModel } from "../packages/cli/dist/model-folder.js";
import { judge } from "./judge.mjs";
import { readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, openStudy, round } from "./study.mjs";

const study = openStudy("nuclei-size", {
  model: { type: "string", default: "nuclei" },
  factors: { type: "string", default: "0.5,0.7,1,1.4,2,3" },
  images: { type: "string" },
});
const { options, work } = study;
const { sha256 } = await openModel(options.model);
const all = await heldBack();
const names = options.images ? all.slice(0, Number(options.images)) : all;

for (const factor of options.factors.split(",").map(Number))
  for (const way of ["estimate", "no-rescale"]) {
    const key = { model: sha256.slice(0, 12), images: names.length, factor, way };
    await study.row(key, async () => {
      const folder = join(work, `x${factor}`);
      const truths = new Map();
      for (const name of names) truths.set(name, await writeScaled(folder, name, factor));
      const out = join(work, `x${factor}-${way}`);
      rmSync(out, { recursive: true, force: true });
      const more = way === "no-rescale" ? ["--no-rescale"] : [];
      await cellwright([
        "segment",
        folder,
        "-o",
        out,
        "--model",
        options.model,
        ...more,
        ...study.words("segment"),
      ]);
      const fields = [];
      for (const [name, truth] of truths) {
        const report = JSON.parse(readFileSync(join(out, `${name}.json`), "utf8"));
        const zoom = report.scale?.zoom ?? report.scale?.[0]?.zoom ?? 1;
        const found = await readLabelPicture(join(out, `${name}_masks.tif`));
        fields.push({ field: name, zoom: round(zoom), ...judge(truth, found) });
      }
      return { fields };
    });
  }

/** Writes an image made `factor` times as large, and returns its labels. */
async function writeScaled(folder, name, factor) {
  const at = (/** @type {string} */ what) =>
    join(options.data, "dsb2018/train", what, `${name}.tif`);
  const [image, labels] = [await readPicture(at("images")), await readLabelPicture(at("labels"))];
  const [height, width] = labels.shape.map((length) => Math.round(length * factor));
  const { spacing: _, ...bare } = image;
  const scaled = factor === 1 ? bare : whole(resample(bare, height, width), image.data);
  writePicture(join(folder, `${name}.tif`), scaled);
  return factor === 1 ? labels : resampleLabels(labels, height, width);
}

/** Numbers of the kind that the image had. */
function whole(image, like) {
  const data = like.constructor.from(image.data, (/** @type {number} */ value) =>
    Math.round(value),
  );
  return { ...image, data };
}

/** The names after "Held back:" on the model's card. */
async function heldBack() {
  const card = readFileSync(
    join(await findModel(options.model, process.cwd()), "README.md"),
    "utf8",
  );
  const list = /Held back[^:\n]*: ([^\n]+?)\.?\s*$/m.exec(card)?.[1];
  if (!list)
    throw new Error(`the card of ${options.model} must name the images held back, names none`);
  return list.split(", ");
}
