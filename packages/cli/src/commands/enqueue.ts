/**
 * `cellwright enqueue`: gives a job to the workers of a queue.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";

/** What `enqueue` was asked for. */
export interface EnqueueOptions {
  readonly redis?: string;
  readonly shards: number;
  readonly queue: string;
  readonly limit: number;
  readonly wait?: boolean;
  readonly json?: boolean;
}

/** The `enqueue` command. */
export function enqueueCommand(context: Context): Command {
  return new Command("enqueue")
    .description('give a job to the workers of a queue on Redis, see "cellwright worker"')
    .argument(
      "<job>",
      'the folder of a job, made by "cellwright plan", under the root of the workers',
    )
    .requiredOption("--shards <n>", "into how many units to cut it", wholeNumber(1))
    .option("--redis <url>", "redis://HOST:PORT (default: CELLWRIGHT_REDIS_URL)")
    .option("--queue <name>", "the name of the queue", "cellwright")
    .option("--limit <n>", "the most units that may wait in the queue", wholeNumber(1), 10_000)
    .option("--wait", "until the job is finished, or has failed (exit code 1)")
    .option("--json", "results as one JSON object a line")
    .addHelpText("after", outputs)
    .action(async (job: string, options: EnqueueOptions) => {
      const { enqueue } = await import("../cluster/enqueue.js");
      await enqueue(job, options, context);
    });
}

const outputs = `
Only the name of the job's folder goes into the queue, and which shard. A job that is in the queue already is not put there
twice; one that failed begins again with what is missing.

Examples:
  cellwright enqueue /data/jobs/plate1 --redis redis://queue:6379 --shards 64
  cellwright info /data/jobs/plate1                        how far it is`;
