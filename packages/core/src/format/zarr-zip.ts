/**
 * A Zarr hierarchy in a zip: of the zip its directory is read, of its files those that are asked for.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Source } from "../source.js";
import { findZipBytes, listZip, readZipEntry, type ZipEntry } from "../zip.js";
import { checkZarrPath, type ZarrKey, type ZarrRange, type ZarrStore } from "./zarr-store.js";

/** The directory of a zip with as many files as it can have. */
const maxDirectory = 256 * 1024 ** 2;

/** Bytes of a file that is stored as it is, of one that is packed when it is unpacked, and of metadata. */
const [largestStored, largestPacked, largestMetadata] = [2 ** 31, 2 ** 28, 2 ** 24];

const metadataName = /^(.*\/)?(zarr\.json|\.zgroup|\.zarray|\.zattrs)$/;

/**
 * The store of a zip, whose root is the folder of the uppermost metadata in it. Pieces of files that are stored as they are,
 * such as shards, are read without the rest, and then without a look at the file's checksum. Throws {@link FormatError} where
 * the source is no whole zip, holds no Zarr, or has a name twice.
 */
export async function zipStore(source: Source): Promise<Required<ZarrStore>> {
  const entries = await listZip(source, { maxDirectory });
  const root = rootOf(entries, source.name);
  const files = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (!entry.name.startsWith(root)) continue;
    const path = entry.name.slice(root.length);
    if (files.has(path)) throw new FormatError(`${source.name} holds ${path.slice(0, 80)} twice`);
    files.set(path, entry);
  }
  const entryOf = (key: ZarrKey) => {
    const path = key.slice(1);
    return path === "" ? undefined : files.get(checkZarrPath(path));
  };
  return {
    async get(key) {
      const entry = entryOf(key);
      return entry && readZipEntry(source, entry, largestOf(entry));
    },
    async getRange(key, range, options) {
      const entry = entryOf(key);
      if (!entry) return undefined;
      const { start, end } = extentOf(range, entry, key);
      if (entry.method !== 0)
        return (await readZipEntry(source, entry, largestOf(entry))).subarray(start, end);
      const at = await findZipBytes(source, entry);
      return source.read(at + start, at + end, options?.signal);
    },
  };
}

function largestOf({ name, method }: ZipEntry): number {
  if (metadataName.test(name)) return largestMetadata;
  return method === 0 ? largestStored : largestPacked;
}

function extentOf(range: ZarrRange, { size }: ZipEntry, key: string) {
  const start = "offset" in range ? range.offset : size - range.suffixLength;
  const end = "offset" in range ? start + range.length : size;
  if (!(start >= 0 && start <= end && end <= size))
    throw new FormatError(
      `${key.slice(1)} must have ${end} bytes, has ${size}: cut off or damaged`,
    );
  return { start, end };
}

/** The folder of the metadata with the fewest steps, with a `/` at its end; empty for the zip's own root. */
function rootOf(entries: readonly ZipEntry[], name: string): string {
  let root: string | undefined;
  for (const entry of entries) {
    const found = metadataName.exec(entry.name);
    if (!found) continue;
    const folder = found[1] ?? "";
    if (root === undefined || folder.split("/").length < root.split("/").length) root = folder;
  }
  if (root === undefined) throw new FormatError(`${name} is a zip without a Zarr in it`);
  return root;
}
