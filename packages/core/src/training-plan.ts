/**
 * From a preset and a network to what a trainer is given: the step to run, how its batches are drawn, and how good the
 * network is so far.
 *
 * @module
 */
import type { SamplingOptions } from "./draw.js";
import type { Engine } from "./engine.js";
import { fieldOf } from "./field.js";
import { foldBatchNorm } from "./fold.js";
import { type TrainingStep, trainingStep } from "./gradient/training.js";
import type { Graph } from "./network.js";
import type { Preset } from "./preset.js";
import type { Sample } from "./sample.js";
import { averageMatches } from "./score/average-precision.js";
import type { Watch } from "./source.js";
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
