/**
 * A job on Slurm: its script, printed, or put beside it and submitted.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { SlurmOptions } from "../commands/slurm.js";
import { type Context, exit } from "../context.js";
import { writeWhole } from "../file-sink.js";
import { jobAt } from "./job-place.js";
import { ownCommand } from "./own-command.js";
import { wordsOf } from "./shell-words.js";
import { slurmScript } from "./slurm-script.js";

/** Prints the script of a job, or submits it. */
export async function slurm(path: string, options: SlurmOptions, context: Context): Promise<void> {
  const job = await jobAt(path, context);
  const script = slurmScript({
    job,
    shards: options.shards,
    atOnce: Math.min(options.atOnce ?? options.shards, options.shards),
    memory: options.memory,
    cores: options.cores,
    device: options.device,
    time: options.time,
    sbatch: options.sbatchArgs,
    partial: options.partial === true,
    command: options.command ? wordsOf(options.command) : ownCommand(),
  });
  if (!options.submit) {
    context.stdout(script);
    return;
  }
  const file = join(job, "slurm.sh");
  await keepOther(file, script);
  await writeWhole(file, script);
  await submit(file, context);
}

/** What somebody may have written into the script is not lost: it stays as `slurm.sh~`. */
async function keepOther(file: string, script: string): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => script);
  if (before !== script) await rename(file, `${file}~`);
}

function submit(file: string, context: Context): Promise<void> {
  return new Promise((done, fail) => {
    const shell = spawn("bash", [file], {
      env: context.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    shell.stdout.on("data", (text) => context.stdout(`${text}`));
    shell.stderr.on("data", (text) => context.stderr(`${text}`));
    shell.on("error", fail);
    shell.on("close", (code) => {
      if (code !== 0) {
        context.stderr(`error: ${file}: could not be submitted (code ${code})\n`);
        context.exitCode = exit.failed;
      }
      done();
    });
  });
}
