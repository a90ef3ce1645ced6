/**
 * One input of `cellwright convert` on its way, and what became of it.
 *
 * @module
 */
import type { ConvertOptions } from "./commands/convert.js";
import type { Context } from "./context.js";

/** What became of an input. */
export interface Converted {
  readonly status: "done" | "skipped";
  /** As the user would type them. */
  readonly outputs: readonly string[];
  /** What was converted, for people. */
  readonly what: string;
  /** What people should know of it, a line each. */
  readonly notes?: readonly string[];
}

/** One input on its way. */
export interface Conversion {
  readonly input: string;
  readonly options: ConvertOptions;
  readonly context: Context;
  /** Where the only result goes; undefined where results go into the folder `-o`, under their own names. */
  readonly output: string | undefined;
  readonly onProgress: (share: number) => void;
}
