/**
 * How far a job is, told by what is on the disk; no queue and no scheduler is asked.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readMerge } from "./merge-data.js";
import { type Plan, unitPath } from "./plan-data.js";
import { type Failed, type Running, readFailures, readRunning } from "./progress-files.js";

/** How far a job is. */
export interface JobStatus {
  readonly job: string;
  readonly kind: Plan["kind"];
  /** Units, and how many of them `segment` has done. */
  readonly units: number;
  readonly done: number;
  /** Units whose last attempt failed. */
  readonly failed: readonly Failed[];
  /** Processes that told of themselves in the last minutes. */
  readonly running: readonly Running[];
  /** Units a second of these together; 0 where nobody is at work. */
  readonly rate: number;
  /** Seconds until all units are done, at this rate; absent where nobody knows. */
  readonly secondsLeft?: number;
  readonly merged: boolean;
  /** Of blocks, how many `finalize` has finished. */
  readonly finished: number;
  /** Cells in all; known when the job is merged. */
  readonly cells?: number;
  /** Whether labels and table are there, and whether they are of all units. */
  readonly written: boolean;
  readonly complete: boolean;
}

/** A process that has not been heard of for so many seconds is gone. */
const SILENT = 600;

/** Looks at a job's folder. `isDone` says of each unit whether it is done. */
export async function statusOf(
  folder: string,
  plan: Plan,
): Promise<{ status: JobStatus; isDone: (n: number) => boolean }> {
  const parts = await namesBelow(join(folder, "parts"), ".json");
  const finals = await namesBelow(join(folder, "final"), ".json");
  const isDone = (n: number) => parts.has(unitPath(plan, n));
  const done = [...plan.units.keys()].filter(isDone).length;
  const failures = await readFailures(folder);
  const running = (await readRunning(folder)).filter(({ silent }) => silent < SILENT);
  const segmenting = running.filter(({ verb }) => verb === "segment");
  const rate = segmenting.reduce((sum, { done: n, seconds }) => sum + n / Math.max(1, seconds), 0);
  const merge = await readMerge(folder, plan);
  const left = plan.units.length - done;
  const written = (await namesBelow(folder, "finalize.json", 0)).size > 0;
  const status: JobStatus = {
    job: plan.job,
    kind: plan.kind,
    ...{ units: plan.units.length, done },
    failed: failures.filter(({ unit }) => !parts.has(unit)),
    running,
    rate: Number(rate.toPrecision(3)),
    ...(left > 0 && rate > 0 && { secondsLeft: Math.round(left / rate) }),
    merged: merge !== undefined,
    finished: [...plan.units.keys()].filter((n) => finals.has(unitPath(plan, n))).length,
    ...(merge && { cells: merge.cells }),
    written,
    complete: written && left === 0,
  };
  return { status, isDone };
}

/** The paths of the files below a folder that end so, without the ending. */
async function namesBelow(folder: string, ending: string, depth = 3): Promise<Set<string>> {
  const found = new Set<string>();
  const walk = async (below: string, left: number): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && left > 0) await walk(path, left - 1);
      else if (entry.name.endsWith(ending)) found.add(path.slice(0, -ending.length));
    }
  };
  await walk("", depth);
  return found;
}
