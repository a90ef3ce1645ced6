/**
 * Training from the command line: read the images, hold some back, learn, judge after each epoch, keep checkpoints, and
 * write the best network as a model.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import {
  averageMatches,
  type Engine,
  fit,
  foldBatchNorm,
  type Graph,
  type Lesson,
  makeLesson,
  meanPrecision,
  type Sample,
  seeded,
  startTrainer,
  trainingStep,
  tuneDecoder,
  unet,
  validate,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { type Context, exit, UsageError } from "./context.js";
import { openModel } from "./model-folder.js";
import { duration, type Progress, startProgress } from "./progress.js";
import {
  type Checkpoint,
  type EpochLog,
  type Recipe,
  readBest,
  readCheckpoint,
  readState,
  trainingFolder,
  writeCheckpoint,
} from "./train-checkpoint.js";
import { findPairs, holdBack, type Pair, readSample } from "./train-dataset.js";
import { writeTrained } from "./train-model.js";
import type { Preset } from "./train-preset.js";

/** A training that is set up: what it learns from and is judged by, and with what. */
interface Setup {
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

/** Runs the `train` command. */
export async function train(
  dataset: string,
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<void> {
  const model = resolve(context.cwd, options.output);
  const folder = trainingFolder(model);
  const kept = await startFolder(folder, options);
  const pairs = await findPairs(dataset, context.cwd);
  const split = holdBack(pairs, options.heldBack, options.seed);
  const samples = await readSamples(split, preset, options, context);
  const engine = await context.openEngine(options);
  const setup: Setup = {
    preset,
    options,
    context,
    folder,
    engine,
    network: await startNetwork(preset, options, context),
    lessons: samples.training.map((sample) => makeLesson(sample, preset.target)),
    heldBack: samples.heldBack,
    say: (event) => options.json && context.stdout(`${JSON.stringify(event)}\n`),
  };
  const recipe: Recipe = {
    preset: options.preset,
    ...(options.from && { from: options.from }),
    epochs: kept && options.time ? kept.recipe.epochs : await epochsOf(setup),
    seed: options.seed,
    heldBack: split.heldBack.map(({ name }) => name),
    training: split.training.map(({ name }) => name),
  };
  if (kept && JSON.stringify(kept.recipe) !== JSON.stringify(recipe))
    throw new UsageError(
      `${folder} belongs to a training with other images or options: give the same, or --overwrite`,
    );
  const checkpoint = await learn(setup, kept ?? { recipe, log: [], best: 0 });
  if (!checkpoint) return;
  await finish(setup, checkpoint, model);
}

/** Tunes the decoder of the best network, scores it and writes it as a model. */
async function finish(setup: Setup, checkpoint: Checkpoint, model: string): Promise<void> {
  const { engine, heldBack, preset, options, context } = setup;
  const { recipe, best } = checkpoint;
  const network = await readBest(setup.folder, checkpoint);
  const program = await engine.load(network);
  const progress = startProgress(context, 1, options.quiet);
  const decoder = await tuneDecoder(heldBack, program, preset.decoder, {
    signal: context.signal,
    onProgress: (tried, total) => progress.show(tried / total, "choosing the decoder's parameters"),
  }).finally(() => progress.end());
  const counts = await validate(heldBack, program, decoder);
  await program.dispose();
  await writeTrained(model, { network, decoder, preset, options, recipe, counts, engine });
  const ap50 = averageMatches(counts)[0].averagePrecision;
  setup.say({ type: "summary", model, epoch: best, ap50, ap: meanPrecision(counts), decoder });
  if (!options.json)
    context.stdout(
      `${options.output}: AP@0.5 ${ap50.toFixed(3)} on ${heldBack.length} held-back images (epoch ${best} of ${recipe.epochs})\n`,
    );
}

/** What an earlier training left, where it is to be continued. */
async function startFolder(folder: string, options: TrainOptions): Promise<Checkpoint | undefined> {
  const kept = await readCheckpoint(folder).catch((error) => {
    if (options.overwrite) return undefined;
    throw error;
  });
  if (options.resume) return kept;
  if (kept && !options.overwrite)
    throw new UsageError(
      `${folder} holds a training: give --resume to go on, --overwrite to start again`,
    );
  if (options.overwrite) await rm(folder, { recursive: true, force: true });
  return undefined;
}

async function startNetwork(
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<Graph> {
  if (options.from) {
    const { model } = await openModel(options.from, context.cwd);
    if (model.maps.join() !== preset.maps.join())
      throw new UsageError(
        `--from must be a model of the maps ${preset.maps.join(", ")}, has ${model.maps.join(", ")}`,
      );
    return model.graph;
  }
  const plan = {
    inputs: preset.channels.length,
    outputs: preset.maps.length,
    widths: preset.widths,
  };
  return unet(plan, seeded(options.seed, 0x1e7));
}

async function readSamples(
  split: { readonly training: readonly Pair[]; readonly heldBack: readonly Pair[] },
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<{ training: Sample[]; heldBack: Sample[] }> {
  const progress = startProgress(
    context,
    split.training.length + split.heldBack.length,
    options.quiet,
  );
  let done = 0;
  const read = async (pairs: readonly Pair[]) => {
    const samples: Sample[] = [];
    for (const pair of pairs) {
      context.signal.throwIfAborted();
      progress.show(done++, `reading ${pair.name}`);
      samples.push(await readSample(pair, preset.normalization, preset.channels, options.channel));
    }
    return samples;
  };
  try {
    return { training: await read(split.training), heldBack: await read(split.heldBack) };
  } finally {
    progress.end();
  }
}

/** The number of epochs asked for; for a time, as many as fit, by the speed of a few steps. */
async function epochsOf(setup: Setup): Promise<number> {
  const { preset, options, lessons, engine, context } = setup;
  const seconds = await secondsPerStep(setup, await startTrainer(engine, stepOf(setup)), lessons);
  const perEpoch = seconds * preset.steps * 1.1;
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

async function secondsPerStep(
  setup: Setup,
  trainer: Awaited<ReturnType<typeof startTrainer>>,
  lessons: readonly Lesson[],
): Promise<number> {
  const trial = { ...samplingOf(setup), epochs: 1, rate: setup.preset.rate };
  let start = 0;
  for await (const { epoch } of fit(lessons, trainer, { ...trial, steps: 2 }))
    start = epoch && performance.now();
  for await (const _ of fit(lessons, trainer, { ...trial, steps: 4 }));
  await trainer.dispose();
  return (performance.now() - start) / 4000;
}

function samplingOf({ preset, options }: Setup) {
  const { batch, crop, augmentation, contactWeight } = preset;
  return { batch, crop, augmentation, contactWeight, seed: options.seed };
}

function stepOf({ network, preset }: Setup) {
  return trainingStep(
    network,
    [preset.batch, preset.channels.length, preset.crop, preset.crop],
    preset.optimizer,
  );
}

/** Learns epoch by epoch; `undefined` where it was interrupted. */
async function learn(setup: Setup, start: Checkpoint): Promise<Checkpoint | undefined> {
  const { folder, preset, options, context } = setup;
  const done = start.log.length;
  const { epochs } = start.recipe;
  const state = done > 0 ? await readState(folder, start) : undefined;
  const trainer = await startTrainer(setup.engine, stepOf(setup), state);
  const progress = startProgress(context, epochs, options.quiet);
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
      `interrupted after epoch ${checkpoint.log.length} of ${epochs}: go on with --resume`,
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
  const left = duration((epochs - entry.epoch) * seconds);
  progress.print(
    `epoch ${entry.epoch}/${epochs}: loss ${entry.loss.toFixed(4)}, held-back AP@0.5 ${entry.ap50.toFixed(3)}, AP ${entry.ap.toFixed(3)}, ${left} left`,
  );
  setup.say({ type: "epoch", ...entry });
}
