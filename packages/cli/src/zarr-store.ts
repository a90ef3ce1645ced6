/**
 * A Zarr hierarchy in a folder: keys are files below the root, and nothing outside of it.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  checkZarrPath,
  FormatError,
  UnsupportedError,
  type ZarrRange,
  type ZarrStore,
} from "@cellwright/core";
import { withFile } from "./file-source.js";

/** Metadata beyond this is no metadata. */
const longestMetadata = 16 * 1024 ** 2;

/** Bytes of a chunk or shard, as it lies on the disk. */
const largestChunk = 2 * 1024 ** 3;

/** The store of a folder. A key that is not there is `undefined`. */
export function folderStore(root: string): Required<ZarrStore> {
  const read = async (key: string, range?: ZarrRange) => {
    const path = pathOf(root, key);
    const size = await sizeOf(path);
    if (size === undefined) return undefined;
    const limit = /(^|\/)(zarr\.json|\.z[a-z]+)$/.test(key) ? longestMetadata : largestChunk;
    const length = range && "length" in range ? range.length : range?.suffixLength;
    if ((length ?? size) > limit)
      throw new UnsupportedError(`${key} has ${length ?? size} bytes, the limit is ${limit}`);
    if (!range) return new Uint8Array(await readFile(path));
    const start = "offset" in range ? range.offset : Math.max(0, size - range.suffixLength);
    const end = "offset" in range ? start + range.length : size;
    if (start > size || end > size)
      throw new FormatError(`${key} must have ${end} bytes, has ${size}: cut off or damaged`);
    return withFile(path, (source) => source.read(start, end));
  };
  return { get: (key) => read(key), getRange: read };
}

/** The files that make a folder, or a part of a zip, a Zarr. */
export const zarrMetadata: RegExp = /(^|\/)(zarr\.json|\.zgroup|\.zarray)$/;

/** Whether a folder is a Zarr: a group or an array, of version 2 or 3. */
export async function isZarrFolder(folder: string): Promise<boolean> {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.some((name) => zarrMetadata.test(name));
}

/** All files below a folder of a Zarr, absolute; what its content can be told by. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(path)));
    else found.push(path);
  }
  return found.sort();
}

function pathOf(root: string, key: string): string {
  const inner = key.replace(/^\//, "");
  return inner === "" ? root : join(root, checkZarrPath(inner));
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const status = await stat(path);
    return status.isFile() ? status.size : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
