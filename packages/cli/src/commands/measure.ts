/**
 * `cellwright measure`: a table of numbers, one row a cell, from labels and where wanted their image.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";

/** What `measure` was asked for. */
export interface MeasureOptions {
  readonly output?: string;
  readonly overwrite?: boolean;
}

/** The `measure` command. */
export function measureCommand(context: Context): Command {
  return new Command("measure")
    .description("measure labelled cells: one row a cell")
    .argument("<labels>", "labels, such as a_masks.tif")
    .argument("[image]", "the image they belong to, for the brightness of the cells")
    .option("-o, --output <file.csv>", "the table to write (default: stdout)")
    .option("--overwrite", "replace a table that is there")
    .action(async (labels: string, image: string | undefined, options: MeasureOptions) => {
      const { measureFile } = await import("../measure-file.js");
      await measureFile(labels, image, options, context);
    });
}
