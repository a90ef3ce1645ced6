/**
 * `cellwright synth`: made-up microscope images and movies whose cells are known exactly.
 *
 * @module
 */
import { Argument, Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.js";
import { positiveNumber, wholeNumber } from "../option.js";

/** What `synth` was asked for. */
export interface SynthOptions extends SynthMovieOptions {
  readonly output: string;
  readonly count?: number;
  readonly size: number;
  readonly seed: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** What only movies have. */
export interface SynthMovieOptions {
  readonly frames?: number;
  readonly interval?: number;
  readonly cells?: number;
  readonly density?: number;
  readonly doubling?: number;
  readonly spread?: number;
  readonly speed?: number;
  readonly drift?: number;
}

/** The kinds of cells that can be made. */
export const synthKinds: readonly string[] = ["nuclei", "bacteria"];

/** The `synth` command. */
export function synthCommand(context: Context): Command {
  return new Command("synth")
    .description(
      "make labelled synthetic images: DIR/images and DIR/labels, one file of each a field; with --frames movies as the Cell Tracking Challenge lays them out: DIR/01 and the truth in DIR/01_GT",
    )
    .addArgument(new Argument("<kind>", "what to draw").choices([...synthKinds]))
    .requiredOption("-o, --output <dir>", "the folder to write to; made where it is not there")
    .option("-n, --count <n>", "how many images (default: 10) or movies (1)", wholeNumber(1))
    .option("--size <px>", "height and width of an image", wholeNumber(16), 512)
    .option("--seed <n>", "the same seed makes the same images", wholeNumber(0), 0)
    .option("--frames <n>", "make a movie of so many frames", wholeNumber(1))
    .option("--interval <s>", "seconds from frame to frame (default: 300)", positiveNumber)
    .option(
      "--cells <n>",
      "cells at first (default: nuclei by --density, 1 bacterium)",
      wholeNumber(1),
    )
    .option(
      "--density <share>",
      "of the image that nuclei cover at first (default: 0.15)",
      atLeastZero,
    )
    .option(
      "--doubling <frames>",
      "to double in area (default: nuclei 60, bacteria 20)",
      positiveNumber,
    )
    .option("--spread <share>", "how much growth rates of cells differ (default: 0.1)", atLeastZero)
    .option("--speed <px>", "how far cells move by themselves in a frame", atLeastZero)
    .option("--drift <px>", "how far the stage moves in a frame (default: 0)", atLeastZero)
    .option("--overwrite", "replace files that are there")
    .option("--json", "results as one JSON object a line")
    .action(async (kind: string, options: SynthOptions) => {
      if (options.frames === undefined) {
        const { synthFiles } = await import("../synth-files.js");
        return synthFiles(kind, options, context);
      }
      const { synthMovieFiles } = await import("../synth-movie-files.js");
      return synthMovieFiles(kind, options, context);
    });
}

function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number from 0 up.");
  return value;
}
