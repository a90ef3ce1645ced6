import { expect, test } from "vitest";
import { unet } from "./architecture/unet.js";
import { NO_AUGMENTATION } from "./augment.js";
import { drawBatch } from "./draw.js";
import { ShapeError } from "./errors.js";
import { type FitOptions, fit, learningRate, scheduledRate } from "./fit.js";
import { ADAM } from "./gradient/optimizer.js";
import { startTrainer } from "./gradient/trainer.js";
import { trainingStep } from "./gradient/training.js";
import type { Values } from "./network.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";
import { makeLesson, type Sample } from "./sample.js";
import { validate } from "./validate.js";

/** A bright square on a dark ground, and its label. */
function square(at: number): Sample {
  const inside = (i: number) =>
    Math.floor(i / 16) >= at && Math.floor(i / 16) < at + 8 && i % 16 >= at && i % 16 < at + 8;
  const data = new Float32Array(256).map((_, i) => (inside(i) ? 1 : 0));
  return {
    name: `square ${at}`,
    tensor: { data, shape: [1, 16, 16], axes: "cyx" },
    labels: { data: Uint32Array.from(data), shape: [16, 16], axes: "yx" },
  };
}

const lessons = [square(2), square(6)].map((sample) => makeLesson(sample, { kind: "distance" }));
const options: FitOptions = {
  batch: 2,
  crop: 12,
  seed: 3,
  augmentation: NO_AUGMENTATION,
  epochs: 4,
  steps: 5,
  rate: 0.02,
};

async function learn(epochs: number, done = 0, kept?: Record<string, Values>) {
  const network = unet({ inputs: 1, outputs: 2, widths: [4, 6] }, seeded(1));
  const trainer = await startTrainer(
    referenceEngine,
    trainingStep(network, [2, 1, 12, 12], ADAM),
    kept,
  );
  const losses: number[] = [];
  for await (const { epoch, loss } of fit(lessons, trainer, { ...options, done })) {
    losses.push(loss);
    if (epoch === epochs) break;
  }
  return { losses, state: trainer.state(), network: trainer.network() };
}

test("learning stopped after any epoch goes on to the same weights", async () => {
  const whole = await learn(4);
  const half = await learn(2);
  const rest = await learn(4, 2, half.state);
  expect(rest.network.weights).toEqual(whole.network.weights);
  expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
});

test("what was learnt finds the square in an image not seen", async () => {
  const { network } = await learn(4);
  const program = await referenceEngine.load(network);
  const decoder = {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.1,
    minHeight: 0.1,
    smoothing: 1,
    minArea: 4,
  } as const;
  const [[at50]] = await validate([square(4)], program, decoder);
  expect(at50).toMatchObject({ truePositives: 1, falsePositives: 0, falseNegatives: 0 });
});

test("a signal stops between two batches", async () => {
  const network = unet({ inputs: 1, outputs: 2, widths: [2] }, seeded(1));
  const trainer = await startTrainer(referenceEngine, trainingStep(network, [2, 1, 12, 12], ADAM));
  const stop = new AbortController();
  const onProgress = (done: number) => done === 3 && stop.abort(new Error("enough"));
  const epochs = fit(lessons, trainer, { ...options, signal: stop.signal, onProgress });
  await expect(epochs.next()).rejects.toThrow("enough");
});

test("the learning rate rises, peaks and falls to nearly 0", () => {
  const rates = Array.from({ length: 1000 }, (_, i) => learningRate(i, 1000, 1));
  expect(rates.indexOf(Math.max(...rates))).toBe(99);
  expect(rates[0]).toBe(0.01);
  expect(rates[999]).toBeLessThan(1e-5);
  for (let i = 100; i < 1000; i++) expect(rates[i]).toBeLessThanOrEqual(rates[i - 1]);
});

test("a decaying rate is the largest in the first epoch and shrinks by its factor each epoch", () => {
  const plan = {
    epochs: 3,
    steps: 4,
    rate: 0.01,
    schedule: { kind: "decay", factor: 0.95 },
  } as const;
  const rates = Array.from({ length: 12 }, (_, i) => scheduledRate(i, plan));
  expect(rates.slice(0, 4)).toEqual([0.01, 0.01, 0.01, 0.01]);
  expect(rates[4]).toBeCloseTo(0.0095, 12);
  expect(rates[11]).toBeCloseTo(0.009025, 12);
  for (let i = 0; i < 12; i++)
    expect(scheduledRate(i, { epochs: 3, steps: 4, rate: 0.01 })).toBe(learningRate(i, 12, 0.01));
});

test("a batch depends on the seed and its number alone", () => {
  expect(drawBatch(lessons, 5, options)).toEqual(drawBatch(lessons, 5, options));
  expect(drawBatch(lessons, 5, options)).not.toEqual(drawBatch(lessons, 6, options));
});

test("pixels where cells touch count more, all others the same", () => {
  const { tensor } = square(2);
  const labels = {
    ...square(2).labels,
    data: Uint32Array.from({ length: 256 }, (_, i) => (i % 16 < 8 ? 1 : 2)),
  };
  const two = makeLesson({ name: "two", tensor, labels }, { kind: "distance" });
  const whole = { ...options, batch: 1, crop: 16, contactWeight: 3 };
  const row = [...drawBatch([two], 0, whole).weight.data.subarray(0, 16)];
  expect(row).toEqual([1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 1, 1, 1, 1, 1, 1]);
  const even = drawBatch([two], 0, { ...whole, contactWeight: 0 }).weight.data;
  expect(even.every((weight) => weight === 1)).toBe(true);
});

test("labels of another size than the image are refused by name", () => {
  const { labels } = square(2);
  const wrong = { ...square(2), labels: { ...labels, shape: [8, 32] } };
  expect(() => makeLesson(wrong, { kind: "distance" })).toThrow(ShapeError);
  expect(() => makeLesson(wrong, { kind: "distance" })).toThrow(/square 2/);
});
