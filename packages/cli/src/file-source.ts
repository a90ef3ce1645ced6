/**
 * A file on disk as a {@link Source}: bytes on demand, never the whole file unless asked for.
 *
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { FormatError, type Source } from "@cellwright/core";

/** Opens a file, lets `use` read from it, and closes it whatever happens. */
export async function withFile<T>(path: string, use: (source: Source) => Promise<T>): Promise<T> {
  const { source, close } = await openFile(path);
  try {
    return await use(source);
  } finally {
    await close();
  }
}

/** Opens a file that stays open until `close` is called. */
export async function openFile(
  path: string,
): Promise<{ source: Source; close: () => Promise<void> }> {
  // Without O_NONBLOCK, opening a pipe nobody writes to would wait for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await handle.stat();
    if (!status.isFile())
      throw new FormatError(
        status.isDirectory() ? "is a folder, must be a file" : "is not a regular file",
      );
    const source = {
      name: basename(path),
      byteLength: status.size,
      read: (start: number, end: number) => readRange(handle, start, end),
    };
    return { source, close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readRange(handle: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0)
      throw new FormatError(
        `ends at byte ${start + filled}, must have ${end} (still being written?)`,
      );
    filled += bytesRead;
  }
  return bytes;
}
