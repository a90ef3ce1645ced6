/**
 * What the pages of a TIFF mean: which axes run over them, and how large a pixel is.
 * In: the text and the resolution of the first page. Out: a plan that says where each page goes in the image.
 *
 * @module
 */
import { omeAxes } from "./ome-axes.js";
import type { PageAxes, PageGrid } from "./page-axes.js";
import {
  type Directory,
  readDescription,
  readInteger,
  readPixelSize,
  type TiffFile,
} from "./tiff-directory.js";
import { imageJAxes } from "./tiff-imagej.js";
import { lsmAxes } from "./tiff-lsm.js";
import { stkAxes, stkPlanes } from "./tiff-stk.js";

/**
 * Reads what the pages mean: tags of MetaMorph and Zeiss, ImageJ's text, simple OME-XML, else the pages are frames in time.
 * Without such a text a resolution counts only in centimetres or inches and from 0.001 to 10 µm a pixel: programs
 * write 72, 96 or 300 dots an inch where they know nothing.
 */
export async function readAxes(
  file: TiffFile,
  first: Directory,
  grid: PageGrid,
): Promise<PageAxes> {
  if (stkPlanes(first)) return stkAxes(file, first, grid);
  const lsm = await lsmAxes(file, first, grid);
  if (lsm) return lsm;
  const text = await readDescription(file, first);
  const size = {
    x: await readPixelSize(file, first, "XResolution"),
    y: await readPixelSize(file, first, "YResolution"),
  };
  if (text.startsWith("ImageJ=")) return imageJAxes(text, grid, size);
  const ome = omeAxes(text, grid);
  if (ome) return ome;
  const unit = await readInteger(file, first, "ResolutionUnit", 2);
  const unitLength = unit === 3 ? 10000 : unit === 2 ? 25400 : 0;
  const spacing = { x: unitLength * (size.x ?? 0), y: unitLength * (size.y ?? 0) };
  const plausible = [spacing.x, spacing.y].every((length) => length >= 0.001 && length <= 10);
  return { ...framesOf(grid), spacing: plausible ? spacing : {} };
}

/** Pages as frames in time, where nothing says otherwise. */
function framesOf(grid: PageGrid): Omit<PageAxes, "spacing"> {
  const planes = Array.from({ length: grid.pages }, (_, page) => page * grid.samples);
  return { lengths: { t: grid.pages, c: grid.samples, z: 1 }, planes };
}
