/**
 * `cellwright finalize`: the labels and the table of a merged job, block by block; whoever finishes last puts them together.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { labelStore, shardRange } from "@cellwright/core";
import { about, errorData, exitCodeOf, type Tally } from "../batch.js";
import type { FinalizeOptions } from "../commands/finalize.js";
import type { Context } from "../context.js";
import { type FinalWork, finishBlock, placeKey } from "./final-block.js";
import { finishImages } from "./final-images.js";
import { putFile, tidyJob } from "./folder.js";
import { openInput } from "./input.js";
import { type JobLog, startJobLog } from "./job-log.js";
import { END_UNIT, joinFinal } from "./join-final.js";
import { type MergeRecord, mergeOf, readIndex } from "./merge-data.js";
import { type BlocksPlan, readPlan, unitName, unitPath } from "./plan-data.js";
import { startHeartbeat } from "./progress-files.js";
import { writeReport } from "./report-page.js";
import { isUnwritable } from "./segment-job.js";
import { type Shard, WHOLE } from "./shard.js";

/** Finishes a share of a job, and sets the context's exit code. */
export async function finalizeJob(
  job: string,
  options: FinalizeOptions,
  context: Context,
): Promise<void> {
  const folder = resolve(context.cwd, job);
  const plan = await readPlan(folder);
  const merge = await mergeOf(folder, plan);
  const shard = options.shard ?? WHOLE;
  if (await isFinished(folder, "finalize.json", plan.job, merge.merge)) {
    const tally: Tally = { done: 0, skipped: 0, failed: 0 };
    startJobLog(context, options, { verb: "finalize", job: plan.job, tally, total: 0 }).end(0, {
      cells: merge.cells,
      finished: true,
    });
    return;
  }
  if (plan.kind === "images") {
    const tally: Tally = { done: 0, skipped: 0, failed: 0 };
    const log = startJobLog(context, options, { verb: "finalize", job: plan.job, tally, total: 1 });
    await finishImages(folder, plan);
    tally.done = 1;
    await end(folder, plan, merge);
    log.end(0, { cells: merge.cells, finished: true });
    return;
  }
  await finalizeBlocks({ folder, plan, merge, shard, options }, context);
}

async function finalizeBlocks(
  {
    folder,
    plan,
    merge,
    shard,
    options,
  }: {
    readonly folder: string;
    readonly plan: BlocksPlan;
    readonly merge: MergeRecord;
    readonly shard: Shard;
    readonly options: FinalizeOptions;
  },
  context: Context,
): Promise<void> {
  const pieces = await readIndex(folder, plan);
  const [first, last] = shardRange(plan.units.length, shard.index, shard.count);
  const isDone = (n: number) =>
    pieces.counts[n] === 0 ||
    isFinished(folder, `final/${unitPath(plan, n)}.json`, plan.job, merge.merge);
  const todo: number[] = [];
  for (let n = first; n < last; n++) if (!(await isDone(n))) todo.push(n);
  const tally: Tally = { done: 0, skipped: last - first - todo.length, failed: 0 };
  const log = startJobLog(context, options, {
    verb: "finalize",
    job: plan.job,
    tally,
    total: last - first,
  });
  const input = await openAgain(plan);
  const heartbeat = startHeartbeat(folder, "finalize", `${shard.index}/${shard.count}`);
  const work: FinalWork = {
    ...{ folder, plan, merge, pieces, input },
    store: storeOf(plan),
    names: channelNames(plan),
    unitAt: new Map(
      plan.units.map(({ plane, row, column }, n) => [placeKey(plane, row, column), n]),
    ),
    kept: new Map(),
  };
  let finished = false;
  try {
    for (const n of todo) {
      await pause();
      if (context.signal.aborted) break;
      await heartbeat.tell(unitPath(plan, n), tally.done);
      if (!(await attempt(work, n, tally, log))) break;
    }
    if (tally.failed === 0 && !context.signal.aborted) {
      finished = await allDone(plan, isDone);
      if (finished) {
        await joinFinal(work);
        await end(folder, plan, merge);
      }
    }
  } finally {
    await heartbeat.end();
    await input.close();
  }
  log.end(todo.length - tally.done - tally.failed, { cells: merge.cells, finished });
  context.exitCode = exitCodeOf(tally);
}

async function openAgain(plan: BlocksPlan): Promise<FinalWork["input"]> {
  const input = await about(`${plan.input} on ${hostname()}`, () => openInput(plan.input));
  if (input.fingerprint === plan.fingerprint) return input;
  await input.close();
  throw new Error(`${plan.input} is not the image that was planned (on ${hostname()})`);
}

async function attempt(work: FinalWork, n: number, tally: Tally, log: JobLog): Promise<boolean> {
  const start = performance.now();
  const name = unitName(work.plan, n);
  log.working(name);
  try {
    const cells = await finishBlock(work, n);
    tally.done++;
    log.done(name, unitPath(work.plan, n), cells, (performance.now() - start) / 1000);
    return true;
  } catch (error) {
    tally.failed++;
    const { kind, message } = errorData(work.folder, error);
    log.failed(unitPath(work.plan, n), {
      kind,
      message: `${name}: ${message} (on ${hostname()})`,
    });
    return !isUnwritable(error, work.folder);
  }
}

async function allDone(
  plan: BlocksPlan,
  isDone: (n: number) => boolean | Promise<boolean>,
): Promise<boolean> {
  for (const n of plan.units.keys()) if (!(await isDone(n))) return false;
  return true;
}

/** Says that all is there, and removes what nobody needs any more. */
async function end(
  folder: string,
  plan: { readonly job: string } & Parameters<typeof writeReport>[1],
  merge: MergeRecord,
): Promise<void> {
  const record = { job: plan.job, merge: merge.merge, cells: merge.cells };
  await writeReport(folder, plan);
  await putFile(folder, END_UNIT, "finalize.json", `${JSON.stringify(record)}\n`);
  await tidyJob(folder);
}

/** The store of the labels. */
function storeOf({ image, grid }: BlocksPlan): FinalWork["store"] {
  const kept = [...image.axes].map((axis, i) => ({ axis, length: image.shape[i] }));
  const own = kept.filter(({ axis }) => axis !== "c");
  return labelStore(
    {
      axes: own.map(({ axis }) => axis).join(""),
      shape: own.map(({ length }) => length),
      ...(image.spacing && { spacing: image.spacing }),
    },
    grid.block,
  );
}

/** What the channels show, in their order: those of both models, each once. */
export function channelNames({ recipe }: Pick<BlocksPlan, "recipe">): string[] {
  return [...new Set([...recipe.model.channels, ...(recipe.seeds?.channels ?? [])])];
}

async function isFinished(
  folder: string,
  path: string,
  job: string,
  merge: string,
): Promise<boolean> {
  try {
    const record = JSON.parse(await readFile(join(folder, path), "utf8"));
    return record.job === job && record.merge === merge;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")
      return false;
    throw error;
  }
}
