/**
 * `cellwright finalize`: writes the labels and the table of a job whose blocks are joined.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";
import { parseShard, type Shard } from "../job/shard.js";

/** What `finalize` was asked for. */
export interface FinalizeOptions {
  readonly shard?: Shard;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** The `finalize` command. */
export function finalizeCommand(context: Context): Command {
  return new Command("finalize")
    .description("write the labels and the table of a job that is merged")
    .argument("<job>", 'a folder made by "cellwright plan"')
    .option("--shard <i/n>", "only this share of the blocks, from 0", parseShard)
    .option("--json", "the result as one JSON object")
    .option("-q, --quiet", "nothing on stderr but errors")
    .action(async (job: string, options: FinalizeOptions) => {
      const { finalizeJob } = await import("../job/finalize-job.js");
      await finalizeJob(job, options, context);
    });
}
