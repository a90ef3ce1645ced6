#!/usr/bin/env node
// Types of cells in a co-culture of MCF10A and NIH-3T3, on a field that no training saw, whose nuclei carry markers: CFP in 3T3,
// far-red in MCF10A. A row a method: the model we ship and the ensemble published in 2016, asked about the same nuclei
// (those that the shipped nuclei model finds), and about the cells that each finds itself; ours also averaged over turns.
//
// The truth, settled on the markers alone before any prediction was looked at:
// - a marker's brightness of a nucleus is its mean over the nucleus, less the marker's median outside all nuclei, divided
//   by the 95th percentile over nuclei, so that both markers have one scale;
// - a nucleus is of the type whose marker is brighter;
// - it is clear where the brighter is at least 0.1 and at least 3 times the other (the other counting 0.02 or more).
//
//   node benchmarks/coculture.mjs [--model coculture-mcf10a-3t3] [--nuclei nuclei] [--only ours,turns,published]
//        [--crop 0] [--data ../shared/data]
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cellTypes, findCells, foldBatchNorm, stackChannels } from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { openModel } from "../packages/cli/dist/model-folder.js";
import { cut, middleOf, readLabelPicture, readPicture, writePicture } from "./picture.mjs";
import { cellwright, median, openStudy, segmentField } from "./study.mjs";

const study = openStudy("coculture", {
  model: { type: "string", default: "coculture-mcf10a-3t3" },
  nuclei: { type: "string", default: "nuclei" },
  crop: { type: "string", default: "0" },
});
const { options, work } = study;
const crop = Number(options.crop);

/** The least brightness of a clear nucleus's marker, how many times the other it is, and what dark counts as. */
const CLEAR = { brightness: 0.1, factor: 3, floor: 0.02 };

/** Pixels along the borders for which the published networks have no answer. */
const FRAME = 30;

/** The types in the order of the published networks, and the marker of each. A model's types are known by these words. */
const markers = { "3t3": "cfp_3t3", mcf10a: "farred_mcf10a" };

const folder = join(work, crop > 0 ? `crop-${crop}` : "whole");
const field = await readField();

if (study.wants("ours")) await methodRow("ours", options.model, [], async () => options.model);
if (study.wants("turns"))
  await methodRow("ours, averaged over turns", options.model, [], async () => options.model, true);
if (study.wants("published"))
  await methodRow(
    "published",
    "coculture ensemble of 2016",
    ["--seeds", join(work, "published/nuclear")],
    async () => {
      await imported("nuclear");
      return imported("coculture");
    },
  );

async function methodRow(method, name, more, prepare, averageTurns = false) {
  const key = { method, model: name, nuclei: options.nuclei, ...(crop > 0 && { crop }) };
  await study.row(key, async () => {
    const path = await prepare();
    const nuclei = framed(await labelsBy("nuclei", options.nuclei, ["nuclear"], []));
    const cells = await labelsBy(
      method,
      path,
      ["phase", "nuclear"],
      [...more, ...(averageTurns ? ["--average-turns"] : [])],
    );
    const { model } = await openModel(path);
    const maps = await mapsOf(model, nuclei, averageTurns);
    const names = { maps: model.maps, types: model.types };
    const brightness = scaled(nuclei);
    return {
      types: names.types,
      clear: CLEAR,
      nuclei: agreement(nuclei, nuclei, maps, names, brightness),
      cells: agreement(cells, nuclei, maps, names, brightness),
    };
  });
}

/** How many labels get the type that the markers of the nuclei in them say: of the clear ones, and of all. */
function agreement(labels, nuclei, maps, names, brightness) {
  const found = cellTypes(labels, maps, names);
  const truth = markersOf(labels, nuclei, brightness);
  const numbers = [...new Set(labels.data)].filter((label) => label !== 0).sort((a, b) => a - b);
  const count = () =>
    Object.fromEntries(Object.keys(markers).map((type) => [type, { right: 0, cells: 0 }]));
  const [clear, all] = [count(), count()];
  let without = 0;
  for (const [n, number] of numbers.entries()) {
    const values = truth.get(number);
    if (!values) without++;
    else {
      const type = values[0] >= values[1] ? "3t3" : "mcf10a";
      const right = typeName(String(found.type[n])) === type;
      for (const counts of isClear(values) ? [clear, all] : [all]) {
        counts[type].cells++;
        if (right) counts[type].right++;
      }
    }
  }
  return { labels: numbers.length, withoutNucleus: without, clear, all };
}

/** Our word for a type. */
function typeName(name) {
  return Object.keys(markers).find((type) => name.toLowerCase().includes(type));
}

function isClear(values) {
  const [low, high] = [...values].sort((a, b) => a - b);
  return high >= CLEAR.brightness && high >= CLEAR.factor * Math.max(low, CLEAR.floor);
}

/** The markers of each label, over the pixels that are in a nucleus too: `[3T3, MCF10A]`, scaled. */
function markersOf(labels, nuclei, brightness) {
  const sums = new Map();
  for (let i = 0; i < labels.data.length; i++) {
    if (labels.data[i] === 0 || nuclei.data[i] === 0) continue;
    const sum = sums.get(labels.data[i]) ?? [0, 0, 0];
    for (const [k, { data, background }] of brightness.entries()) sum[k] += data[i] - background;
    sum[2]++;
    sums.set(labels.data[i], sum);
  }
  const values = [...sums].map(([label, [a, b, area]]) => [
    label,
    [a, b].map((sum, k) => sum / area / brightness[k].scale),
  ]);
  return new Map(/** @type {[number, number[]][]} */ (values));
}

/** Labels without a frame: what the published networks cannot judge counts for nobody. @template T @param {T} labels */
function framed(labels) {
  const [height, width] = labels.shape;
  const inside = (/** @type {number} */ i, /** @type {number} */ length) =>
    i >= FRAME && i < length - FRAME;
  const data = labels.data.map((label, i) =>
    inside(Math.floor(i / width), height) && inside(i % width, width) ? label : 0,
  );
  return { ...labels, data };
}

/** Background and scale of each marker, by the nuclei. */
function scaled(nuclei) {
  const raw = Object.values(markers).map((name) => {
    const { data } = field[name];
    const background = median([...data].filter((_, i) => nuclei.data[i] === 0));
    return { data, background, scale: 1 };
  });
  const values = [...markersOf(nuclei, nuclei, raw).values()];
  return raw.map((marker, k) => {
    const sorted = values.map((value) => value[k]).sort((a, b) => a - b);
    return { ...marker, scale: sorted[Math.floor(0.95 * (sorted.length - 1))] };
  });
}

/** A model's maps of the field, at the field's size. */
async function mapsOf(model, seeds, averageTurns) {
  const image = stackChannels([field.phase, field.nuclear]);
  const program = await onnxEngine().load(foldBatchNorm(model.graph));
  const { maps } = await findCells(image, model, program, {
    keepMaps: true,
    tile: 256,
    seeds,
    averageTurns,
  });
  await program.dispose();
  return maps;
}

/** What `cellwright segment` finds in the field. */
async function labelsBy(name, model, channels, more) {
  const out = join(folder, `found-${name}`);
  const written = await segmentField(folder, "field", channels, { model, out, more });
  return readLabelPicture(`${written}_masks.tif`);
}

/** The channels and markers, cut where asked, also as files. */
async function readField() {
  const images = {};
  for (const name of ["phase", "nuclear", ...Object.values(markers)]) {
    const image = await readPicture(
      join(options.data, "deepcell2016/coculture/set1", `${name}.tif`),
    );
    images[name] = crop > 0 ? cut(image, middleOf(image.shape, crop)) : image;
    writePicture(join(folder, `field_${name}.tif`), images[name]);
  }
  return images;
}

/** A published ensemble as a model folder, imported once. */
async function imported(name) {
  const model = join(work, "published", name);
  const types = name === "coculture" ? ["--types", "nih3t3,mcf10a"] : [];
  const source = join(options.data, "deepcell2016/networks", name);
  if (!existsSync(join(model, "bioimageio.yaml")))
    await cellwright(["models", "import", source, "-o", model, ...types]);
  return model;
}
