/**
 * `cellwright merge`: decides which pieces of neighbouring blocks are one cell, and numbers the cells.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";

/** What `merge` was asked for. */
export interface MergeOptions {
  readonly partial?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The `merge` command. */
export function mergeCommand(context: Context): Command {
  return new Command("merge")
    .description("join the blocks of a job: which pieces are one cell")
    .argument("<job>", 'a folder made by "cellwright plan"')
    .option("--partial", "go on without the blocks that are not done, as if they were empty")
    .option("--json", "the result as one JSON object")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (job: string, options: MergeOptions) => {
      const { mergeJob } = await import("../job/merge-job.js");
      await mergeJob(job, options, context);
    });
}
