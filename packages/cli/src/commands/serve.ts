/**
 * `cellwright serve`: the verbs of the ImJoy plugin as a service of a Hypha server, with this machine's engine.
 *
 * @module
 */
import { Command, Option } from "commander";
import type { Context, EngineChoice } from "../context.js";
import { withEngine } from "../engine-option.js";
import { wholeNumber } from "../option.js";

/** What `serve` was asked for. */
export interface ServeOptions extends EngineChoice {
  readonly server: string;
  readonly workspace?: string;
  readonly id: string;
  readonly visibility: "public" | "protected" | "unlisted";
  readonly concurrency: number;
  readonly queue: number;
  readonly allowHost?: readonly string[];
  readonly model?: readonly string[];
  readonly quiet?: boolean;
}

/** The `serve` command. */
export function serveCommand(context: Context): Command {
  const command = new Command("serve")
    .description(
      "offer this machine to a lab: the verbs of the plugin as a service of a Hypha server",
    )
    .requiredOption("--server <url>", "address of the Hypha server")
    .option("--workspace <name>", "its workspace (default: the token's own)")
    .option("--id <name>", "the name of the service in the workspace", "cellwright")
    .addOption(
      new Option("--visibility <who>", "who may call: everybody, the workspace, who knows the id")
        .choices(["public", "protected", "unlisted"])
        .default("protected"),
    )
    .option("--concurrency <n>", "calls that are worked on at once", wholeNumber(1), 1)
    .option("--queue <n>", "calls that may wait; others are told to come later", wholeNumber(0), 16)
    .option(
      "--allow-host <host...>",
      "hosts on this machine or its network, or over http, whose images callers may name by {url}",
    )
    .option("--model <path...>", "models of your own to offer beside the shipped ones");
  return withEngine(command)
    .option("-q, --quiet", "nothing on stderr but errors")
    .addHelpText("after", more)
    .action(async (options: ServeOptions) => {
      const { serve } = await import("../serve/serve.js");
      await serve(options, context);
    });
}

const more = `
The token of the server is taken from the environment: CELLWRIGHT_HYPHA_TOKEN. Ctrl-C takes no more calls, cancels those under
way, and ends. A caller that goes away takes their calls with them.

Callers may name images by {url}: https on the public internet, and the hosts of --allow-host. Nothing else of this machine's
network can be reached through it.

Examples:
  CELLWRIGHT_HYPHA_TOKEN=… cellwright serve --server https://hypha.example.org --workspace our-lab
  cellwright serve --server http://localhost:9527 --visibility public --concurrency 2 --device gpu`;
