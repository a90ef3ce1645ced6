/**
 * Writing a folder of files so that it is either whole or not there: beside its place, then renamed.
 *
 * @module
 */
import { mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists, withTemporaryFolder, writeFlushed } from "./file-sink.js";

/**
 * Lets `fill` put files, by their paths below the folder, and then moves all of them to `folder` at once, in place of what
 * is there. What is there stays where `fill` fails.
 */
export async function writeWholeFolder(
  folder: string,
  fill: (put: (path: string, content: Uint8Array | string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(folder, async (temporary) => {
    const [made, before] = [join(temporary, "made"), join(temporary, "before")];
    await mkdir(made);
    const known = new Set([made]);
    await fill(async (path, content) => {
      const place = join(made, path);
      if (!known.has(dirname(place))) await mkdir(dirname(place), { recursive: true });
      known.add(dirname(place));
      await writeFlushed(place, content);
    });
    const replaces = await exists(folder);
    if (replaces) await rename(folder, before);
    try {
      await rename(made, folder);
    } catch (error) {
      if (replaces) await rename(before, folder);
      throw error;
    }
  });
}
