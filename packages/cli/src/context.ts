/**
 * What a command is handed instead of the process: where to write, what the terminal is like, when to stop.
 * `main` fills it from the real process; tests fill it with arrays.
 *
 * @module
 */
import type { Worker } from "node:worker_threads";
import type { Engine } from "@cellwright/core";

/** Which engine shall run a network, and with what. */
export interface EngineChoice {
  /** `onnx` (the default), `tfjs`, `reference`, the slow readable one, or `auto`: the quickest that works here. */
  readonly engine: string;
  /** `cpu` (the default), `gpu`, or `auto`. */
  readonly device: string;
  /** Processor threads; absent: as many as the machine has cores. */
  readonly threads?: number;
}

/** The world of one run of the command. */
export interface Context {
  /** Results go here, as they are. */
  readonly stdout: (text: string) => void;
  /** Progress, warnings and errors go here. */
  readonly stderr: (text: string) => void;
  /** Whether stderr is a terminal somebody looks at. */
  readonly isTTY: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Aborted by the first Ctrl-C: finish the current file, then stop. */
  readonly signal: AbortSignal;
  /** Loads the engine asked for. Nothing of an engine is loaded before this is called. */
  readonly openEngine: (choice: EngineChoice) => Promise<Engine>;
  /** Starts a thread that runs a built module, which finds `data` as its `workerData`; absent: everything runs in this one. */
  readonly startThread?: (program: URL, data: unknown) => Worker;
  /** What the process ends with, see {@link exit}. A command sets it where it is not 0. */
  exitCode: number;
}

/** What the exit codes mean. Scripts are written against them. */
export const exit = {
  /** All well. */
  done: 0,
  /** Nothing could be done. */
  failed: 1,
  /** The command line asks for something that cannot be. */
  usage: 2,
  /** Some inputs were done, some failed; stderr names them. */
  partly: 3,
  /** Ctrl-C; the file under way was finished. */
  interrupted: 130,
} as const;

/** The command line asks for something that cannot be: ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
