/**
 * The batch behind `cellwright segment`: every image by itself, outputs whole or not there, failures told and passed by.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { exitCodeOf } from "./batch.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { Context } from "./context.js";
import { exists, writeWhole } from "./file-sink.js";
import type { Item } from "./inputs.js";
import { wholeModel } from "./model-folder.js";
import { segmentImage, type Tools } from "./segment-image.js";
import { type Outcome, rounded, type SegmentLog, startLog } from "./segment-log.js";
import { outputNames, outputOf } from "./segment-output.js";
import { checkSegmentOptions, findItems, recipeOf } from "./segment-plan.js";
import {
  begunReport,
  finishedReport,
  inputFiles,
  ownOutputs,
  type Recipe,
  type SegmentReport,
} from "./segment-report.js";
import { scaleRecord, scaleWarning } from "./segment-scale.js";
import { openTools } from "./segment-tools.js";

/** An image of a batch, and where its outputs go. */
export interface ItemJob {
  readonly item: Item;
  readonly options: SegmentOptions;
  readonly tools: Tools;
  readonly recipe: Recipe;
  /** Absolute path of the outputs, without `_masks.tif` and the like. */
  readonly stem: string;
  /** Absolute paths of the input. */
  readonly files: readonly string[];
}

/** Segments everything that `inputs` name, and sets the context's exit code. */
export async function segmentFiles(
  inputs: readonly string[],
  given: SegmentOptions,
  context: Context,
): Promise<void> {
  const options = await withPlaces(given, context.cwd);
  checkSegmentOptions(options);
  const { tools, dispose } = await openTools(options, context);
  try {
    const { items, problems } = await findItems(inputs, options, tools, context.cwd);
    const recipe = recipeOf(options, tools);
    const output = resolve(context.cwd, options.output);
    await mkdir(output, { recursive: true });
    const log = startLog(context, options, recipe, items.length);
    for (const { input, message } of problems) log.failed(input, new Error(message));
    for (const [i, item] of items.entries()) {
      await pause();
      if (context.signal.aborted || (options.onError === "stop" && log.tally.failed > 0)) break;
      const files = item.files.map((file) => resolve(context.cwd, file));
      await attempt({ item, options, tools, recipe, files, stem: join(output, item.name) }, i, log);
    }
    log.end();
    context.exitCode = exitCodeOf(log.tally);
  } finally {
    await dispose();
  }
}

/** One image of the batch; a failure is told to the log and goes no further. */
async function attempt(job: ItemJob, i: number, log: SegmentLog): Promise<void> {
  const start = performance.now();
  log.working(i, job.item);
  try {
    const outcome = await segmentItem(job, (share) => log.working(i + share, job.item));
    log.finished(job.item, outcome, (performance.now() - start) / 1000);
  } catch (error) {
    log.failed(job.item.files[0], error);
  }
}

/** One image: reads it, finds its cells and writes what the options ask for. Errors are for the caller. */
export async function segmentItem(
  job: ItemJob,
  onProgress: (share: number) => void,
): Promise<Outcome> {
  const { options, tools, recipe, files, stem } = job;
  const input = await inputFiles(files);
  const reportPath = `${stem}.json`;
  const names = outputNames(stem, options.format, options.preview);
  if (options.resume) {
    const report = await finishedReport(reportPath, recipe, input);
    if (report) return { status: "skipped", report };
  }
  if (!options.overwrite) {
    const ours = options.resume ? await ownOutputs(reportPath) : [];
    for (const path of [...names, reportPath])
      if (!ours.includes(basename(path)) && (await exists(path)))
        throw new Error(`${path} is there already: use --overwrite, --resume or another folder`);
  }
  const result = await segmentImage(files, tools, onProgress);
  const start = performance.now();
  await mkdir(dirname(stem), { recursive: true });
  // A finished report must never stand beside outputs it does not describe, not even for a moment; one that says the
  // work has begun tells a later --resume that the outputs are ours to replace.
  const write = names.map((path) => outputOf(path, basename(files[0]), result));
  await writeWhole(reportPath, begunReport(recipe, input, names));
  for (const output of write) await output();
  const { image, cells, types, scales } = result;
  const report: SegmentReport = {
    ...recipe,
    input,
    image: {
      axes: image.axes,
      shape: image.shape,
      ...(image.spacing && { spacing: image.spacing }),
    },
    run: {
      files: files.map((file) => relative(dirname(stem), file)),
      model: placeOf(options.model, stem),
      ...(options.seeds !== undefined && { seeds: placeOf(options.seeds, stem) }),
      engine: options.engine,
      device: options.device,
      threads: options.threads,
      tile: options.tile,
    },
    outputs: names.map((path) => basename(path)),
    cells,
    ...(types && { types }),
    scale: scaleRecord(scales.main),
    ...(scales.seeds && { seedsScale: scaleRecord(scales.seeds) }),
    seconds: Object.fromEntries(
      Object.entries({ ...result.seconds, write: (performance.now() - start) / 1000 }).map(
        ([step, seconds]) => [step, rounded(seconds)],
      ),
    ),
  };
  await writeWhole(reportPath, `${JSON.stringify(report, undefined, 2)}\n`);
  const warning = scaleWarning(tools.main.card, tools.scale, image);
  return { status: "done", report, ...(warning && { warning }) };
}

/** The options with whole paths for models that are folders or files. */
async function withPlaces(options: SegmentOptions, cwd: string): Promise<SegmentOptions> {
  const { model, seeds } = options;
  return {
    ...options,
    model: await wholeModel(model, cwd),
    ...(seeds !== undefined && { seeds: await wholeModel(seeds, cwd) }),
  };
}

/** A model's name as it is; its folder or file as seen from the report. */
function placeOf(model: string, stem: string): string {
  if (!isAbsolute(model)) return model;
  const place = relative(dirname(stem), model);
  return place.startsWith(".") ? place : `./${place}`;
}
