/**
 * The long part of training: epoch after epoch, each judged on the held-back images, reported and kept.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import {
  type Accuracy,
  accuracyOf,
  type Engine,
  fit,
  type Graph,
  type Lesson,
  type Preset,
  type Sample,
  samplingOf,
  secondsPerEpoch,
  startTrainer,
  stepOf,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { type Context, exit } from "./context.js";
import { writeWhole } from "./file-sink.js";
import { duration, type Progress, startProgress } from "./progress.js";
import {
  type Checkpoint,
  type EpochLog,
  isFinished,
  readState,
  writeCheckpoint,
} from "./train-checkpoint.js";
import { drawCurve } from "./train-curve.js";

/** A training of one network that is set up: what it learns from and is judged by, and with what. */
export interface Setup {
  readonly preset: Preset;
  readonly options: TrainOptions;
  readonly context: Context;
  /** Which of several it is, in words; empty where it is the only one. */
  readonly title: string;
  readonly folder: string;
  readonly seed: number;
  readonly engine: Engine;
  readonly network: Graph;
  /** Whether the network is another model's, so that it matters how good it was before. */
  readonly trained: boolean;
  readonly lessons: readonly Lesson[];
  readonly heldBack: readonly Sample[];
  readonly say: (event: object) => void;
}

/**
 * The number of epochs asked for; for a time, as many as fit, by the speed of a few steps. `count` networks are trained one
 * after the other and share the time.
 */
export async function epochsOf(setup: Setup, count: number): Promise<number> {
  const { preset, options, lessons, heldBack, context } = setup;
  const perEpoch = await secondsPerEpoch(setup, () => performance.now());
  const epochs = options.time
    ? Math.max(1, Math.floor((options.time * 60) / perEpoch / count))
    : (options.epochs ?? preset.epochs);
  const most = options.patience ? "at most " : "";
  const message = [
    `${lessons.length} images to learn from, ${heldBack.length} held back; `,
    `${most}${epochs} epochs of ${preset.steps} steps on ${options.threads ?? availableParallelism()} threads: `,
    `about ${duration(epochs * perEpoch)}`,
    count > 1 ? ` a network, ${duration(count * epochs * perEpoch)} for all ${count}` : "",
  ].join("");
  if (!options.quiet) context.stderr(`${message}\n`);
  setup.say({
    type: "start",
    images: lessons.length,
    heldBack: heldBack.length,
    epochs,
    ...(count > 1 && { networks: count }),
    seconds: count * epochs * perEpoch,
  });
  return epochs;
}

/** Learns epoch by epoch, from where `start` left; `undefined` where it was interrupted. */
export async function learn(setup: Setup, start: Checkpoint): Promise<Checkpoint | undefined> {
  const { folder, preset, options, context, title } = setup;
  if (isFinished(start)) {
    // A process that was ended after the last epoch may have left the curve of an earlier one.
    await writeCurve(setup, start);
    return start;
  }
  const done = start.log.length;
  const { epochs } = start.recipe;
  const state = done > 0 ? await readState(folder, start) : undefined;
  const trainer = await startTrainer(setup.engine, stepOf(preset, setup.network), state);
  const progress = startProgress(context, epochs, options.quiet, done);
  const prefix = title && `${title}: `;
  let checkpoint = start;
  let before = performance.now();
  try {
    if (done === 0 && setup.trained) {
      const found = await judge(setup, setup.network, progress, 0);
      if (found) {
        checkpoint = { ...checkpoint, before: found };
        progress.print(`${prefix}before learning: ${accuracyText(found)}`);
      }
    }
    const epochsOfFit = fit(setup.lessons, trainer, {
      ...samplingOf(preset, setup.network, setup.seed),
      epochs,
      steps: preset.steps,
      rate: preset.rate,
      ...(preset.schedule && { schedule: preset.schedule }),
      done,
      signal: context.signal,
      onProgress: (batch) => progress.show(batch / preset.steps, `${prefix}learning`),
    });
    for await (const { epoch, loss, rate } of epochsOfFit) {
      const network = trainer.network();
      const found = await judge(setup, network, progress, epoch);
      const seconds = (performance.now() - before) / 1000;
      before = performance.now();
      const log = [...checkpoint.log, { epoch, loss, rate, ...found, seconds }];
      checkpoint = { ...checkpoint, log, best: bestOf(log, checkpoint.best) };
      await writeCheckpoint(folder, checkpoint, trainer.state(), network);
      await writeCurve(setup, checkpoint);
      report(setup, progress, log, epochs);
      if (isFinished(checkpoint)) break;
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    progress.alert(
      checkpoint.log.length === 0
        ? `${prefix}interrupted before the first epoch ended: nothing of it is kept`
        : `${prefix}interrupted after epoch ${checkpoint.log.length} of ${epochs}: go on with --resume`,
    );
    context.exitCode = exit.interrupted;
    return undefined;
  } finally {
    progress.end();
    await trainer.dispose();
  }
  conclude(checkpoint, progress, prefix);
  return checkpoint;
}

/** Says what is unusual of a training that is over. */
function conclude(
  { recipe, log, best, before }: Checkpoint,
  progress: Progress,
  prefix: string,
): void {
  if (log.length < recipe.epochs)
    progress.print(
      `${prefix}stopped after epoch ${log.length}: none since epoch ${best} was better`,
    );
  if (before && before.ap >= (log[best - 1].ap ?? 1))
    progress.alert(
      `${prefix}no epoch was better on the held-back images than the model it started from (AP ${before.ap.toFixed(3)})`,
    );
}

/** Number of the best epoch, the earlier of equal ones; without held-back images that is the last. */
function bestOf(log: readonly EpochLog[], before: number): number {
  const last = log[log.length - 1];
  if (before === 0 || last.ap === undefined) return last.epoch;
  return last.ap > (log[before - 1].ap as number) ? last.epoch : before;
}

/** Accuracy of a network on the held-back images, where there are any. */
async function judge(
  setup: Setup,
  network: Graph,
  progress: Progress,
  epoch: number,
): Promise<Accuracy | undefined> {
  const { heldBack, preset, context, engine } = setup;
  if (heldBack.length === 0) return undefined;
  return accuracyOf(network, heldBack, preset, engine, {
    signal: context.signal,
    onProgress: (images) => progress.show(epoch, `judging image ${images}`),
  });
}

/** Draws the curve of what was learnt so far. */
async function writeCurve(setup: Setup, { recipe, log, best, before }: Checkpoint): Promise<void> {
  const title = ["Training", recipe.preset, setup.title].filter((word) => word !== "").join(", ");
  const { epochs } = recipe;
  const curve = drawCurve(log, { title, epochs, best, ...(before && { before }) });
  await writeWhole(join(setup.folder, "curve.svg"), curve);
}

function report(setup: Setup, progress: Progress, log: readonly EpochLog[], epochs: number): void {
  const entry = log[log.length - 1];
  const recent = log.slice(-5);
  const seconds = recent.reduce((sum, { seconds }) => sum + seconds, 0) / recent.length;
  const secondsLeft = (epochs - entry.epoch) * seconds;
  const { ap50, ap, epoch, loss } = entry;
  const parts = [
    `loss ${loss.toFixed(4)}`,
    ...(ap50 !== undefined && ap !== undefined ? [accuracyText({ ap50, ap })] : []),
    `${duration(secondsLeft)} left`,
  ];
  const prefix = setup.title && `${setup.title}: `;
  progress.print(`${prefix}epoch ${epoch}/${epochs}: ${parts.join(", ")}`);
  setup.say({
    type: "epoch",
    ...(setup.title && { network: setup.title }),
    ...entry,
    secondsLeft,
  });
}

function accuracyText({ ap50, ap }: Accuracy): string {
  return `held-back AP@0.5 ${ap50.toFixed(3)}, AP ${ap.toFixed(3)}`;
}
