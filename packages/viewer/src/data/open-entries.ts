/**
 * Opens files of the user's: dropped, or picked.
 *
 * @module
 */
import { openItems } from "./open-items.js";
import type { Entry, Opened, OpenOptions } from "./opened.js";
import { fileSource } from "./source-file.js";

/** Opens files by their paths below what was dropped. */
export function openEntries(
  entries: readonly Entry[],
  options: OpenOptions = {},
): Promise<Opened[]> {
  const items = entries.map(({ path, file }) => ({
    path,
    source: async () => fileSource(file, path.slice(path.lastIndexOf("/") + 1)),
  }));
  return openItems(items, options);
}
