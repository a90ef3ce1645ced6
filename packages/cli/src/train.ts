/**
 * Training from the command line: read the images, hold some back, learn one network or several, judge after each epoch,
 * keep checkpoints, and write what came of it as one model.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeLesson, mapNames, type Preset } from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import type { Context } from "./context.js";
import { mayReplace } from "./model-folder.js";
import {
  type Checkpoint,
  type Recipe,
  readBest,
  readCheckpoint,
  trainingFolder,
} from "./train-checkpoint.js";
import { channelChoice, findData, readData, samplesOf } from "./train-data.js";
import type { Pair } from "./train-dataset.js";
import { finish, type Plan, type Trained } from "./train-finish.js";
import { epochsOf, learn, type Setup } from "./train-learn.js";
import { startNetwork } from "./train-network.js";
import { earlierRuns, namesIn, otherTraining, planRuns, type Run, titleOf } from "./train-runs.js";
import { settingsOf } from "./train-settings.js";

/** Runs the `train` command. `presets` are the recipes there are, by name. */
export async function train(
  datasets: readonly string[],
  options: TrainOptions,
  context: Context,
  presets: Readonly<Record<string, Preset>>,
): Promise<void> {
  const model = resolve(context.cwd, options.output);
  const folder = trainingFolder(model);
  const kept = await earlierRuns(folder, options);
  // The model of a training that goes on is its own; any other is replaced only when told so.
  await mayReplace(model, options.overwrite === true || kept.size > 0);
  const settings = await settingsOf(options, context.cwd, presets);
  const { preset } = settings;
  const { pairs, types } = await findData(datasets, settings, options, context);
  const runs = planRuns(pairs, options);
  const data = await readData(pairs, types, preset, options, context);
  const engine = await context.openEngine(options);
  const plan: Plan = {
    datasets,
    options,
    context,
    settings,
    model,
    folder,
    types: types.map(({ name }) => name),
    runs,
    data,
    engine,
    say: (event) => options.json && context.stdout(`${JSON.stringify(event)}\n`),
  };
  await trainAll(plan, kept);
}

/** Trains one network after the other, then writes the model. */
async function trainAll(plan: Plan, kept: ReadonlyMap<string, Checkpoint>): Promise<void> {
  const { options, runs, folder } = plan;
  let epochs = options.time ? kept.values().next().value?.recipe.epochs : undefined;
  const trained: Trained[] = [];
  for (const run of runs) {
    const setup = setUp(plan, run);
    const earlier = kept.get(run.name);
    epochs ??= await epochsOf(setup, runs.length);
    const recipe = recipeOf(plan, run, epochs);
    if (earlier && JSON.stringify(earlier.recipe) !== JSON.stringify(recipe))
      throw otherTraining(folder);
    if (options.overwrite && trained.length === 0) await forget(folder);
    const checkpoint = await learn(setup, earlier ?? { recipe, log: [], best: 0 });
    if (!checkpoint) return;
    trained.push({ run, checkpoint, network: await readBest(setup.folder, checkpoint) });
  }
  await finish(plan, trained);
}

function setUp(plan: Plan, run: Run<Pair>): Setup {
  const { settings, options, context, folder, types, data, engine, say, runs } = plan;
  const { preset } = settings;
  const goal = {
    kind: preset.target,
    ...(preset.types && { types: types.length }),
    ...(preset.diameter !== undefined && { diameter: preset.diameter }),
  };
  return {
    preset,
    options,
    context,
    title: titleOf(run.name, runs.length),
    folder: join(folder, run.name),
    seed: run.seed,
    engine,
    network: startNetwork(settings, mapNames(preset, types), run.seed),
    trained: settings.base !== undefined,
    lessons: samplesOf(data, run.training).map((sample) => makeLesson(sample, goal)),
    heldBack: samplesOf(data, run.heldBack),
    say,
  };
}

function recipeOf(plan: Plan, run: Run<Pair>, epochs: number): Recipe {
  const { settings, options, types } = plan;
  const channels = channelChoice(options);
  return {
    preset: settings.name,
    settings: settings.preset,
    ...(settings.base && { from: settings.base.sha256 }),
    ...(channels && { channels }),
    ...(types.length > 0 && { types }),
    epochs,
    ...(options.patience && { patience: options.patience }),
    seed: run.seed,
    heldBack: run.heldBack.map(({ name }) => name),
    training: run.training.map(({ name }) => name),
  };
}

/** Removes what earlier trainings left, and nothing else. */
async function forget(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)).reverse())
    if (await readCheckpoint(join(folder, name)).catch(() => true))
      await rm(join(folder, name), { recursive: true });
}
