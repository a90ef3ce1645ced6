/**
 * What becomes of a unit: done, to be done again, or given up, and the report of a failure beside the job.
 *
 * @module
 */
import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { exit } from "../context.js";
import { jobUnder } from "./job-place.js";
import { missingOf } from "./job-verdict.js";
import { idOf, type Machine, type Unit, unitOf, wordsOfUnit } from "./unit.js";
import type { Ended } from "./unit-process.js";

/** Runs the command with some words, see `runUnit`. */
export type RunUnit = (words: readonly string[], stop: AbortSignal) => Promise<Ended>;

/** How it went. */
export type Outcome =
  | { readonly kind: "done"; readonly unit: Unit }
  /** The worker was told to stop: whoever comes next goes on. */
  | { readonly kind: "stopped" }
  /** It may go well another time: the process was killed, a disk was full. */
  | { readonly kind: "again"; readonly reason: string }
  /** It would fail again. */
  | { readonly kind: "failed"; readonly reason: string };

/** What a worker has for its units. */
export interface Workplace {
  /** The folder whose folders are the jobs. */
  readonly root: string;
  /** What a unit may use. */
  readonly machine: Machine;
  readonly run: RunUnit;
  readonly stop: AbortSignal;
}

/** Does the unit of a message. */
export async function workOn(
  name: string,
  data: unknown,
  { root, machine, run, stop }: Workplace,
): Promise<Outcome> {
  const unit = checked(() => unitOf(name, data));
  if ("reason" in unit) return unit;
  const folder = await jobUnder(root, unit.job).catch((error: Error) => failed(error.message));
  if (typeof folder !== "string") return folder;
  const ended = await run(wordsOfUnit(unit, folder, machine), stop);
  const outcome = outcomeOf(unit, ended, stop);
  if ("reason" in outcome) await report(folder, unit, outcome.reason);
  return outcome;
}

function outcomeOf(unit: Unit, ended: Ended, stop: AbortSignal): Outcome {
  const { code } = ended;
  if (stop.aborted && code !== exit.done) return { kind: "stopped" };
  const said = ended.err.trim();
  const reason = `${code === undefined ? `killed by ${ended.signal}` : `code ${code}`}${said && `: ${said}`}`;
  if (code === exit.usage || code === exit.partly) return failed(reason);
  if (code !== exit.done) return { kind: "again", reason };
  const missing = unit.verb === "check" ? missingOf(ended.out) : undefined;
  return missing ? failed(missing) : { kind: "done", unit };
}

/** One line a failure, in `logs/failures.jsonl` of the job. A disk that takes none does not hide the failure itself. */
async function report(folder: string, unit: Unit, reason: string): Promise<void> {
  const line = { at: new Date().toISOString(), host: hostname(), unit: idOf(unit), reason };
  try {
    await mkdir(join(folder, "logs"), { recursive: true });
    await appendFile(join(folder, "logs", "failures.jsonl"), `${JSON.stringify(line)}\n`);
  } catch {
    // The queue keeps the reason too.
  }
}

function failed(reason: string): Outcome & { readonly kind: "failed" } {
  return { kind: "failed", reason };
}

function checked(make: () => Unit): Unit | (Outcome & { readonly kind: "failed" }) {
  try {
    return make();
  } catch (error) {
    return failed((error as Error).message);
  }
}
