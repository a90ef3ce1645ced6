/**
 * `cellwright info`: what is installed here, what this machine has, and how to make use of it; or how far a job is.
 *
 * @module
 */
import { Command } from "commander";
import type { Context } from "../context.js";

/** The `info` command. */
export function infoCommand(context: Context): Command {
  return new Command("info")
    .description("versions, processor, engines, and how to turn a GPU on; or how far a job is")
    .argument("[job]", 'a folder made by "cellwright plan": what is done, running, failed, left')
    .option("--json", "as one JSON object")
    .action(async (job: string | undefined, options: { json?: boolean }) => {
      if (job !== undefined) {
        const { jobInfo } = await import("../job/job-info.js");
        await jobInfo(job, options, context);
        return;
      }
      const { machineInfo, describeInfo } = await import("../machine-info.js");
      const info = await machineInfo();
      context.stdout(options.json ? `${JSON.stringify(info)}\n` : describeInfo(info));
    });
}
