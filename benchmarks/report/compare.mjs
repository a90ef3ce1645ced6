// Ours beside other programs, for docs/compare.md: what we measured, and marked as such what others published.
import { total } from "../judge.mjs";
import { meanOf, number, table } from "./table.mjs";

/** AP at IoU 0.5, 0.6, 0.7, 0.75, 0.8 and 0.9. */
const THRESHOLDS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.9];

/**
 * Others on the 50 test images of StarDist's split of the 2018 Data Science Bowl. `ran`: their published weights or a plain
 * method, run and scored by us, by hand: there is no recorded row. `told`: figures out of a text of theirs, not checked.
 */
const OTHERS = [
  ["StarDist (PyTorch port), pooled", "ran", 0.8542, 0.7859, 0.6822, 0.6029, 0.471, 0.1367],
  [
    "StarDist (PyTorch port), mean of images",
    "ran",
    0.8714,
    0.8065,
    0.7142,
    0.6414,
    0.5146,
    0.1952,
  ],
  ["UNet2DNucleiBroad and watershed, pooled", "ran", 0.599, 0.495, 0.363, 0.29, 0.22, 0.091],
  ["Otsu and distance watershed, pooled", "ran", 0.646, 0.54, 0.429, 0.373, 0.303, 0.118],
  [
    "StarDist (Keras), README of stardist_pytorch",
    "told",
    0.873,
    0.8203,
    0.6951,
    0.598,
    0.477,
    0.188,
  ],
  [
    "StarDist (PyTorch port), the same README",
    "told",
    0.8698,
    0.8078,
    0.7128,
    0.6336,
    0.51,
    0.1932,
  ],
];

const words = { ran: "run by us, other images", told: "**their own figure**" };

/** @param {any[]} rows of nuclei-size */
export function compareNuclei(rows) {
  const { model, images } = rows[rows.length - 1].key;
  const plain = rows.find(
    ({ key }) =>
      key.model === model && key.images === images && key.factor === 1 && key.way === "estimate",
  );
  const each = plain.fields.map((field) => total([field]).ap);
  const at = (/** @type {readonly number[]} */ ap) =>
    THRESHOLDS.map((iou) => number(ap[Math.round((iou - 0.5) / 0.05)]));
  const mean = each[0].map((_, i) => meanOf(each.map((ap) => ap[i])));
  const lines = [
    ["`nuclei`, pooled", `measured, ${images} held-back images`, ...at(total(plain.fields).ap)],
    ["`nuclei`, mean of images", "the same", ...at(mean)],
    ...OTHERS.map(([name, how, ...ap]) => [name, words[how], ...ap.map((value) => number(value))]),
  ];
  const header = ["", "how we know", ...THRESHOLDS.map((iou) => `AP@${iou}`)];
  return { sections: { "compare-nuclei": table([header, ...lines]) } };
}

/** @param {any[]} rows of against-stardist */
export function compareStardist(rows) {
  const lines = rows.map(({ key, ours, network, pixels, ratio }) => [
    `${key.images} images, ${(pixels / 1e6).toFixed(1)} megapixels, ${key.threads} threads`,
    median(ours).toFixed(1),
    median(network).toFixed(1),
    ratio.toFixed(2),
  ]);
  const header = ["", "`cellwright segment`, all of it, s", "StarDist's network alone, s", "ratio"];
  return { sections: { "compare-stardist": table([header, ...lines]) } };
}

/** @param {any[]} rows of segment */
export function compareSpeed(rows) {
  const lines = rows.map(
    ({ engine, tile, threads, pixels, megapixelsPerSecond, peakMegabytes }) => [
      `${engine}, ${threads === 1 ? "1 thread" : `${threads} threads`}, tile ${tile}`,
      (pixels / 2 ** 20).toFixed(pixels < 2 ** 20 ? 3 : 0),
      `${megapixelsPerSecond}`,
      `${peakMegabytes}`,
    ],
  );
  const header = ["engine", "image, Mi pixels", "million pixels a second", "peak memory, MB"];
  return { sections: { "compare-speed": table([header, ...lines]) } };
}

/** @param {any[]} rows of decoders */
export function compareDecoders(rows) {
  const { commit } = rows[rows.length - 1];
  const lines = rows
    .filter((row) => row.commit === commit)
    .map(({ case: name, density, cells, right, wall }) => [
      `${name}, cells ${density}`,
      `${cells}`,
      `${right}`,
      (wall / 1000).toFixed(2),
    ]);
  const header = ["maps of", "cells", "found as drawn", "s"];
  return { sections: { "compare-decoders": table([header, ...lines]) } };
}

function median(/** @type {readonly number[]} */ list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
