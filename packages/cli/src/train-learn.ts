/**
 * The long part of training: epoch after epoch, each judged on the held-back images, reported and kept.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import {
  averageMatches,
  type Engine,
  fit,
  foldBatchNorm,
  type Graph,
  type Lesson,
  meanPrecision,
  type Sample,
  type SamplingOptions,
  startTrainer,
  type TrainingStep,
  trainingStep,
  validate,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { type Context, exit } from "./context.js";
import { duration, type Progress, startProgress } from "./progress.js";
import { type Checkpoint, type EpochLog, readState, writeCheckpoint } from "./train-checkpoint.js";
import type { Preset } from "./train-preset.js";

/** A training that is set up: what it learns from and is judged by, and with what. */
export interface Setup {
  readonly preset: Preset;
  readonly options: TrainOptions;
  readonly context: Context;
  readonly folder: string;
  readonly engine: Engine;
  readonly network: Graph;
  readonly lessons: readonly Lesson[];
  readonly heldBack: readonly Sample[];
  readonly say: (event: object) => void;
}

/** Judging an epoch takes about a tenth of learning it. */
const JUDGING = 1.1;

/** The number of epochs asked for; for a time, as many as fit, by the speed of a few steps. */
export async function epochsOf(setup: Setup): Promise<number> {
  const { preset, options, lessons, context } = setup;
  const perEpoch = (await secondsPerStep(setup)) * preset.steps * JUDGING;
  const epochs = options.time
    ? Math.max(1, Math.floor((options.time * 60) / perEpoch))
    : (options.epochs ?? preset.epochs);
  const message = `${lessons.length} images to learn from, ${setup.heldBack.length} held back; ${epochs} epochs of ${preset.steps} steps on ${options.threads ?? availableParallelism()} threads: about ${duration(epochs * perEpoch)}`;
  if (!options.quiet) context.stderr(`${message}\n`);
  setup.say({
    type: "start",
    images: lessons.length,
    heldBack: setup.heldBack.length,
    epochs,
    seconds: epochs * perEpoch,
  });
  return epochs;
}

/** Seconds of one step: the first two warm the engine up, the next four are timed. */
async function secondsPerStep(setup: Setup): Promise<number> {
  const trainer = await startTrainer(setup.engine, stepOf(setup));
  const trial = { ...samplingOf(setup), epochs: 1, rate: setup.preset.rate };
  const take = async (steps: number) => {
    for await (const _ of fit(setup.lessons, trainer, { ...trial, steps }));
    return performance.now();
  };
  const start = await take(2);
  const end = await take(4);
  await trainer.dispose();
  return (end - start) / 4000;
}

function samplingOf({ preset, options }: Setup): SamplingOptions {
  const { batch, crop, augmentation, contactWeight } = preset;
  return { batch, crop, augmentation, contactWeight, seed: options.seed };
}

function stepOf({ network, preset }: Setup): TrainingStep {
  return trainingStep(
    network,
    [preset.batch, preset.channels.length, preset.crop, preset.crop],
    preset.optimizer,
  );
}

/** Learns epoch by epoch; `undefined` where it was interrupted. */
export async function learn(setup: Setup, start: Checkpoint): Promise<Checkpoint | undefined> {
  const { folder, preset, options, context } = setup;
  const done = start.log.length;
  const { epochs } = start.recipe;
  const state = done > 0 ? await readState(folder, start) : undefined;
  const trainer = await startTrainer(setup.engine, stepOf(setup), state);
  const progress = startProgress(context, epochs, options.quiet, done);
  let checkpoint = start;
  let before = performance.now();
  try {
    const epochsOfFit = fit(setup.lessons, trainer, {
      ...samplingOf(setup),
      epochs,
      steps: preset.steps,
      rate: preset.rate,
      done,
      signal: context.signal,
      onProgress: (batch) => progress.show(batch / preset.steps, "learning"),
    });
    for await (const { epoch, loss, rate } of epochsOfFit) {
      const network = trainer.network();
      const found = await judge(setup, network, progress, epoch);
      const seconds = (performance.now() - before) / 1000;
      before = performance.now();
      const log = [...checkpoint.log, { epoch, loss, rate, ...found, seconds }];
      const best =
        checkpoint.best === 0 || found.ap > log[checkpoint.best - 1].ap ? epoch : checkpoint.best;
      checkpoint = { recipe: start.recipe, log, best };
      await writeCheckpoint(folder, checkpoint, trainer.state(), network);
      report(setup, progress, log, epochs);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    progress.alert(
      checkpoint.log.length === 0
        ? "interrupted before the first epoch ended: nothing is kept"
        : `interrupted after epoch ${checkpoint.log.length} of ${epochs}: go on with --resume`,
    );
    context.exitCode = exit.interrupted;
    return undefined;
  } finally {
    progress.end();
    await trainer.dispose();
  }
  return checkpoint;
}

/** One-to-one AP of a network on the held-back images. */
async function judge(
  setup: Setup,
  network: Graph,
  progress: Progress,
  epoch: number,
): Promise<Pick<EpochLog, "ap50" | "ap">> {
  const program = await setup.engine.load(foldBatchNorm(network));
  try {
    const counts = await validate(setup.heldBack, program, setup.preset.decoder, {
      signal: setup.context.signal,
      onProgress: (images) => progress.show(epoch, `judging image ${images}`),
    });
    return { ap50: averageMatches(counts)[0].averagePrecision, ap: meanPrecision(counts) };
  } finally {
    await program.dispose();
  }
}

function report(setup: Setup, progress: Progress, log: readonly EpochLog[], epochs: number): void {
  const entry = log[log.length - 1];
  const recent = log.slice(-5);
  const seconds = recent.reduce((sum, { seconds }) => sum + seconds, 0) / recent.length;
  const secondsLeft = (epochs - entry.epoch) * seconds;
  progress.print(
    `epoch ${entry.epoch}/${epochs}: loss ${entry.loss.toFixed(4)}, held-back AP@0.5 ${entry.ap50.toFixed(3)}, AP ${entry.ap.toFixed(3)}, ${duration(secondsLeft)} left`,
  );
  setup.say({ type: "epoch", ...entry, secondsLeft });
}
