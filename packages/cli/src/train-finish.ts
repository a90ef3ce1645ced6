/**
 * The end of a training: the networks become one, are judged and written down as a model, with a gallery beside it.
 *
 * @module
 */
import { join } from "node:path";
import {
  averageMatches,
  type Engine,
  ensemble,
  type Graph,
  type Model,
  mapNames,
  meanPrecision,
  writePng,
} from "@cellwright/core";
import type { TrainOptions } from "./commands/train.js";
import type { Context } from "./context.js";
import { writeWhole } from "./file-sink.js";
import type { Story } from "./train-card.js";
import type { Checkpoint } from "./train-checkpoint.js";
import { medianDiameter, samplesOf, seenPixelSize, type TrainingData } from "./train-data.js";
import type { Pair } from "./train-dataset.js";
import { drawGallery } from "./train-gallery.js";
import { type Judged, judgeTrials, type Trial } from "./train-judge.js";
import { modelNames, writeTrained } from "./train-model.js";
import type { Run } from "./train-runs.js";
import type { Settings } from "./train-settings.js";

/** All that the networks of a training share. */
export interface Plan {
  readonly datasets: readonly string[];
  readonly options: TrainOptions;
  readonly context: Context;
  readonly settings: Settings;
  /** The folder of the model, and that of the checkpoints. */
  readonly model: string;
  readonly folder: string;
  /** Names of the types of cells, in the order of their maps. */
  readonly types: readonly string[];
  readonly runs: readonly Run<Pair>[];
  readonly data: TrainingData;
  readonly engine: Engine;
  readonly say: (event: object) => void;
}

/** A network that has been trained. */
export interface Trained {
  readonly run: Run<Pair>;
  readonly checkpoint: Checkpoint;
  readonly network: Graph;
}

/** Judges the networks, makes them one, and writes the model and the gallery. */
export async function finish(plan: Plan, trained: readonly Trained[]): Promise<void> {
  const { datasets, options, settings, context, engine, types } = plan;
  const { preset } = settings;
  const network = ensemble(trained.map((one) => one.network));
  const size = sizeOf(plan);
  const maps = mapNames(preset, types);
  const { decoder, judged } = await judgeTrials(trialsOf(plan, trained, network), {
    preset,
    engine,
    context,
    maps,
    types,
    ...(options.quiet && { quiet: true }),
    ...(size.diameter !== undefined && { diameter: size.diameter }),
  });
  const story: Story = {
    datasets,
    options,
    settings,
    epochs: trained[0].checkpoint.recipe.epochs,
    best: trained.map(({ checkpoint }) => checkpoint.best),
    training: trainingNames(plan),
    judged,
  };
  const model: Model = {
    ...modelNames(plan.model, story),
    channels: preset.channels,
    maps,
    normalization: preset.normalization,
    decoder,
    ...size,
    ...(types.length > 0 && { types }),
    graph: network,
  };
  await writeTrained(plan.model, model, story, engine);
  if (judged.length > 0)
    await writeWhole(join(plan.folder, "gallery.png"), writePng(drawGallery(judged)));
  tell(plan, story, model);
}

/** Names of the images that some network learnt from. */
function trainingNames({ runs }: Plan): string[] {
  return [...new Set(runs.flatMap(({ training }) => training.map(({ name }) => name)))];
}

/** The size of cells and of pixels that the network is at home with, as far as they are known. */
function sizeOf(plan: Plan): Pick<Model, "diameter" | "pixelSize"> {
  const { options, settings, data } = plan;
  const { preset } = settings;
  const names = trainingNames(plan);
  const { diameter: wanted } = preset;
  const measured = seenPixelSize(data, names, {
    ...(options.pixelSize !== undefined && { pixelSize: options.pixelSize }),
    ...(wanted !== undefined && { diameter: wanted }),
  });
  const pixelSize = options.pixelSize === undefined ? (preset.pixelSize ?? measured) : measured;
  // The paper's networks know one scale and are not asked how large cells are.
  const samples = names.flatMap((name) => data.samples.get(name) ?? []);
  const typical = preset.target === "classes" ? undefined : medianDiameter(samples);
  const diameter = wanted ?? typical;
  return {
    ...(diameter !== undefined && { diameter }),
    ...(pixelSize !== undefined && { pixelSize }),
  };
}

/** What is judged: each fold by its own images, or the one network that was made. */
function trialsOf({ options, data }: Plan, trained: readonly Trained[], network: Graph): Trial[] {
  if (options.folds)
    return trained.map((one) => ({
      network: one.network,
      heldBack: samplesOf(data, one.run.heldBack),
    }));
  return [{ network, heldBack: samplesOf(data, trained[0].run.heldBack) }];
}

/** The result on stdout. */
function tell({ options, context, model, say }: Plan, story: Story, { decoder }: Model): void {
  const { best, epochs, judged } = story;
  const scores = scoresOf(judged);
  say({ type: "summary", model, epoch: best.length === 1 ? best[0] : best, ...scores, decoder });
  if (options.json) return;
  const score = scores
    ? `AP@0.5 ${scores.ap50.toFixed(3)} on ${judged.length} held-back images`
    : "no images held back to judge by";
  const epoch = best.length === 1 ? `epoch ${best[0]}` : `epochs ${best.join(", ")}`;
  context.stdout(`${options.output}: ${score} (${epoch} of ${epochs})\n`);
}

function scoresOf(judged: readonly Judged[]): { ap50: number; ap: number } | undefined {
  if (judged.length === 0) return undefined;
  const counts = judged.map((one) => one.counts);
  return { ap50: averageMatches(counts)[0].averagePrecision, ap: meanPrecision(counts) };
}
