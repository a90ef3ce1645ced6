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
    .description('repeat what "cellwright segment" wrote, and compare the files')
    .argument("<output>", "the folder that segment wrote to, or one of its reports (a.json)")
    .option("-m, --model <name|path>", "where the model is now, if not where it was")
    .option("--input <dir>", "where the images are now, if not where they were")
    .option("--json", "results as one JSON object a line")
    .addHelpText(
      "after",
      `
Each report says which images, model, options and version made the files beside it. They are made again, elsewhere, and compared:
the same input, model, options and engine give the same bytes. Nothing is written into the folder.
What track, measure, convert and train wrote has no such report: run the same command into another folder, and compare.
Exits with 0 where all are the same, with 3 where some are, with 1 where none is.`,
    )
    .action(async (output: string, options: VerifyOptions) => {
      const { verify } = await import("../verify.js");
      await verify(output, options, context);
    });
}
