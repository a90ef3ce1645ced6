/**
 * `cellwright score`: how well found cells agree with the truth.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";
import { listOf, wholeNumber } from "../option.js";

/** What `score` was asked for. */
export interface ScoreOptions {
  readonly metric: readonly string[];
  readonly nuclear?: string;
  readonly crop?: number;
  readonly recursive?: boolean;
  readonly json?: boolean;
}

/** The `score` command. */
export function scoreCommand(context: Context): Command {
  return new Command("score")
    .description("compare found labels with true ones, image by image and all together")
    .argument("<truth>", "true labels: a file or a folder")
    .argument(
      "<found>",
      "found labels: a file or a folder; matched by name, _masks and _labels aside",
    )
    .option(
      "--metric <list>",
      "ap (one-to-one matching), paper (Jaccard and Dice of 2016)",
      listOf(["ap", "paper"]),
      ["ap"],
    )
    .option("--nuclear <path>", "for paper: the nuclear mask, a file or a folder matched by name")
    .option(
      "--crop <px>",
      "for paper: pixels to leave out along every border (default 0)",
      wholeNumber(0),
    )
    .option("-r, --recursive", "look into folders of folders")
    .option("--json", "results as one JSON object a line")
    .action(async (truth: string, found: string, options: ScoreOptions) => {
      const { scoreFiles } = await import("../score-files.js");
      await scoreFiles(truth, found, options, context);
    });
}
