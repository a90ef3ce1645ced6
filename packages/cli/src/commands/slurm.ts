/**
 * `cellwright slurm`: a job as a script for a Slurm cluster.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { deviceOption } from "../cluster/device-option.js";
import { wordsOf } from "../cluster/shell-words.js";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";

/** What `slurm` was asked for. */
export interface SlurmOptions {
  readonly shards: number;
  readonly atOnce?: number;
  readonly memory: readonly string[];
  readonly cores: number;
  readonly device: string;
  readonly time: string;
  readonly sbatchArgs: readonly string[];
  readonly command?: string;
  readonly partial?: boolean;
  readonly submit?: boolean;
}

/** The `slurm` command. */
export function slurmCommand(context: Context): Command {
  return new Command("slurm")
    .description("run a job on a Slurm cluster: print its script, or submit it")
    .argument("<job>", 'the folder of a job, made by "cellwright plan", on a disk all nodes see')
    .requiredOption(
      "--shards <n>",
      "into how many tasks to cut it; some minutes each are best",
      wholeNumber(1),
    )
    .option("--at-once <n>", "tasks that may run at the same time (default: all)", wholeNumber(1))
    .option("--memory <sizes>", "of a task; after a comma more for those that were killed", sizes, [
      "4G",
      "8G",
    ])
    .option("--cores <n>", "processor cores of a task", wholeNumber(1), 1)
    .addOption(deviceOption())
    .option("--time <limit>", "the longest a task may take", time, "04:00:00")
    .option(
      "--sbatch-args <words>",
      'further options of sbatch, such as "--partition=gpu --account=cells"; may be given again',
      (text: string, before: string[]) => [...before, ...wordsOf(text)],
      [],
    )
    .option(
      "--command <words>",
      'what starts cellwright on a node, such as "apptainer run cellwright.sif" (default: as it is here)',
    )
    .option("--partial", "go on without the blocks that could not be done, as if they were empty")
    .option("--submit", "put the script into the job's folder and submit it")
    .addHelpText("after", outputs)
    .action(async (job: string, options: SlurmOptions) => {
      const { slurm } = await import("../cluster/slurm.js");
      await slurm(job, options, context);
    });
}

const outputs = `
The script submits three arrays of tasks, each of which waits for the one before: segment, merge, finalize. A task that
was killed starts again by itself; what is left is done in a second round with more memory. It may be submitted again at
any time: what is done is not done again.

Examples:
  cellwright slurm plate1.job --shards 64 > plate1.sh      read it, change it, then: bash plate1.sh
  cellwright slurm plate1.job --shards 64 --submit
  cellwright info plate1.job                               how far it is`;

/** Sizes as sbatch takes them. */
function sizes(text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  for (const item of items)
    if (!/^[1-9]\d*[KMGT]?$/.test(item))
      throw new InvalidArgumentError(`It must be sizes such as 4G or 4G,8G; not "${item}".`);
  return items;
}

/** A time as sbatch takes it: minutes, `hours:minutes:seconds`, `days-hours` and so on. */
function time(text: string): string {
  if (!/^(\d+-)?\d+(:\d+){0,2}$/.test(text))
    throw new InvalidArgumentError("It must be a time as Slurm writes it, such as 04:00:00.");
  return text;
}
