/**
 * `cellwright bench`: how fast this machine is with a model, engine by engine.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";
import { wholeNumber } from "../option.js";

/** What `bench` was asked for. */
export interface BenchOptions {
  readonly model: string;
  readonly threads?: number;
  readonly seconds: number;
  readonly json?: boolean;
}

/** The `bench` command. */
export function benchCommand(context: Context): Command {
  return new Command("bench")
    .description("pixels a second of a model on this machine, for each engine that runs here")
    .option("--model <name>", "a shipped model's name, a folder, a zip", "nuclei")
    .option("--threads <n>", "processor threads, at most one a core", wholeNumber(1))
    .option("--seconds <s>", "to spend on each engine, about", wholeNumber(1), 4)
    .option("--json", "one JSON object a line, an engine each, the whole road last")
    .addHelpText(
      "after",
      `
The network alone runs on made-up cells, in tiles; then "segment" does all of it, on the engine it uses by itself: cells found,
and how its time is shared out. Takes less than a minute.

Example
  cellwright bench --json > this-machine.jsonl`,
    )
    .action(async (options: BenchOptions) => {
      const { bench } = await import("../bench.js");
      await bench(options, context);
    });
}
