/**
 * `cellwright segment --job`: does the units of a share that are not done. Any number of processes may do so at once.
 *
 * @module
 */
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { canonicalJson, shardRange } from "@cellwright/core";
import { about, errorData, exitCodeOf, type Tally } from "../batch.js";
import type { SegmentOptions } from "../commands/segment.js";
import { type Context, UsageError } from "../context.js";
import { messageOf } from "../report.js";
import { segmentItem } from "../segment-files.js";
import { recipeOf } from "../segment-plan.js";
import { openTools } from "../segment-tools.js";
import { type BlockWork, segmentBlock } from "./block.js";
import { putFile, tidyUnit } from "./folder.js";
import { openInput } from "./input.js";
import { type JobLog, startJobLog } from "./job-log.js";
import { readRecord } from "./part-file.js";
import { type Plan, readPlan, unitName, unitPath } from "./plan-data.js";
import { forgetFailure, noteFailure, startHeartbeat } from "./progress-files.js";
import { WHOLE } from "./shard.js";

/** What `segment` was asked for, with `--job`. */
type JobOptions = SegmentOptions & { readonly job: string };

/** What does a unit, ready to be run; answers how many cells it has. */
interface Worker {
  segment(n: number): Promise<number>;
  dispose(): Promise<void>;
}

/** Does a share of a job, and sets the context's exit code. */
export async function segmentJob(options: JobOptions, context: Context): Promise<void> {
  const folder = resolve(context.cwd, options.job);
  const plan = await readPlan(folder);
  const shard = options.shard ?? WHOLE;
  const [first, end] = shardRange(plan.units.length, shard.index, shard.count);
  const todo: number[] = [];
  for (let n = first; n < end; n++)
    if (!readRecord(folder, plan.job, unitPath(plan, n))) todo.push(n);
  const tally: Tally = { done: 0, skipped: end - first - todo.length, failed: 0 };
  const log = startJobLog(context, options, {
    verb: "segment",
    job: plan.job,
    tally,
    total: end - first,
  });
  if (todo.length > 0) {
    const name = `${shard.index}/${shard.count}`;
    const worker = await openWorker(folder, plan, options, context);
    const heartbeat = startHeartbeat(folder, "segment", name);
    try {
      for (const n of todo) {
        await pause();
        if (context.signal.aborted || (options.onError === "stop" && tally.failed > 0)) break;
        await heartbeat.tell(unitPath(plan, n), tally.done);
        const goOn = await attempt({ folder, plan, worker, tally, log }, n);
        if (!goOn) break;
      }
    } finally {
      await heartbeat.end();
      await worker.dispose();
    }
  }
  log.end(todo.length - tally.done - tally.failed);
  context.exitCode = exitCodeOf(tally);
}

/** What attempts share. */
interface Attempts {
  readonly folder: string;
  readonly plan: Plan;
  readonly worker: Worker;
  readonly tally: Tally;
  readonly log: JobLog;
}

/** One unit; answers whether it makes sense to go on. */
async function attempt(
  { folder, plan, worker, tally, log }: Attempts,
  n: number,
): Promise<boolean> {
  const start = performance.now();
  const unit = unitPath(plan, n);
  const name = unitName(plan, n);
  log.working(name);
  try {
    const cells = await worker.segment(n);
    await forgetFailure(folder, unit);
    tally.done++;
    log.done(name, unit, cells, (performance.now() - start) / 1000);
    return true;
  } catch (error) {
    tally.failed++;
    const { kind, message } = errorData(plan.kind === "blocks" ? plan.input : name, error);
    const told = plan.kind === "blocks" ? `${name}: ${message}` : message;
    log.failed(unit, { kind, message: `${told} (on ${hostname()})` });
    await noteFailure(folder, { unit, name, host: hostname(), kind, message });
    // Where nothing can be written, all others would fail too.
    return !isUnwritable(error, folder);
  }
}

/** Whether an error says that the job's folder takes no more. */
export function isUnwritable(error: unknown, folder: string): boolean {
  const { code = "", path = "" } = error as NodeJS.ErrnoException;
  const hopeless = ["ENOSPC", "EDQUOT", "EROFS"].includes(code);
  return hopeless || (["EACCES", "EPERM", "EIO"].includes(code) && path.startsWith(folder));
}

/** Makes sure that this machine can do the job, and opens what it needs. Errors name the machine. */
async function openWorker(
  folder: string,
  plan: Plan,
  { device, threads }: JobOptions,
  context: Context,
): Promise<Worker> {
  try {
    await checkWritable(folder);
    const output = join(folder, "images");
    const asked: SegmentOptions = {
      ...plan.options,
      ...{ device, output, onError: "continue", resume: true },
      ...(threads && { threads }),
    };
    const { tools, dispose } = await openTools(asked, context);
    try {
      checkRecipe(plan, canonicalJson(recipeOf(asked, tools)));
      if (plan.kind === "images") return { dispose, segment: (n) => image(n) };
      const input = await about(plan.input, () => openInput(plan.input));
      if (input.fingerprint !== plan.fingerprint)
        throw new Error(`${plan.input} is not the image that was planned: it has changed since`);
      const { saturated: _, ...blockTools } = tools;
      const work: BlockWork = { folder, plan, input, tools: blockTools };
      return {
        segment: (n) => segmentBlock(work, n),
        async dispose() {
          await input.close();
          await dispose();
        },
      };
    } catch (error) {
      await dispose();
      throw error;
    }

    async function image(n: number): Promise<number> {
      if (plan.kind !== "images") return 0;
      const { name, files } = plan.units[n];
      const { recipe } = plan;
      const item = { item: { name, files }, options: asked, tools, recipe, files };
      const { report } = await segmentItem({ ...item, stem: join(output, name) }, () => {});
      const unit = unitPath(plan, n);
      const planned = plan.units[n].input;
      if (canonicalJson(report.input) !== canonicalJson(planned))
        throw new Error(`${files[0]} has changed since the job was planned`);
      const record = {
        job: plan.job,
        unit,
        cells: report.cells,
        sections: {},
        outputs: report.outputs,
      };
      await putFile(folder, unit, `parts/${unit}.json`, `${JSON.stringify(record)}\n`);
      await tidyUnit(folder, unit);
      return report.cells;
    }
  } catch (error) {
    const message = `${messageOf(error)} (on ${hostname()})`;
    if (error instanceof UsageError) throw new UsageError(message);
    throw new Error(message, { cause: error });
  }
}

/** Writes a file and removes it again. */
async function checkWritable(folder: string): Promise<void> {
  const unit = `probe/${hostname()}-${process.pid}`;
  await putFile(folder, unit, `tmp/${unit.replace("/", "-")}`, "\n");
  await rm(join(folder, `tmp/${unit.replace("/", "-")}`), { force: true });
  await tidyUnit(folder, unit);
}

/** Throws where this machine would find other cells than the plan says. */
function checkRecipe(plan: Plan, own: string): void {
  if (canonicalJson(plan.recipe) === own) return;
  const now = JSON.parse(own) as Plan["recipe"];
  if (plan.recipe.cellwright !== now.cellwright)
    throw new Error(
      `the job was planned by Cellwright ${plan.recipe.cellwright}, this is ${now.cellwright}`,
    );
  if (plan.recipe.model.sha256 !== now.model.sha256)
    throw new Error(
      `the model ${now.model.name} is not the one that was planned with: its weights are ${now.model.sha256.slice(0, 12)}, must be ${plan.recipe.model.sha256.slice(0, 12)}`,
    );
  throw new Error(`the model ${now.model.name} is not the one that was planned with`);
}
