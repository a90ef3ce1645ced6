/**
 * `cellwright verify`: does again what reports say was done, and compares what comes out, byte by byte.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";

/** What `verify` was asked for. */
export interface VerifyOptions {
  readonly model?: string;
  readonly input?: string;
  readonly json?: boolean;
}

/** The `verify` command. */
export function verifyCommand(context: Context): Command {
  return new Command("verify")
    .description("repeat what segment, track, measure or convert wrote, and compare the files")
    .argument("<output>", "a folder that was written to, one of its files, or a report (a.json)")
    .option("-m, --model <name|path>", "where the model is now, if not where it was")
    .option("--input <dir>", "where the inputs are now, if not where they were")
    .option("--json", "results as one JSON object a line")
    .addHelpText(
      "after",
      `
Each report says which inputs, model, options and version made the files beside it: a.json of segment, track.json, and of
measure and convert the name of what they wrote with .json after it (cells.csv.json). They are made again, elsewhere, and
compared: the same input, model, options and engine give the same bytes. Nothing is written into the folder.
An input that is gone or was changed since is named, with the report that asks for it: there is nothing to compare.
What train wrote has no such report: run the command of its README again, and compare.
Exits with 0 where all are the same, with 3 where some are, with 1 where none is.`,
    )
    .action(async (output: string, options: VerifyOptions) => {
      const { verify } = await import("../verify.js");
      await verify(output, options, context);
    });
}
