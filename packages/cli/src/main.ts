#!/usr/bin/env node
/**
 * The process around the command: argv, the terminal, Ctrl-C, the exit code; and the one place that says which
 * engine runs. Everything large is loaded later.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import type { Context } from "./context.js";
import { exit } from "./context.js";
import { openEngine } from "./engine.js";
import { removeTemporaries } from "./file-sink.js";
import { run } from "./program.js";
import { messageOf } from "./report.js";

const stop = new AbortController();

/** The first time: finish the current file. The second time: go, leaving no half-written file. */
function interrupt(): void {
  if (stop.signal.aborted) {
    removeTemporaries();
    process.exit(exit.interrupted);
  }
  process.stderr.write("\ninterrupted: coming to a stop (again to stop at once)\n");
  stop.abort();
}

process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);
// Whoever read our output has gone (`cellwright … | head`), or the disk under it is full: that takes the list of results,
// not the outputs. The batch goes on; after a full disk it ends as failed.
let unwritable = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  if (!unwritable) process.stderr.write(`error: stdout: ${messageOf(error)}\n`);
  unwritable = true;
  // The error may come after the last command has set its code.
  process.exitCode ||= exit.failed;
});

// A file that grows beyond what `ulimit -f` allows is an error of the write, no reason to end at once.
process.on("SIGXFSZ", () => {});
// Nobody hears: no reason to stop.
process.stderr.on("error", () => {});

const context: Context = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTTY: process.stderr.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  openEngine: (choice) => openEngine(choice, { warn: (line) => process.stderr.write(`${line}\n`) }),
  startThread: (program, data) => new Worker(program, { workerData: data }),
  exitCode: exit.done,
};

const code = await run(process.argv.slice(2), context);
process.exitCode = unwritable && code === exit.done ? exit.failed : code;
