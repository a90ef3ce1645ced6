/**
 * Where models lie that were fetched from the network: a folder each, in the user's cache.
 *
 * @module
 */
import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of fetched models: `$XDG_CACHE_HOME/cellwright/models`, or the same below `~/.cache`. */
export function modelCache(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(base, "cellwright", "models");
}

/** Whether a name can be that of a fetched model: a word, no path. */
export function isModelId(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,99}$/i.test(name);
}
