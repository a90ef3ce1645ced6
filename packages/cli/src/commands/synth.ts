/**
 * `cellwright synth`: made-up microscope images whose cells are known exactly.
 *
 * @module
 */
import { Argument, Command } from "commander";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";

/** What `synth` was asked for. */
export interface SynthOptions {
  readonly output: string;
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** The kinds of cells that can be made. */
export const synthKinds: readonly string[] = ["nuclei", "bacteria"];

/** The `synth` command. */
export function synthCommand(context: Context): Command {
  return new Command("synth")
    .description(
      "make labelled synthetic images: DIR/images and DIR/labels, one file of each a field",
    )
    .addArgument(new Argument("<kind>", "what to draw").choices([...synthKinds]))
    .requiredOption("-o, --output <dir>", "the folder to write to; made where it is not there")
    .option("-n, --count <n>", "how many images", wholeNumber(1), 10)
    .option("--size <px>", "height and width of an image", wholeNumber(16), 512)
    .option("--seed <n>", "the same seed makes the same images", wholeNumber(0), 0)
    .option("--overwrite", "replace files that are there")
    .option("--json", "results as one JSON object a line")
    .action(async (kind: string, options: SynthOptions) => {
      const { synthFiles } = await import("../synth-files.js");
      await synthFiles(kind, options, context);
    });
}
