/**
 * Writing a folder of files so that it is either whole or not there: beside its place, then renamed.
 *
 * @module
 */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exists, withTemporaryFolder, writeFlushed } from "./file-sink.js";
import { isLeft, isMark, mark } from "./temporary.js";

/**
 * Lets `fill` put files, by their paths below the folder, and then moves all of them to `folder` at once, in place of what
 * is there. What is there stays where `fill` fails. Where the process ends between taking the old folder away and putting
 * the new one there, the old one lies beside its place as `NAME.before-…`, and the next call puts it back first.
 */
export async function writeWholeFolder(
  folder: string,
  fill: (put: (path: string, content: Uint8Array | string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await mendFolder(folder);
  await withTemporaryFolder(folder, async (temporary) => {
    const made = join(temporary, "made");
    await mkdir(made);
    const files = startFiles(made);
    try {
      await fill(files.put);
    } finally {
      await files.end();
    }
    files.check();
    if (await exists(folder)) await replace(folder, made);
    else await rename(made, folder);
  });
}

/** So many files are written at once: the disk has something to do while others are made sure of. */
const atOnce = 8;

/** Writes files below a folder; `put` comes back before its file is on the disk, `end` when all are. */
function startFiles(folder: string): {
  put(path: string, content: Uint8Array | string): Promise<void>;
  end(): Promise<void>;
  /** Throws what went wrong, if something did. */
  check(): void;
} {
  const known = new Set([folder]);
  const open = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const check = () => {
    if (errors.length > 0) throw errors[0];
  };
  const write = async (place: string, content: Uint8Array | string) => {
    if (!known.has(dirname(place))) await mkdir(dirname(place), { recursive: true });
    known.add(dirname(place));
    await writeFlushed(place, content);
  };
  return {
    check,
    async put(path, content) {
      while (open.size >= atOnce) await Promise.race(open);
      check();
      const work = write(join(folder, path), content)
        .catch((error) => void errors.push(error))
        .finally(() => open.delete(work));
      open.add(work);
    },
    async end() {
      await Promise.all(open);
    },
  };
}

/** The old folder is never in a temporary one: those are removed whatever happens. */
async function replace(folder: string, made: string): Promise<void> {
  const before = `${folder}.before-${mark()}`;
  await rename(folder, before);
  try {
    await rename(made, folder);
  } catch (error) {
    await rename(before, folder);
    throw error;
  }
  // The new one is whole and in its place; what cannot be removed now, the next write removes.
  await rm(before, { recursive: true, force: true }).catch(() => {});
}

/**
 * Ends what a process began that was killed between two renames: the old folder is put back where there is no new one, and
 * removed where there is.
 */
export async function mendFolder(folder: string): Promise<void> {
  const names = await readdir(dirname(folder)).catch((): string[] => []);
  const ours = `${basename(folder)}.before-`;
  const left: string[] = [];
  for (const name of names) {
    const [word, place] = [name.slice(ours.length), join(dirname(folder), name)];
    if (name.startsWith(ours) && isMark(word) && (await isLeft(word, place))) left.push(place);
  }
  if (left.length === 1 && !(await exists(folder))) await rename(left[0], folder);
  else if (await exists(folder))
    for (const place of left) await rm(place, { recursive: true, force: true });
}
