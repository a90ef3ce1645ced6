/**
 * What a file or folder is to the page, by its name: an image, labels, a Zarr.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** What the page can open: our own formats, and those that come by way of ITK. */
const image =
  /\.(tiff?|btf|tf8|lsm|stk|png|npy|jpe?g|bmp|nrrd|nhdr|mha|mhd|nii|nii\.gz|mrc|rec|gipl|dcm|h5|hdf5|vtk)$/i;
const labels = /(_masks?|_labels?)\.(tiff?|png|npy)$|_seg\.npy$/i;
/** Pictures that we made of something else. */
const picture = /_preview\.png$/i;

/** What a file's name says it is; undefined for what the page cannot open. */
export function kindOf(path: string): "image" | "labels" | undefined {
  const name = basename(path);
  if (labels.test(name)) return "labels";
  return image.test(name) && !picture.test(name) ? "image" : undefined;
}

/** The stem of an image that labels of this name belong to. */
export function stemOfLabels(path: string): string {
  return basename(path)
    .replace(/(_masks?|_labels?)?\.[^.]*$/i, "")
    .replace(/_seg$/i, "")
    .replace(/\.ome$/i, "");
}

/** Whether a folder is a Zarr group or array. */
export async function isZarr(folder: string): Promise<boolean> {
  for (const name of ["zarr.json", ".zgroup", ".zattrs", ".zarray"])
    if (await stat(join(folder, name)).catch(() => undefined)) return true;
  return false;
}
