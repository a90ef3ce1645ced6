/**
 * Learning: batch after batch through a trainer, an epoch at a time. In: lessons and a trainer. Out: a stream of epochs;
 * whoever reads it shows progress, judges the network, keeps checkpoints, or stops.
 *
 * @module
 */
import { drawBatch, type SamplingOptions } from "./draw.js";
import type { Trainer } from "./gradient/trainer.js";
import type { Lesson } from "./sample.js";
import type { Watch } from "./source.js";

/**
 * How the learning rate moves. `cosine`: up for a little while, then down along half a cosine to 0, see
 * {@link learningRate}. `decay`: the largest rate in the first epoch, times `factor` each epoch on, as the 2016 paper did
 * (0.95).
 */
export type Schedule =
  | { readonly kind: "cosine" }
  | { readonly kind: "decay"; readonly factor: number };

/** How long and how fast to learn. */
export interface FitOptions extends SamplingOptions {
  readonly epochs: number;
  /** Batches in an epoch. */
  readonly steps: number;
  /** The largest learning rate. */
  readonly rate: number;
  /** How the rate goes on from there; default `cosine`. */
  readonly schedule?: Schedule;
  /** Epochs already done, when training goes on; default 0. */
  readonly done?: number;
}

/** One epoch behind us. */
export interface Epoch {
  /** Its number, from 1. */
  readonly epoch: number;
  /** Mean loss over its batches. */
  readonly loss: number;
  /** Learning rate of its last batch. */
  readonly rate: number;
}

/** Batches over which the learning rate rises from 0. */
const WARM_UP = 100;

/**
 * The learning rate of batch `index` of `total`: rises evenly for the first 100 batches (or a tenth, where there are
 * fewer), then falls along half a cosine to 0 (Loshchilov & Hutter 2017).
 */
export function learningRate(index: number, total: number, largest: number): number {
  const warm = Math.min(WARM_UP, Math.ceil(total / 10));
  if (index < warm) return (largest * (index + 1)) / warm;
  return (largest * (1 + Math.cos((Math.PI * (index - warm)) / Math.max(1, total - warm)))) / 2;
}

/** The learning rate of batch `index` (from 0) of a training, by its schedule. */
export function scheduledRate(
  index: number,
  options: Pick<FitOptions, "epochs" | "steps" | "rate" | "schedule">,
): number {
  const { epochs, steps, rate, schedule = { kind: "cosine" } } = options;
  if (schedule.kind === "cosine") return learningRate(index, epochs * steps, rate);
  return rate * schedule.factor ** Math.floor(index / steps);
}

/**
 * Trains, and yields after each epoch. The same lessons, options and trainer state give the same weights, whether in
 * one go or continued with `done`. `onProgress` counts batches. Stop by leaving the loop or by the signal.
 */
export async function* fit(
  lessons: readonly Lesson[],
  trainer: Trainer,
  options: FitOptions & Watch,
): AsyncGenerator<Epoch> {
  const { epochs, steps, signal, onProgress } = options;
  const total = epochs * steps;
  for (let epoch = (options.done ?? 0) + 1; epoch <= epochs; epoch++) {
    let sum = 0;
    let rate = 0;
    const end = epoch * steps;
    let batch = drawBatch(lessons, end - steps, options);
    for (let index = end - steps; index < end; index++) {
      signal?.throwIfAborted();
      rate = scheduledRate(index, options);
      const step = trainer.step(batch, rate);
      // The engine has threads of its own: while they learn from one batch, the next is drawn.
      if (index + 1 < end) batch = drawBatch(lessons, index + 1, options);
      sum += await step;
      onProgress?.(index + 1, total);
    }
    yield { epoch, loss: sum / steps, rate };
  }
}
