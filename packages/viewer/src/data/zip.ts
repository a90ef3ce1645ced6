/**
 * The files in a zip, each unpacked when it is asked for: a folder of images, an OME-Zarr, what was saved as one file.
 *
 * @module
 */
import {
  bytesSource,
  FormatError,
  listZip,
  readZipEntry,
  type Source,
  type ZipEntry,
} from "@cellwright/core";
import type { Item } from "./open-items.js";

/** The directory of a zip with as many files as it can have. */
const maxDirectory = 64 * 2 ** 20;

/** The largest file in a zip, unpacked. */
const largestFile = 2 ** 30;

/** Whether a file begins like a zip. */
export async function isZip(source: Source): Promise<boolean> {
  const [a, b, c, d] = await source.read(0, Math.min(4, source.byteLength));
  return a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6));
}

/** The files in a zip by their paths below its name. Throws `FormatError` for a model, which is no image. */
export async function zipItems(source: Source): Promise<Item[]> {
  const entries = await listZip(source, { maxDirectory });
  if (entries.some(({ name }) => /(^|\/)(rdf|bioimageio)\.yaml$/i.test(name)))
    throw new FormatError(
      `${source.name} is a model, not an image: add it where models are picked`,
    );
  const root = source.name.replace(/\.(zip|ozx)$/i, "");
  // A zip of one folder has its name twice.
  const inside = (name: string) => (name.startsWith(`${root}/`) ? name : `${root}/${name}`);
  return entries
    .filter(({ name }) => !name.endsWith("/") && !name.startsWith("__MACOSX/"))
    .map((entry) => ({ path: inside(entry.name), source: () => unpacked(source, entry) }));
}

async function unpacked(source: Source, entry: ZipEntry): Promise<Source> {
  const name = entry.name.slice(entry.name.lastIndexOf("/") + 1);
  return bytesSource(name, await readZipEntry(source, entry, largestFile));
}
