/**
 * What files and folders hold, by their SHA-256: read piece by piece, whatever their size.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { filesBelow } from "./zarr-store.js";

/** The size of a file, or of all files together, and their hash. */
export interface Content {
  readonly bytes: number;
  /** Of a file its own; of several that of their names and hashes. Absent where there is no file, but a pipe or a device. */
  readonly sha256?: string;
  /** How many files, where there may be several. */
  readonly files?: number;
}

/** The content of a file, or of a folder with all that lies below it. */
export async function contentOf(path: string): Promise<Content> {
  const status = await stat(path);
  if (status.isDirectory()) return contentOfAll(path, await filesBelow(path));
  return status.isFile() ? contentOfFile(path) : { bytes: 0 };
}

/** The content of files, whose names count as seen from `folder`. */
export async function contentOfAll(folder: string, paths: readonly string[]): Promise<Content> {
  const whole = createHash("sha256");
  let bytes = 0;
  for (const path of paths) {
    const one = await contentOfFile(path);
    const name = relative(folder, path).split(sep).join("/");
    whole.update(`${JSON.stringify([name, one.sha256])}\n`);
    bytes += one.bytes;
  }
  return { bytes, sha256: whole.digest("hex"), files: paths.length };
}

async function contentOfFile(path: string): Promise<Content> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
