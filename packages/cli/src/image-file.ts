/**
 * Reads an image whatever it is kept in: a file that core reads, an OME-Zarr or plain Zarr in a folder or a zip, or a file
 * that is left to ITK.
 *
 * @module
 */
import {
  FormatError,
  type Image,
  imageOfItk,
  itkNameOf,
  listZip,
  openZarr,
  readImage,
  type Source,
  UnsupportedError,
  type ZarrStore,
  zipStore,
} from "@cellwright/core";
import { withFile } from "./file-source.js";
import { wholeOf } from "./whole-image.js";
import { folderStore, isZarrFolder } from "./zarr-store.js";

/** What of a Zarr that holds both is read: the image, or its labels. */
export type Shows = "images" | "labels";

/** The files that make a folder, or a part of a zip, a Zarr. */
export const zarrMetadata: RegExp = /(^|\/)(zarr\.json|\.zgroup|\.zarray)$/;

/** Files for ITK are read as a whole, and decoded they take more. */
const largest = 2 ** 30;

/** All of an image, with exactly the numbers that are stored. Throws core's errors for what is none, is damaged or too large. */
export async function readImageFile(path: string, shows: Shows = "images"): Promise<Image> {
  if (await isZarrFolder(path)) return readZarr(folderStore(path), shows);
  return withFile(path, async (source) => {
    const head = await source.read(0, Math.min(512, source.byteLength));
    const format = itkNameOf(head, source.name);
    if (format) return readByItk(path, source, format);
    if (await isZarrZip(source, head)) return readZarr(await zipStore(source), shows);
    return readImage(source);
  });
}

async function readZarr(store: ZarrStore, shows: Shows): Promise<Image> {
  const { reader } = await openZarr(store, { shows });
  return wholeOf(reader, "cut out a part of it first");
}

/** Whether a zip holds a Zarr and not arrays of NumPy. */
async function isZarrZip(source: Source, head: Uint8Array): Promise<boolean> {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false;
  const entries = await listZip(source, { maxDirectory: 2 ** 28 });
  return entries.some(({ name }) => zarrMetadata.test(name));
}

async function readByItk(path: string, source: Source, format: string): Promise<Image> {
  if (source.byteLength > largest)
    throw new UnsupportedError(
      `${source.name} has ${source.byteLength} bytes, formats like this are read up to ${largest}: save it as TIFF`,
    );
  const { readImageNode } = await import("@itk-wasm/image-io");
  const { log, error: complain } = console;
  // ITK tells of its failures on the console, in words for its own developers.
  console.log = () => {};
  console.error = () => {};
  try {
    return imageOfItk(await readImageNode(path));
  } catch (error) {
    if (error instanceof UnsupportedError)
      throw new UnsupportedError(`${source.name} ${error.message}`, {}, error);
    throw new FormatError(
      `${source.name} cannot be read as ${format.toUpperCase()}: it is damaged, or of a kind that ITK does not know`,
      { cause: `${error}` },
      error,
    );
  } finally {
    console.log = log;
    console.error = complain;
  }
}
