/**
 * Large stacks of ImageJ, and those of MetaMorph: one directory, then plane after plane without a gap.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { checkExtent } from "./byte-reader.js";
import { type Directory, readDescription, type TiffFile } from "./tiff-directory.js";
import { imageJPlanes } from "./tiff-imagej.js";
import { decodedLength, type PageLayout, readSegments } from "./tiff-layout.js";
import { stkPlanes } from "./tiff-stk.js";

/** The planes behind the only directory of a file. */
export interface PlaneStack {
  /** How many there are, that of the directory among them: at least 1. */
  readonly planes: number;
  /** Bytes from one to the next. */
  readonly step: number;
}

/**
 * The planes behind the only directory of a file: 1, or as many as the texts and tags in it say.
 * Throws where the file does not reach that far, or where they are not stored plainly.
 */
export async function contiguousPages(
  file: TiffFile,
  directory: Directory,
  page: PageLayout,
): Promise<PlaneStack> {
  const planes = stkPlanes(directory) ?? imageJPlanes(await readDescription(file, directory)) ?? 1;
  if (planes <= 1) return { planes: 1, step: 0 };
  const segments = await readSegments(file, directory, page);
  const [{ offset: start }] = segments;
  let step = 0;
  for (const segment of segments) {
    if (page.compression !== "none" || segment.offset !== start + step)
      throw new UnsupportedError(
        `is a stack of ${planes} planes behind one directory, not stored plainly: save it as OME-TIFF`,
        { planes },
      );
    step += decodedLength(page, segment);
  }
  checkExtent(file.byteLength, start, planes * step, `the stack of ${planes} planes`);
  return { planes, step };
}
