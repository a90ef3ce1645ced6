/**
 * `cellwright info`: what is installed here, what this machine has, and how to make use of it.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";

/** The `info` command. */
export function infoCommand(context: Context): Command {
  return new Command("info")
    .description("versions, processor, engines, and how to turn a GPU on")
    .option("--json", "as one JSON object")
    .action(async (options: { json?: boolean }) => {
      const { machineInfo, describeInfo } = await import("../machine-info.js");
      const info = await machineInfo();
      context.stdout(options.json ? `${JSON.stringify(info)}\n` : describeInfo(info));
    });
}
