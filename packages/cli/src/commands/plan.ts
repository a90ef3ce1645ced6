/**
 * `cellwright plan`: cuts the work on a large image, or on many, into units that any number of processes can do.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";
import { type SegmentOptions, withLabelOptions, withModelOptions } from "./segment.js";

/** What `plan` was asked for, as the command line spells it. */
export interface PlanOptions
  extends Omit<SegmentOptions, "job" | "shard" | "overwrite" | "resume" | "onError"> {
  readonly block?: number;
  readonly halo?: number;
  readonly missing: "empty" | "fail";
}

/** The `plan` command. */
export function planCommand(context: Context): Command {
  const command = new Command("plan")
    .description("cut a large image, or many images, into units for many processes")
    .argument("<input...>", "an OME-Zarr (folder or https://), a TIFF, or a folder of images")
    .requiredOption("-o, --output <job>", "the folder of the job; made where it is not there")
    .option("--block <px>", "side of the blocks of an image, a multiple of 64", wholeNumber(64))
    .option("--halo <px>", "pixels around a block that it looks at too", wholeNumber(0))
    .addOption(
      new Option("--missing <what>", "chunks of a Zarr that are not there")
        .choices(["empty", "fail"])
        .default("empty"),
    );
  return withLabelOptions(withModelOptions(command))
    .option("--json", "the plan's key figures as one JSON object")
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", steps)
    .action(async (inputs: string[], options: PlanOptions) => {
      const { planJob } = await import("../job/plan-job.js");
      await planJob(inputs, options, context);
    });
}

const steps = `
One image (a Zarr or a TIFF) is cut into blocks; of a folder, or of several files, each image is a unit. Then, each step as
often, on as many machines and in whatever order you like:

  cellwright segment --job JOB --shard I/N    the units of this share (from 0 to N - 1) that are not done
  cellwright merge JOB                        which pieces are one cell
  cellwright finalize JOB --shard I/N         JOB/labels.zarr and JOB/cells.csv; of images, JOB/cells.csv
  cellwright info JOB                         how far it is

A process that was killed is simply started again. The result does not depend on how the work was shared.`;
