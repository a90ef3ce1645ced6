/**
 * `cellwright score`: how well found cells agree with the truth.
 *
 * @module
 */
import { Command } from "commander";
import { type Context, UsageError } from "../context.js";
import { listOf, wholeNumber } from "../option.js";

/** What `score` was asked for. */
export interface ScoreOptions {
  readonly metric: readonly string[];
  readonly nuclear?: string;
  readonly crop?: number;
  readonly recursive?: boolean;
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** The `score` command. */
export function scoreCommand(context: Context): Command {
  return new Command("score")
    .description("compare found labels, or tracks, with true ones, one by one and all together")
    .argument(
      "<truth>",
      "true labels: a file or a folder; for ctc a movie's folder or .trk, or a folder with 01_GT, 02_GT …",
    )
    .argument(
      "<found>",
      "found labels: a file or a folder; matched by name, _masks and _labels aside",
    )
    .option(
      "--metric <list>",
      "ap (one-to-one matching), paper (Jaccard and Dice of 2016); or ctc (movies: SEG, DET, TRA, divisions)",
      listOf(["ap", "paper", "ctc"]),
      ["ap"],
    )
    .option("--nuclear <path>", "for paper: the nuclear mask, a file or a folder matched by name")
    .option(
      "--crop <px>",
      "for paper: pixels to leave out along every border (default 0)",
      wholeNumber(0),
    )
    .option("--repair", "for ctc: bring found tracks in line with their frames, not refuse them")
    .option("-r, --recursive", "look into folders of folders")
    .option("--json", "results as one JSON object a line")
    .action(async (truth: string, found: string, options: ScoreOptions) => {
      if (options.metric.includes("ctc")) {
        const { scoreMovies } = await import("../score-movies.js");
        await scoreMovies(truth, found, options, context);
        return;
      }
      if (options.repair) throw new UsageError("--repair is for --metric ctc");
      const { scoreFiles } = await import("../score-files.js");
      await scoreFiles(truth, found, options, context);
    });
}
