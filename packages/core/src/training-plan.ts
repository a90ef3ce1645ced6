/**
 * From a preset and a network to what a trainer is given: the step to run, how its batches are drawn, and how good the
 * network is so far.
 *
 * @module
 */
import type { SamplingOptions } from "./draw.js";
import type { Engine } from "./engine.js";
import { fieldOf } from "./field.js";
import { fit } from "./fit.js";
import { foldBatchNorm } from "./fold.js";
import { startTrainer } from "./gradient/trainer.js";
import { type TrainingStep, trainingStep } from "./gradient/training.js";
import type { Graph } from "./network.js";
import type { Preset } from "./preset.js";
import type { Lesson, Sample } from "./sample.js";
import { averageMatches } from "./score/average-precision.js";
import type { Signal, Watch } from "./source.js";
import { meanPrecision } from "./tune.js";
import { validate } from "./validate.js";

/** How good a network is on images it has not learnt from: the mean over images of the one-to-one AP. */
export interface Accuracy {
  /** At IoU 0.5. */
  readonly ap50: number;
  /** Averaged over IoU 0.5 … 0.95. */
  readonly ap: number;
}

/** Pixels along each border that the network sees and says nothing of. */
export function marginOf(network: Graph): number {
  return fieldOf(network).crop.before;
}

/** How batches are drawn for a network, by a preset and a seed. */
export function samplingOf(preset: Preset, network: Graph, seed: number): SamplingOptions {
  const { batch, crop, augmentation, contactWeight, balance, crowding, mix } = preset;
  const margin = marginOf(network);
  return { batch, crop, margin, augmentation, contactWeight, balance, crowding, mix, seed };
}

/** The step that trains a network as a preset says. */
export function stepOf(preset: Preset, network: Graph): TrainingStep {
  const side = preset.crop + 2 * marginOf(network);
  return trainingStep(
    network,
    [preset.batch, preset.channels.length, side, side],
    preset.optimizer,
  );
}

/** A training as far as its speed depends on it. */
export interface Course {
  readonly engine: Engine;
  readonly lessons: readonly Lesson[];
  readonly preset: Preset;
  readonly network: Graph;
  readonly seed: number;
}

/** Judging an epoch takes about a tenth of learning it. */
const JUDGING = 1.1;

/**
 * Seconds that an epoch will take, judging included, by a few steps of it: the first two warm the engine up, the next
 * four are timed. `now` is a clock in milliseconds.
 */
export async function secondsPerEpoch(
  { engine, lessons, preset, network, seed }: Course,
  now: () => number,
  signal?: Signal,
): Promise<number> {
  const trainer = await startTrainer(engine, stepOf(preset, network));
  const trial = { ...samplingOf(preset, network, seed), epochs: 1, rate: preset.rate };
  const take = async (steps: number) => {
    for await (const _ of fit(lessons, trainer, { ...trial, steps, signal }));
    return now();
  };
  try {
    const start = await take(2);
    return (((await take(4)) - start) / 4000) * preset.steps * JUDGING;
  } finally {
    await trainer.dispose();
  }
}

/** Accuracy of a network in training, by the preset's decoder and size of cells. Progress counts samples; at least one. */
export async function accuracyOf(
  network: Graph,
  samples: readonly Sample[],
  { decoder, diameter }: Pick<Preset, "decoder" | "diameter">,
  engine: Engine,
  watch: Watch = {},
): Promise<Accuracy> {
  const program = await engine.load(foldBatchNorm(network));
  try {
    const counts = await validate(samples, program, decoder, {
      ...(diameter !== undefined && { diameter }),
      ...watch,
    });
    return { ap50: averageMatches(counts)[0].averagePrecision, ap: meanPrecision(counts) };
  } finally {
    await program.dispose();
  }
}
