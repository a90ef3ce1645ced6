/**
 * A batch goes on when one of its files fails; at its end the exit code says how it went.
 *
 * @module
 */
import { basename } from "node:path";
import { isCoreError } from "@cellwright/core";
import { exit, UsageError } from "./context.js";
import { messageOf, oneLine } from "./report.js";

/** How many of a batch went which way. */
export interface Tally {
  done: number;
  skipped: number;
  failed: number;
}

/** The exit code of a batch: all well, some failed, or nothing done. */
export function exitCodeOf({ done, skipped, failed }: Tally): number {
  if (failed === 0) return exit.done;
  return done + skipped > 0 ? exit.partly : exit.failed;
}

/** An error about a file as one line that begins with the file's path, once. */
export function fileMessage(path: string, error: unknown): string {
  const message = messageOf(error);
  if (message.includes(path)) return oneLine(message);
  const name = basename(path);
  if (message.startsWith(`${name} `) || message.startsWith(`${name}:`))
    return oneLine(path + message.slice(name.length));
  return oneLine(`${path}: ${message}`);
}

/** An error about a file as data, for JSON lines. */
export function errorData(path: string, error: unknown): { kind: string; message: string } {
  const kind = isCoreError(error) ? error.kind : "Error";
  return { kind, message: fileMessage(path, error) };
}

/** Does some work on a file; an error then names the file. A {@link UsageError} stays one. */
export async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Error(fileMessage(path, error), { cause: error });
  }
}
