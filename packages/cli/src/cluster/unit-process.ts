/**
 * A unit in a process of its own: what it needs of memory and time is not the worker's, which goes on to answer Redis.
 *
 * @module
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a process ended. */
export interface Ended {
  /** Undefined where it was killed. */
  readonly code?: number;
  readonly signal?: string;
  readonly out: string;
  /** The last lines it wrote to stderr. */
  readonly err: string;
}

/**
 * Runs the command with these words. When `stop` is aborted the process is asked to finish what it has in hand; a block
 * that is not done then is done by whoever comes next.
 */
export function runUnit(words: readonly string[], stop: AbortSignal): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = fork(fileURLToPath(new URL("./unit-main.js", import.meta.url)), words, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // Ctrl-C at a terminal is for the worker, which then asks its processes.
      detached: true,
    });
    const ask = () => child.kill("SIGTERM");
    stop.addEventListener("abort", ask);
    if (stop.aborted) ask();
    let out = "";
    let err = "";
    child.stdout?.on("data", (text) => {
      out = `${out}${text}`.slice(-100_000);
    });
    child.stderr?.on("data", (text) => {
      err = `${err}${text}`.slice(-2000);
    });
    child.on("error", fail);
    child.on("close", (code, signal) => {
      stop.removeEventListener("abort", ask);
      done({ ...(code === null ? {} : { code }), ...(signal ? { signal } : {}), out, err });
    });
  });
}
