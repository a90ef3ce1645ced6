/**
 * Opens what a user drops, picks or names. In: files or an address. Out: images and labels to lay into the scene.
 *
 * @module
 */
import type { Entry, Opened, OpenOptions } from "./opened.js";
import type { DataThread } from "./thread.js";
import type { Wanted } from "./thread-talk.js";

export { entriesOfDrop, entriesOfInput } from "./drop.js";
export type { Entry, Opened, OpenOptions } from "./opened.js";
export { type DataThread, startThread } from "./thread.js";

let chosen: DataThread | undefined;

/** Opens and decodes in a thread from now on; undefined for the page itself, which is the default. */
export function decodeIn(thread: DataThread | undefined): void {
  chosen = thread;
}

/**
 * Opens files; numbered frames of one folder become one movie, a folder with Zarr's metadata an OME-Zarr. Throws core's
 * errors for what is no image, and the signal's reason.
 */
export async function openFiles(
  entries: readonly Entry[],
  options: OpenOptions = {},
): Promise<Opened[]> {
  return opening({ entries }, options, async () => {
    const { openEntries } = await import("./open-entries.js");
    return openEntries(entries, options);
  });
}

/** Opens a file, an OME-Zarr, or a folder that its host lists, by an address that may be relative to the page. */
export async function openAddress(address: string, options: OpenOptions = {}): Promise<Opened[]> {
  return opening({ address }, options, async () => {
    const { openWeb } = await import("./open-web.js");
    return openWeb(address, options);
  });
}

/** In the thread; in the page where there is none, or it broke down. */
async function opening(
  wanted: Wanted,
  options: OpenOptions,
  inPage: () => Promise<Opened[]>,
): Promise<Opened[]> {
  const thread = chosen;
  if (!thread || thread.isBroken) return inPage();
  try {
    return await thread.open(wanted, options);
  } catch (error) {
    if (!thread.isBroken) throw error;
    return inPage();
  }
}
