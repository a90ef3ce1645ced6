/**
 * Reads an image whatever it is kept in: a file that core reads, an OME-Zarr or plain Zarr in a folder or a zip, or a file
 * that is left to ITK.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import {
  type Image,
  itkNameOf,
  listZip,
  openZarr,
  readByItk,
  readImage,
  type Source,
  UnsupportedError,
  type ZarrStore,
  zipStore,
} from "@cellwright/core";
import { byteBudget, pixelBudget } from "./budget.js";
import { withFile } from "./file-source.js";
import { wholeOf } from "./whole-image.js";
import { filesBelow, folderStore, isZarrFolder, zarrMetadata } from "./zarr-store.js";

/** What of a Zarr that holds both is read: the image, or its labels. */
export type Shows = "images" | "labels";

/** All of an image, with exactly the numbers that are stored. Throws core's errors for what is none, is damaged or too large. */
export async function readImageFile(path: string, shows: Shows = "images"): Promise<Image> {
  if (await isZarrFolder(path)) return readZarr(folderStore(path), () => bytesBelow(path), shows);
  return withFile(path, async (source) => {
    const head = await source.read(0, Math.min(512, source.byteLength));
    const format = itkNameOf(head, source.name);
    const stored = source.byteLength;
    if (!format && (await isZarrZip(source, head)))
      return readZarr(await zipStore(source), async () => stored, shows);
    const maxBytes = byteBudget(stored, shows);
    const image = format
      ? await readByItk(source, format, async () => {
          const { readInThread } = await import("./itk-reader.js");
          return () => readInThread(path);
        })
      : await readImage(source, maxBytes === undefined ? {} : { maxBytes });
    checkPixels(image.data.length, stored, shows);
    return image;
  });
}

/** `stored` tells the bytes of all its files, and is asked only for one that is large. */
async function readZarr(
  store: ZarrStore,
  stored: () => Promise<number>,
  shows: Shows,
): Promise<Image> {
  const { reader } = await openZarr(store, { shows });
  const pixels = reader.shape.reduce((a, b) => a * b, 1);
  const bytes = pixels > pixelBudget(0, shows) ? await stored() : 0;
  checkPixels(pixels, bytes, shows);
  return wholeOf(reader, "cut out a part of it first", pixels);
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const path of await filesBelow(folder)) bytes += (await stat(path)).size;
  return bytes;
}

/** Whether a zip holds a Zarr and not arrays of NumPy. */
async function isZarrZip(source: Source, head: Uint8Array): Promise<boolean> {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false;
  const entries = await listZip(source, { maxDirectory: 2 ** 28 });
  return entries.some(({ name }) => zarrMetadata.test(name));
}

/** Throws {@link UnsupportedError} where an image has more pixels than a file of so many bytes may ask for. */
function checkPixels(pixels: number, stored: number, shows: Shows): void {
  const most = pixelBudget(stored, shows);
  if (pixels > most)
    throw new UnsupportedError(
      `has ${pixels} pixels, the budget for a file of its size is ${most}: raise it with --max-pixels, or crop the image`,
      { pixels, most },
    );
}
