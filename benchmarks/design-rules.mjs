#!/usr/bin/env node
// The 2016 paper's design rules as a small study: one network of the paper, one thing changed at a time, learnt from one
// field and judged on another of the same kind. A row a change and seed; a night on two cores.
//
//   node benchmarks/design-rules.mjs [--only bacteria,nuclei] [--rules base,normalization,…] [--seeds 3]
//        [--epochs 25] [--steps 20] [--data ../shared/data]
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  ADAM,
  countLabels,
  countMultiplyAdds,
  decode,
  ensemble,
  featureNet,
  fieldOf,
  floats,
  foldBatchNorm,
  makeLesson,
  makeTarget,
  normalize,
  PAPER_AUGMENTATION,
  PAPER_SGD,
  predict,
  readOnnx,
  seeded,
  startTrainer,
  fit as teach,
  toDense,
  trainingStep,
  withWeights,
  writeOnnx,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { pathOf } from "./fields.mjs";
import { judge, total } from "./judge.mjs";
import { cut, middleOf, middlesOf, readLabelPicture, readPicture, windowOf } from "./picture.mjs";
import { median, openStudy, round } from "./study.mjs";

const study = openStudy("design-rules", {
  rules: { type: "string" },
  seeds: { type: "string", default: "3" },
  epochs: { type: "string", default: "25" },
  steps: { type: "string" },
});
const { options, work } = study;
const seeds = Number(options.seeds);
const epochs = Number(options.epochs);
const rules = options.rules?.split(",");
const engine = onnxEngine();

/** Left out along the borders of test fields: what the widest network here cannot judge, the same for all. */
const MARGIN = 30;

/** What is learnt from and judged on; `patch` is the paper's network for such cells, `look` bounds what is judged. */
const domains = {
  bacteria: {
    channel: "phase",
    learn: "ecoli/set1",
    test: "ecoli/set2",
    patch: 31,
    steps: 20,
    look: 512,
    minArea: 5,
  },
  nuclei: {
    channel: "nuclear",
    learn: "nuclei/set4",
    test: "nuclei/set7",
    patch: 61,
    steps: 10,
    look: 512,
    minArea: 20,
  },
};

/**
 * One training. `cells`: learnt from a window with so many. The paper trained with SGD where there was batch
 * normalisation, and with RMSprop at a tenth of the rate where there was none; Adam takes RMSprop's place.
 */
const base = {
  normalization: "deepcell2016",
  multires: false,
  batchNorm: true,
  balance: "classes",
  optimizer: "sgd",
};

/** What is changed, by rule: the name of the value and the settings that differ from the base. */
function changesFor({ patch }) {
  const patches = [21, 31, 61].filter((other) => other !== patch);
  return {
    base: [["", {}]],
    normalization: ["percentile", "zero-mean-unit-variance", "none"].map((kind) => [
      kind,
      { normalization: kind },
    ]),
    "receptive field": patches.map((other) => [`${other}`, { patch: other }]),
    "class balance": [["off", { balance: "none" }]],
    optimizer: [["Adam", { optimizer: "adam" }]],
    "batch norm": [["off, Adam", { batchNorm: false, optimizer: "adam" }]],
    // At 61 pixels it has 16 million weights: not for two cores.
    "multi-resolution": patch === 31 ? [["on", { multires: true }]] : [],
    "training cells": [10, 30, 100].map((cells) => [`${cells}`, { cells }]),
  };
}

for (const [name, domain] of Object.entries(domains)) {
  if (!study.wants(name)) continue;
  const fields = once(() => readFields(domain));
  for (const [rule, changes] of Object.entries(changesFor(domain)))
    for (const [value, change] of changes)
      for (let seed = 1; seed <= (rule === "base" ? Math.max(seeds, 5) : seeds); seed++)
        if (!rules || rules.includes(rule))
          await trained(name, domain, fields, rule, value, change, seed);
  if (!rules || rules.includes("ensemble"))
    for (const count of [2, 5]) await together(name, domain, fields, count);
  if (!rules || rules.includes("dilation")) await forms(name, domain, fields);
}

function stepsOf(domain) {
  return Number(options.steps ?? domain.steps);
}

/** A row of one training. */
async function trained(name, domain, fields, rule, value, change, seed) {
  const steps = stepsOf(domain);
  const key = { domain: name, rule, value, seed, epochs, steps };
  await study.row(key, async () => {
    const setting = { patch: domain.patch, ...base, ...change };
    const { learn, test } = await fields();
    const start = performance.now();
    const { network, cells } = await learnFrom(learn, setting, seed, steps);
    const seconds = round((performance.now() - start) / 1000);
    if (rule === "base") writeFileSync(keptAt(name, seed, steps), writeOnnx(network));
    const found = await score(domain, [network], setting, learn, test);
    const size = 256 + setting.patch - 1;
    const cost = countMultiplyAdds(network, { image: [1, 1, size, size] }) / 256 ** 2;
    return { setting, cells, trainSeconds: seconds, multiplyAddsPerPixel: round(cost), ...found };
  });
}

/** A row of several base networks, their maps averaged. */
async function together(name, domain, fields, count) {
  const steps = stepsOf(domain);
  await study.row(
    { domain: name, rule: "ensemble", value: `${count}`, epochs, steps },
    async () => {
      const { learn, test } = await fields();
      const networks = keptNetworks(name, count, steps);
      return score(domain, networks, { patch: domain.patch, ...base }, learn, test);
    },
  );
}

/**
 * A row of the two forms of one network: a patch for each pixel, and the whole image at once with dilations. Same numbers;
 * seconds a megapixel of each, the median of five takes in turns.
 */
async function forms(name, domain, fields) {
  const steps = stepsOf(domain);
  await study.row({ domain: name, rule: "dilation", value: "on, off", epochs, steps }, async () => {
    const [trainedDense] = keptNetworks(name, 1, steps);
    const { patch } = domain;
    const dense = foldBatchNorm(trainedDense);
    const patches = foldBatchNorm(
      withWeights(featureNet({ inputs: 1, outputs: 3, patch }, seeded(1)), trainedDense.weights),
    );
    const tensor = normalize((await fields()).test.image, { kind: "deepcell2016", window: patch });
    const [side, wide] = [16, 192];
    const square = (/** @type {number} */ size) =>
      cut(tensor, middleOf(tensor.shape, size + patch - 1));
    const small = square(side);
    const cuts = new Float32Array(side * side * patch * patch);
    for (let i = 0; i < side * side; i++) {
      const box = { top: Math.floor(i / side), left: i % side, height: patch, width: patch };
      cuts.set(cut(small, box).data, i * patch * patch);
    }
    const [one, all] = [await engine.load(patches), await engine.load(dense)];
    const asInput = ({ data, shape }) => ({ image: floats(data, [1, ...shape]) });
    const byPatch = (await one.run({ image: floats(cuts, [side * side, 1, patch, patch]) })).maps
      .data;
    const atOnce = (await all.run(asInput(small))).maps.data;
    let difference = 0;
    for (let i = 0; i < side * side; i++)
      for (let k = 0; k < 3; k++)
        difference = Math.max(
          difference,
          Math.abs(byPatch[i * 3 + k] - atOnce[k * side * side + i]),
        );
    const large = square(wide);
    const pixels = large.shape[1] - patch + 1;
    const seconds = { patch: /** @type {number[]} */ ([]), dense: /** @type {number[]} */ ([]) };
    for (let round = 0; round < 5; round++) {
      seconds.patch.push(
        (await timed(() => one.run({ image: floats(cuts, [side * side, 1, patch, patch]) }))) /
          side ** 2,
      );
      const area = pixels * (large.shape[2] - patch + 1);
      seconds.dense.push((await timed(() => all.run(asInput(large)))) / area);
    }
    await Promise.all([one.dispose(), all.dispose()]);
    const wideShape = [1, 1, 1024 + patch - 1, 1024 + patch - 1];
    return {
      difference,
      secondsPerMegapixel: {
        patch: round(median(seconds.patch) * 1e6),
        dense: round(median(seconds.dense) * 1e6),
      },
      multiplyAddsPerPixel: {
        patch: round(countMultiplyAdds(patches, { image: [1, 1, patch, patch] })),
        dense: round(countMultiplyAdds(dense, { image: wideShape }) / 1024 ** 2),
      },
    };
  });
}

async function timed(take) {
  const start = performance.now();
  await take();
  return (performance.now() - start) / 1000;
}

/** Trains a network of the paper as the paper did, on whole crops instead of patches. */
async function learnFrom({ image, labels }, setting, seed, steps) {
  const { patch, multires, batchNorm, balance, optimizer, cells } = setting;
  const tensor = normalize(image, recipeOf(setting));
  const whole = { top: 0, left: 0, height: labels.shape[0], width: labels.shape[1] };
  const box = cells === undefined ? whole : windowOf(labels, cells, placeIn(labels, seed));
  const sample = { name: "field", tensor: cut(tensor, box), labels: cut(labels, box) };
  const network = toDense(
    featureNet({ inputs: 1, outputs: 3, patch, multires, batchNorm }, seeded(seed, 7)),
  );
  const { crop: lost } = fieldOf(network);
  const [batch, crop] = [1, 64];
  const seen = crop + lost.before + lost.after;
  const step = trainingStep(
    network,
    [batch, 1, seen, seen],
    optimizer === "sgd" ? PAPER_SGD : ADAM,
  );
  const trainer = await startTrainer(engine, step);
  const epochsOfFit = teach([makeLesson(sample, { kind: "classes" })], trainer, {
    batch,
    crop,
    margin: lost.before,
    seed,
    augmentation: PAPER_AUGMENTATION,
    balance,
    epochs,
    steps,
    rate: optimizer === "sgd" ? 0.01 : 0.001,
    schedule: { kind: "decay", factor: 0.95 },
    onProgress: (done, all) => process.stderr.write(`\r  step ${done} of ${all}`),
  });
  for await (const { epoch, loss } of epochsOfFit)
    process.stderr.write(`\r  epoch ${epoch}: ${loss.toFixed(3)}       `);
  process.stderr.write("\n");
  const result = trainer.network();
  await trainer.dispose();
  return { network: result, cells: countLabels(sample.labels) };
}

/**
 * Judges the mean of some networks on the test field. Where cells begin (a threshold of the interior map) is chosen on the
 * field that was learnt from.
 */
async function score(domain, networks, setting, learn, test) {
  const program = await engine.load(
    foldBatchNorm(networks.length > 1 ? ensemble(networks) : networks[0]),
  );
  const mapsOf = async ({ image }) =>
    predict(normalize(image, recipeOf(setting)), program, { tile: 256 });
  const at = (maps, threshold) =>
    decode(maps, {
      kind: "bacteria",
      threshold,
      minArea: domain.minArea,
      minEccentricity: 0,
      border: 0,
      clearBorder: false,
    });
  const look = { margin: MARGIN, minArea: domain.minArea };
  const seen = { image: learn.image, labels: learn.labels };
  const learnt = await mapsOf(seen);
  const candidates = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((threshold) => {
    const { f1 } = total([judge(seen.labels, at(learnt, threshold), look)]);
    return { threshold, mean: f1.reduce((a, b) => a + b, 0) };
  });
  const { threshold } = candidates.reduce((best, one) => (one.mean > best.mean ? one : best));
  const maps = await mapsOf(test);
  await program.dispose();
  return {
    threshold,
    pixelAccuracy: round(balancedAccuracy(maps, test.labels)),
    ...judge(test.labels, at(maps, threshold), look),
  };
}

/** The share of pixels judged right, the mean over edge, interior and background. */
function balancedAccuracy(maps, labels) {
  const target = makeTarget(labels, "classes");
  const [height, width] = labels.shape;
  const plane = height * width;
  const [right, count] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let y = MARGIN; y < height - MARGIN; y++)
    for (let x = MARGIN; x < width - MARGIN; x++) {
      const i = y * width + x;
      const of = (/** @type {ArrayLike<number>} */ data) => {
        const values = [0, 1, 2].map((k) => data[k * plane + i]);
        return values.indexOf(Math.max(...values));
      };
      const truth = of(target.data);
      count[truth]++;
      if (of(maps.data) === truth) right[truth]++;
    }
  return right.reduce((sum, hits, k) => sum + hits / count[k], 0) / 3;
}

function recipeOf({ normalization, patch }) {
  if (normalization === "deepcell2016") return { kind: normalization, window: patch };
  return normalization === "percentile"
    ? { kind: normalization, low: 1, high: 99.8 }
    : { kind: normalization };
}

/** The middle of a cell drawn by chance. */
function placeIn(labels, seed) {
  const middles = middlesOf(labels);
  const { y, x } = middles[Math.floor(seeded(seed, 11)() * middles.length)];
  return /** @type {const} */ ([y, x]);
}

async function readFields({ channel, learn, test, look }) {
  const read = async (/** @type {string} */ field) => {
    const at = (/** @type {string} */ name) => join(options.data, pathOf(field), `${name}.tif`);
    const [image, labels] = [await readPicture(at(channel)), await readLabelPicture(at("labels"))];
    const box = middleOf(labels.shape, look);
    return { image: cut(image, box), labels: cut(labels, box) };
  };
  return { learn: await read(learn), test: await read(test) };
}

function keptAt(name, seed, steps) {
  return join(work, `${name}-${epochs}x${steps}-${seed}.onnx`);
}

/** The base networks of the first seeds, as their rows left them. */
function keptNetworks(name, count, steps) {
  return Array.from({ length: count }, (_, i) => {
    const path = keptAt(name, i + 1, steps);
    if (!existsSync(path)) throw new Error(`${path} is missing: run --rules base --again first`);
    return readOnnx(new Uint8Array(readFileSync(path)));
  });
}

function once(make) {
  let kept;
  return () => {
    kept ??= make();
    return kept;
  };
}
