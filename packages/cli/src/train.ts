/**
 * Training from the command line: read the images, hold some back, learn, judge after each epoch, keep checkpoints, and
 * write the best network as a model.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import {
  averageMatches,
  type Graph,
  makeLesson,
  meanPrecision,
  type Sample,
  seeded,
  tuneDecoder,
  unet,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import { type Context, UsageError } from "./context.js";
import { mayReplace, openModel } from "./model-folder.js";
import { startProgress } from "./progress.js";
import {
  type Checkpoint,
  type Recipe,
  readBest,
  readCheckpoint,
  trainingFolder,
} from "./train-checkpoint.js";
import { findPairs, holdBack, type Pair, readSample } from "./train-dataset.js";
import { epochsOf, learn, type Setup } from "./train-learn.js";
import { writeTrained } from "./train-model.js";
import type { Preset } from "./train-preset.js";

/** Runs the `train` command. */
export async function train(
  dataset: string,
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<void> {
  const model = resolve(context.cwd, options.output);
  const folder = trainingFolder(model);
  const kept = await earlierTraining(folder, options);
  // The model of a training that goes on is its own; any other is replaced only when told so.
  await mayReplace(model, options.overwrite === true || kept !== undefined);
  const pairs = await findPairs(dataset, context.cwd);
  const split = holdBack(pairs, options.heldBack, options.seed);
  const samples = await readSamples(split, preset, options, context);
  const engine = await context.openEngine(options);
  const start = await startNetwork(preset, options, context);
  const setup: Setup = {
    preset,
    options,
    context,
    folder,
    engine,
    network: start.network,
    lessons: samples.training.map((sample) => makeLesson(sample, preset.target)),
    heldBack: samples.heldBack,
    say: (event) => options.json && context.stdout(`${JSON.stringify(event)}\n`),
  };
  const recipe: Recipe = {
    preset: options.preset,
    settings: preset,
    ...(start.from && { from: start.from }),
    ...(options.channel && { channel: options.channel }),
    epochs: kept && options.time ? kept.recipe.epochs : await epochsOf(setup),
    seed: options.seed,
    heldBack: split.heldBack.map(({ name }) => name),
    training: split.training.map(({ name }) => name),
  };
  if (kept && JSON.stringify(kept.recipe) !== JSON.stringify(recipe))
    throw new UsageError(
      `${folder} belongs to a training with other images or options: give the same, or --overwrite`,
    );
  if (options.overwrite && (await readCheckpoint(folder).catch(() => true)))
    await rm(folder, { recursive: true });
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
  const { decoder, counts } = await tuneDecoder(heldBack, program, preset.decoder, {
    signal: context.signal,
    onProgress: (tried, total) => progress.show(tried / total, "choosing the decoder's parameters"),
  }).finally(() => progress.end());
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
async function earlierTraining(
  folder: string,
  options: TrainOptions,
): Promise<Checkpoint | undefined> {
  if (options.overwrite) return undefined;
  const kept = await readCheckpoint(folder);
  if (kept && !options.resume)
    throw new UsageError(
      `${folder} holds a training: give --resume to go on, --overwrite to start again`,
    );
  return kept;
}

/** The network to start from, and the hash of its weights where they are another model's. */
async function startNetwork(
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<{ network: Graph; from?: string }> {
  const { channels, maps, widths } = preset;
  if (!options.from) {
    const plan = { inputs: channels.length, outputs: maps.length, widths };
    return { network: unet(plan, seeded(options.seed, 0x1e7)) };
  }
  const { model, sha256 } = await openModel(options.from, context.cwd);
  for (const [what, wanted, found] of [
    ["maps", maps, model.maps],
    ["channels", channels, model.channels],
  ] as const)
    if (wanted.join() !== found.join())
      throw new UsageError(
        `--from must be a model of the ${what} ${wanted.join(", ")}, has ${found.join(", ")}`,
      );
  return { network: model.graph, from: sha256 };
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
