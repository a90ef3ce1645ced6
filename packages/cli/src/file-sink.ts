/**
 * Writing a file so that it is either whole or not there: under a temporary name beside it, flushed, then renamed.
 *
 * @module
 */
import { constants, rmSync } from "node:fs";
import { access, type FileHandle, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { begin, finished, tidy, underWay } from "./temporary.js";

/** What a file is made of; what comes in pieces is written as it comes. */
export type Content = Uint8Array | string | AsyncIterable<Uint8Array>;

/** Writes `content` to `path`, replacing what is there only when all of it is on the disk. */
export async function writeWhole(path: string, content: Content): Promise<void> {
  await tidy(dirname(path));
  const temporary = begin(path);
  try {
    await writeFlushed(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw named(error, path);
  } finally {
    finished(temporary);
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
  let temporary: string | undefined;
  try {
    await makeFolder(dirname(folder));
    await tidy(dirname(folder));
    temporary = begin(folder);
    await mkdir(temporary);
    return await work(temporary);
  } catch (error) {
    throw inFolder(error, temporary) ? named(error, folder) : error;
  } finally {
    if (temporary !== undefined) {
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      finished(temporary);
    }
  }
}

/** From here on a temporary folder holds what is nowhere else: not even a process that must end at once removes it. */
export function keepTemporary(temporary: string): void {
  finished(temporary);
}

/** Writes a file that is not there yet; done when all of it is on the disk. */
export async function writeFlushed(path: string, content: Content): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await writeFile(handle, content);
    await flush(handle);
  } catch (error) {
    throw named(error, path);
  } finally {
    await handle.close();
  }
}

/** Brings what was written to the disk, on file systems that know how; throws where the disk fails. */
export async function flush(handle: Pick<FileHandle, "sync">): Promise<void> {
  await handle.sync().catch((error: NodeJS.ErrnoException) => {
    if (!["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(error.code ?? "")) throw error;
  });
}

/** Makes a folder and those above it, where they are missing. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // Node takes a disk that cannot be written to for one without the folder: the folder above knows better.
    let above = dirname(path);
    while (!(await exists(above)) && dirname(above) !== above) above = dirname(above);
    await access(above, constants.W_OK).catch((reason) => {
      throw named(reason, path);
    });
    throw error;
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
  for (const path of underWay()) {
    rmSync(path, { recursive: true, force: true });
    finished(path);
  }
}

/** The user knows the name of the file, not the temporary one; and errors of open files have none. */
function named(error: unknown, path: string): unknown {
  return error instanceof Error && "code" in error ? Object.assign(error, { path }) : error;
}

/** Whether an error is about something in a temporary folder, whose name says nothing to anybody. */
function inFolder(error: unknown, temporary: string | undefined): boolean {
  if (!(error instanceof Error) || !("syscall" in error)) return false;
  const { path } = error as NodeJS.ErrnoException;
  return path === undefined || (temporary !== undefined && path.startsWith(temporary));
}
