/**
 * What training learns from, as paths: an image, and where people said its cells are.
 *
 * @module
 */

/** The files that say where the cells of an image are. */
export interface Annotation {
  /** Labels as an image; ImageJ regions; Cellpose's `_seg.npy`; or the paper's interiors, one file a type of cells. */
  readonly kind: "labels" | "rois" | "cellpose" | "edge-interior";
  readonly files: readonly string[];
  /** Of interiors: the image of the edges, where there is one. */
  readonly edge?: string;
  /** Of several interiors: the types' names as the files say them, such as `feature_1`. */
  readonly types?: readonly string[];
}

/** An image and its annotation on disk. */
export interface Pair {
  /** The file's stem or the set's folder, after the folders it lies in below the dataset. */
  readonly name: string;
  /** Images that show the same field share it: no split parts them. */
  readonly group: string;
  /** One path for all channels, or one a channel, in the order asked for. */
  readonly images: readonly string[];
  readonly annotation: Annotation;
  /** The type of all its cells, where folders are sorted by types. */
  readonly type?: string;
}

/** What lies in a dataset and is not learnt from, and why. */
export interface Skipped {
  readonly path: string;
  readonly why: string;
}
