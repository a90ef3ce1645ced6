/**
 * The options that say what runs a network: the same words, choices and defaults for every command that runs one.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { engineNames } from "./engine.js";
import { wholeNumber } from "./option.js";

/**
 * Gives a command `--engine`, `--device` and `--threads`, after the options it has. What they are set to has the form of
 * an `EngineChoice`.
 */
export function withEngine(command: Command): Command {
  return command
    .addOption(
      new Option("--engine <name>", "what runs the network")
        .choices(engineNames)
        .default(engineNames[0])
        .argParser(engineName),
    )
    .addOption(
      new Option("--device <name>", "where it runs").choices(["cpu", "gpu", "auto"]).default("cpu"),
    )
    .option(
      "--threads <n>",
      "processor threads, at most one a core (default: all cores)",
      wholeNumber(1),
    );
}

function engineName(name: string): string {
  if (engineNames.includes(name)) return name;
  throw new InvalidArgumentError(`There is no "${name}". There is ${engineNames.join(", ")}.`);
}
