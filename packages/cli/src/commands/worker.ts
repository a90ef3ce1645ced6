/**
 * `cellwright worker`: does the units of a queue.
 *
 * @module
 */
import { Command } from "commander";
import { deviceOption } from "../cluster/device-option.js";
import type { Context } from "../context.js";
import { positiveNumber, wholeNumber } from "../option.js";

/** What `worker` was asked for. */
export interface WorkerOptions {
  readonly redis?: string;
  readonly root: string;
  readonly concurrency: number;
  readonly threads?: number;
  readonly device: string;
  readonly queue: string;
  readonly stalledAfter: number;
  readonly json?: boolean;
}

/** The `worker` command. */
export function workerCommand(context: Context): Command {
  return new Command("worker")
    .description("do the units of work of a queue on Redis, until it is stopped")
    .option("--redis <url>", "redis://HOST:PORT (default: CELLWRIGHT_REDIS_URL)")
    .requiredOption("--root <dir>", "the folder whose folders are the jobs")
    .option("--concurrency <n>", "units at the same time, each a process", wholeNumber(1), 1)
    .option(
      "--threads <n>",
      "processor threads of a unit (default: the machine's, shared among them)",
      wholeNumber(1),
    )
    .addOption(deviceOption())
    .option("--queue <name>", "the name of the queue", "cellwright")
    .option(
      "--stalled-after <s>",
      "a worker that says nothing for so many seconds is taken for dead, and its unit goes to another",
      positiveNumber,
      60,
    )
    .option("--json", "results as one JSON object a line")
    .addHelpText("after", outputs)
    .action(async (options: WorkerOptions) => {
      const { work } = await import("../cluster/worker.js");
      await work(options, context);
    });
}

const outputs = `
A line a unit: its name, done, failed or stalled, seconds or the reason. What failed also stands in logs/failures.jsonl of
the job. Ctrl-C, or SIGTERM: finishes the blocks in hand, gives the rest back, and ends.

The password of Redis is best given as CELLWRIGHT_REDIS_PASSWORD. Needs the packages bullmq and ioredis.

Examples:
  cellwright worker --redis redis://queue:6379 --root /data/jobs
  cellwright enqueue /data/jobs/plate1 --shards 64 --wait`;
