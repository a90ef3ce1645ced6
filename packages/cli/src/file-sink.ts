/**
 * Writing a file so that it is either whole or not there: under a temporary name beside it, flushed, then renamed.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { access, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const unfinished = new Set<string>();

/** What a file is made of; what comes in pieces is written as it comes. */
export type Content = Uint8Array | string | AsyncIterable<Uint8Array>;

/** Writes `content` to `path`, replacing what is there only when all of it is on the disk. */
export async function writeWhole(path: string, content: Content): Promise<void> {
  const temporary = join(dirname(path), `.${shortened(basename(path))}.${randomUUID()}.tmp`);
  unfinished.add(temporary);
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    // The user knows the name of the file, not the temporary one.
    if (error instanceof Error && "path" in error) Object.assign(error, { path });
    throw error;
  } finally {
    unfinished.delete(temporary);
  }
}

/**
 * Makes files in a temporary folder beside `folder`, which `work` then moves to where they belong; what is left of the
 * temporary one is removed whatever happens.
 */
export async function withTemporaryFolder<T>(
  folder: string,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = join(dirname(folder), `.${shortened(basename(folder))}.${randomUUID()}.tmp`);
  unfinished.add(temporary);
  try {
    await mkdir(temporary);
    return await work(temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    unfinished.delete(temporary);
  }
}

/** From here on a temporary folder holds what is nowhere else: not even a process that must end at once removes it. */
export function keepTemporary(temporary: string): void {
  unfinished.delete(temporary);
}

/** Writes a file that is not there yet; done when all of it is on the disk. */
export async function writeFlushed(path: string, content: Content): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await writeFile(handle, content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether there is something under a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Removes the temporary files of writes that are under way: the last thing a process does that must end at once. */
export function removeTemporaries(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
  unfinished.clear();
}

/** File names may have 255 bytes; the temporary one must leave room for what is added. */
function shortened(name: string): string {
  return [...name].slice(0, 40).join("");
}
