/**
 * How this very command is run again by another process, on this machine or on one that sees the same disk.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The words that start this command: Node, and the program, both by their full paths. */
export function ownCommand(): [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL("../main.js", import.meta.url))];
}
