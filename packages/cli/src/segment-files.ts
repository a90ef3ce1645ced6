/**
 * The batch behind `cellwright segment`: every image by itself, outputs whole or not there, failures told and passed by.
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { classicalNames } from "@cellwright/core";
import { exitCodeOf } from "./batch.js";
import { givenBudget } from "./budget.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { Context } from "./context.js";
import { settleEngine } from "./engine-auto.js";
import { exists, makeFolder, writeWhole } from "./file-sink.js";
import type { Item } from "./inputs.js";
import { wholeModel } from "./model-folder.js";
import { notedModel } from "./noted-place.js";
import { segmentImage, type Tools } from "./segment-image.js";
import {
  countLanes,
  type Lane,
  type SegmentImage,
  startLane,
  threadsOfLane,
} from "./segment-lanes.js";
import { type Outcome, rounded, type SegmentLog, startLog } from "./segment-log.js";
import { outputNames, outputOf } from "./segment-output.js";
import { checkSegmentOptions, filesOf, itemsOf, recipeOf } from "./segment-plan.js";
import { startQueue } from "./segment-queue.js";
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
  /** What finds the cells; the default does it in this thread, with `tools`. */
  readonly segment?: SegmentImage;
}

/** Segments everything that `inputs` name, and sets the context's exit code. */
export async function segmentFiles(
  inputs: readonly string[],
  given: SegmentOptions,
  context: Context,
): Promise<void> {
  checkSegmentOptions(given);
  const options = await withNamedEngine(await withPlaces(given, context.cwd), context);
  const found = await filesOf(inputs, options, context.cwd);
  const paths = found.files.map(({ path }) => resolve(context.cwd, path));
  const lanes = await countLanes(paths, options, context);
  const each = lanes > 1 ? { threads: threadsOfLane(lanes, options.threads) } : {};
  const { tools, dispose } = await openTools({ ...options, ...each }, context);
  const beside: Lane[] = [];
  try {
    const { items, problems } = itemsOf(inputs, found, options, tools);
    const recipe = recipeOf(options, tools);
    const output = resolve(context.cwd, options.output);
    await makeFolder(output);
    const log = startLog(context, options, recipe, items.length);
    for (const { input, message } of problems) log.failed(input, new Error(message));
    const isOver = () =>
      context.signal.aborted || (options.onError === "stop" && log.tally.failed > 0);
    const queue = startQueue(items, isOver);
    const work = async (segment: SegmentImage) => {
      for (let next = await queue.next(); next; next = await queue.next()) {
        const { item, i } = next;
        const files = item.files.map((file) => resolve(context.cwd, file));
        const job = { item, options, tools, recipe, files, stem: join(output, item.name), segment };
        queue.tell(i, await attempt(job, log));
      }
    };
    const here: SegmentImage = (files, onProgress) => segmentImage(files, tools, onProgress);
    const { cwd, startThread } = context;
    for (let n = 1; startThread && n < Math.min(lanes, items.length); n++)
      beside.push(
        startLane(
          { options: { ...options, ...each }, cwd, budget: givenBudget() },
          startThread,
          here,
        ),
      );
    const own = work(here);
    // Each thread has two images in hand: one is segmented while the other is being written. One that has its models when
    // nothing is left to do comes too late, and is not waited for.
    const alongside = beside.flatMap(({ ready, segment }) =>
      [0, 1].map(() => Promise.race([ready, own]).then(() => work(segment))),
    );
    await Promise.all([own, ...alongside]);
    log.end();
    context.exitCode = exitCodeOf(log.tally);
  } finally {
    await Promise.all(beside.map((lane) => lane.end()));
    await dispose();
  }
}

/** One image of the batch. Answers what tells the log; a failure goes no further. */
async function attempt(job: ItemJob, log: SegmentLog): Promise<() => void> {
  const { item } = job;
  const start = performance.now();
  log.working(item, 0);
  try {
    const outcome = await segmentItem(job, (share) => log.working(item, share));
    const seconds = (performance.now() - start) / 1000;
    log.working(item, 1);
    return () => log.finished(item, outcome, seconds);
  } catch (error) {
    log.working(item, 1);
    return () => log.failed(item.files[0], error);
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
  const result = await (job.segment?.(files, onProgress) ?? segmentImage(files, tools, onProgress));
  const start = performance.now();
  await makeFolder(dirname(stem));
  // A finished report must never stand beside outputs it does not describe, not even for a moment; one that says the
  // work has begun tells a later --resume that the outputs are ours to replace.
  const write = names.map((path) => outputOf(path, basename(files[0]), result, recipe));
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
      model: notedModel(options.model, stem),
      ...(options.seeds !== undefined && { seeds: notedModel(options.seeds, stem) }),
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

/** The options with an engine and a device that are named, where a network is to run. */
async function withNamedEngine(options: SegmentOptions, context: Context): Promise<SegmentOptions> {
  if (classicalNames.includes(options.model)) return options;
  const { engine, device } = await settleEngine(options, {
    open: context.openEngine,
    warn: (line) => options.quiet || context.stderr(`${line}\n`),
  });
  return { ...options, engine, device };
}
