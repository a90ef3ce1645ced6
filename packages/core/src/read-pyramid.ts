/**
 * Opens an image to read it by region: a TIFF by its strips and tiles, other formats by planes or as a whole.
 *
 * @module
 */
import type { ReadOptions } from "./format/format.js";
import { looksLikeTiff } from "./format/tiff-directory.js";
import { openTiffPyramid } from "./format/tiff-pyramid.js";
import type { PyramidReader } from "./pyramid.js";
import { pyramidOf } from "./pyramid-image.js";
import { pyramidOfPlanes } from "./pyramid-planes.js";
import { openImage } from "./read-image.js";
import type { Source } from "./source.js";

/**
 * Opens a TIFF (with the smaller copies that it holds as levels), PNG or NPY file. Of a TIFF only directories are read, of an
 * NPY stack a plane; the source must stay readable as long as regions are wanted. `maxBytes` is the limit of a region of a
 * TIFF, of a plane of a stack, and of a PNG. Errors are those of `readImage`; those about pixels come when these are read.
 */
export async function openPyramid(
  source: Source,
  options: ReadOptions = {},
): Promise<PyramidReader> {
  const head = await source.read(0, Math.min(512, source.byteLength));
  if (looksLikeTiff(head)) return openTiffPyramid(source, options);
  const planes = await openImage(source, options);
  return planes.axes === "yx" ? pyramidOf(await planes.readPlane()) : pyramidOfPlanes(planes);
}
