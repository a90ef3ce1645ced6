/**
 * ImageJ's large stacks: one directory, then plane after plane without a gap, because 4-byte offsets do not reach them.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { checkExtent } from "./byte-reader.js";
import { type Directory, readDescription, type TiffFile } from "./tiff-directory.js";
import { imageJPlanes } from "./tiff-imagej.js";
import { decodedLength, type PageLayout, readSegments } from "./tiff-layout.js";

/**
 * How many planes stand behind the only directory of a file: 1, or as many as ImageJ's text says.
 * Throws where the file does not reach that far, or where they are not stored plainly.
 */
export async function contiguousPages(
  file: TiffFile,
  directory: Directory,
  page: PageLayout,
): Promise<number> {
  const planes = imageJPlanes(await readDescription(file, directory)) ?? 1;
  if (planes <= 1) return 1;
  const segments = await readSegments(file, directory, page);
  const [{ offset }] = segments;
  const size = decodedLength(page, segments[0]);
  if (page.compression !== "none" || segments.length !== 1)
    throw new UnsupportedError(
      `is an ImageJ stack of ${planes} planes behind one directory: save it as OME-TIFF`,
      { planes },
    );
  checkExtent(file.byteLength, offset, planes * size, `the stack of ${planes} planes`);
  return planes;
}
