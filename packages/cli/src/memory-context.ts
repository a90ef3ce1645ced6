/**
 * A world for the command without a process: what it writes is kept, nobody watches, nothing is aborted.
 *
 * @module
 */
import type { Context } from "./context.js";
import { openEngine } from "./engine.js";

/** A context that remembers. */
export interface MemoryContext extends Context {
  /** All that was written to stdout so far. */
  readonly out: () => string;
  /** All that was written to stderr so far. */
  readonly err: () => string;
}

/** A context for calling `run` from a program, with any part replaced by `changes`. */
export function memoryContext(changes: Partial<Context> = {}): MemoryContext {
  const written = { out: "", err: "" };
  return {
    stdout: (text) => {
      written.out += text;
    },
    stderr: (text) => {
      written.err += text;
    },
    isTTY: false,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    openEngine: (choice) =>
      openEngine(choice, {
        warn: (line) => {
          written.err += `${line}\n`;
        },
      }),
    exitCode: 0,
    ...changes,
    out: () => written.out,
    err: () => written.err,
  };
}
