/**
 * The names of the formats that `cellwright convert` writes.
 *
 * @module
 */

/** The formats that tracks can be brought to. */
export const trackFormats: readonly string[] = ["ctc", "csv", "trk", "trackmate", "geff"];

/** Those that images and labels can be brought to. */
export const imageFormats: readonly string[] = ["tif", "ome-tiff", "ome-zarr", "png", "npy", "npz"];

/** Those for labels alone. */
export const labelFormats: readonly string[] = ["geojson", "roi", "seg", "coco"];
