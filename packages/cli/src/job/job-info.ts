/**
 * `cellwright info JOB`: how far a job is, in words or as data, and its page written anew.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Context } from "../context.js";
import { duration } from "../progress.js";
import { oneLine } from "../report.js";
import { count } from "../segment-log.js";
import { readPlan } from "./plan-data.js";
import { writeReport } from "./report-page.js";
import { type JobStatus, statusOf } from "./status.js";

/** Tells how far a job is, and writes its page. */
export async function jobInfo(
  job: string,
  options: { readonly json?: boolean },
  context: Context,
): Promise<void> {
  const folder = resolve(context.cwd, job);
  const plan = await readPlan(folder);
  const { status, isDone } = await statusOf(folder, plan);
  // A folder that cannot be written to can be looked at.
  await writeReport(folder, plan, { status, isDone }).catch(() => {});
  context.stdout(options.json ? `${JSON.stringify(status)}\n` : inWords(status));
}

function inWords(status: JobStatus): string {
  const { units, done, failed, running, rate, secondsLeft, finished, cells } = status;
  const noun = status.kind === "images" ? "image" : "block";
  const percent = units === 0 ? 100 : Math.floor((100 * done) / units);
  const lines = [`${done} of ${count(units, noun)} done (${percent} %)`];
  for (const { verb, shard, host, process, unit } of running)
    lines.push(`running: ${verb} ${shard} on ${host} (process ${process}), at ${unit}`);
  if (rate > 0) lines.push(`${rate} ${noun}s a second`);
  if (secondsLeft !== undefined) lines.push(`${duration(secondsLeft)} left`);
  for (const { name, host, message } of failed)
    lines.push(`failed: ${oneLine(`${name}: ${message} (on ${host})`)}`);
  if (cells !== undefined) lines.push(`merged: ${count(cells, "cell")}`);
  if (finished > 0 && !status.written) lines.push(`${finished} blocks have their labels`);
  if (status.complete) lines.push("complete: labels and table are there");
  else if (status.written)
    lines.push(`labels and table are there, without the ${count(units - done, noun)} not done`);
  return `${lines.join("\n")}\n`;
}
