/**
 * Whether a file is of labels: by its name and folder, and by its numbers.
 *
 * @module
 */
import { lengthOf, type PyramidReader } from "@cellwright/core";

/** Names of labels: ours, Cellpose's, those of the Cell Tracking Challenge, and what people write. */
const labelsName =
  /(^|[_\-. ])(cp_)?(masks?|labels?|segmentation|man_track|man_seg|seg)([_\-. ]?\d+)*$/i;

/** Folders of labels. */
const labelsFolder = /(^|\/)(masks?|labels?|[^/]*_GT\/(TRA|SEG)|[^/]*_RES)$/i;

/** The name without folder and ending; `.ome.tif` and `.nii.gz` count as one. */
export function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/(?<=.)\.gz$/i, "")
    .replace(/(?<=.)\.[^.]*$/, "")
    .replace(/(?<=.)\.ome$/i, "");
}

/** The folder of a path; empty where there is none. */
export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** Whether a path is that of labels. */
export function namesLabels(path: string): boolean {
  return labelsName.test(stemOf(path)) || labelsFolder.test(folderOf(path));
}

/** What an image whose path is that of labels is: labels only where it has one channel of whole numbers. */
export function kindOf(path: string, reader: PyramidReader): "image" | "labels" {
  const whole = reader.type !== "float32" && reader.type !== "float64";
  return namesLabels(path) && whole && lengthOf(reader, "c") === 1 ? "labels" : "image";
}
