/**
 * A worker of a standing service: takes units from a queue, no more at a time than it can compute, until it is stopped.
 *
 * At least once: a unit whose worker died is given to another, and what two of them write is the same bytes.
 *
 * @module
 */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { availableParallelism, hostname } from "node:os";
import { resolve } from "node:path";
import type { Job } from "bullmq";
import type { WorkerOptions } from "../commands/worker.js";
import type { Context } from "../context.js";
import { messageOf, oneLine } from "../report.js";
import { finalizeFlow } from "./flow.js";
import { connect, loadQueue, redisAddress } from "./redis.js";
import { runUnit } from "./unit-process.js";
import { workOn } from "./unit-work.js";

/** Works until the context's signal is aborted. */
export async function work(options: WorkerOptions, context: Context): Promise<void> {
  const packages = await loadQueue();
  const { FlowProducer, UnrecoverableError, WaitingError, Worker } = packages.bullmq;
  const root = resolve(context.cwd, options.root);
  await access(root, constants.R_OK | constants.W_OK | constants.X_OK);
  const address = redisAddress(options.redis, context.env);
  const connection = await connect(address, packages);
  const flows = new FlowProducer({ connection });
  const say = (line: Record<string, unknown>) => context.stdout(textOf(line, options.json));

  const threads =
    options.threads ?? Math.max(1, Math.floor(availableParallelism() / options.concurrency));
  const machine = { threads, device: options.device };
  const workplace = { root, machine, run: runUnit, stop: context.signal };
  const process = async (job: Job, token?: string) => {
    const begin = performance.now();
    const outcome = await workOn(job.name, job.data, workplace);
    if (outcome.kind === "stopped") {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (outcome.kind === "again") throw new Error(outcome.reason);
    if (outcome.kind === "failed") throw new UnrecoverableError(outcome.reason);
    const { verb, job: name, shard } = outcome.unit;
    // Before merge counts as done: else, where the worker dies here, nobody would ever finalize.
    if (verb === "merge") await flows.add(finalizeFlow(options.queue, name, shard.count));
    const seconds = Math.round(performance.now() - begin) / 1000;
    say({ unit: job.id, state: "done", seconds });
  };
  const worker = new Worker(options.queue, process, {
    connection,
    name: hostname(),
    concurrency: options.concurrency,
    lockDuration: options.stalledAfter * 1000,
    stalledInterval: options.stalledAfter * 250,
    maxStalledCount: 3,
  });
  worker.on("failed", (job, error) =>
    say({ unit: job?.id, state: "failed", attempt: job?.attemptsMade, reason: error.message }),
  );
  worker.on("stalled", (unit) => say({ unit, state: "stalled" }));
  const complain = complaints(context);
  worker.on("error", (error) => complain(`${address.shown}: ${messageOf(error)}`));
  flows.on("error", () => {});
  context.stderr(`working for ${address.shown}, queue ${options.queue}, on jobs in ${root}\n`);

  await aborted(context.signal);
  // Takes no more, and waits for the units in hand, which were told to stop too.
  await worker.close();
  await flows.close();
  connection.disconnect();
}

/** A Redis that is away says so many times a second; the same line is written once. */
function complaints(context: Context): (line: string) => void {
  let last = "";
  return (line) => {
    if (line !== last) context.stderr(`error: ${oneLine(line)}\n`);
    last = line;
  };
}

function textOf(line: Record<string, unknown>, json = false): string {
  if (json) return `${JSON.stringify(line)}\n`;
  const { unit, state, ...rest } = line;
  const more = Object.values(rest).map((value) => oneLine(`${value}`));
  return `${[unit, state, ...more].join("\t")}\n`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done());
  });
}
