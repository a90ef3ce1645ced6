/**
 * What labels can be saved as.
 *
 * @module
 */

/** A file that is ready to be written. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** MIME type. */
  readonly type: string;
}

/** Names of formats. */
export type ExportFormat =
  | "tif"
  | "ome-zarr"
  | "ome-zarr-0.4"
  | "geojson"
  | "roi"
  | "npy"
  | "coco"
  | "ctc"
  | "csv"
  | "png";

/** A format as a menu shows it. */
export interface FormatInfo {
  readonly format: ExportFormat;
  readonly title: string;
  /** For whom it is. */
  readonly hint: string;
  /** What comes after the stem of the image. */
  readonly ending: string;
  readonly type: string;
}

/** All formats, in the order of a menu. */
export const EXPORT_FORMATS: readonly FormatInfo[] = [
  {
    format: "tif",
    title: "Label TIFF",
    hint: "Fiji, napari, CellProfiler, Python: a number a cell",
    ending: "_masks.tif",
    type: "image/tiff",
  },
  {
    format: "ome-zarr",
    title: "OME-Zarr 0.5 (zip)",
    hint: "large images, with smaller copies",
    ending: "_masks.ome.zarr.zip",
    type: "application/zip",
  },
  {
    format: "ome-zarr-0.4",
    title: "OME-Zarr 0.4 (zip)",
    hint: "for programs that do not know 0.5 yet",
    ending: "_masks.ome.zarr.zip",
    type: "application/zip",
  },
  {
    format: "geojson",
    title: "GeoJSON",
    hint: "QuPath: outlines with measurements",
    ending: "_cells.geojson",
    type: "application/geo+json",
  },
  {
    format: "roi",
    title: "ImageJ RoiSet",
    hint: "Fiji's ROI Manager: outlines",
    ending: "_RoiSet.zip",
    type: "application/zip",
  },
  {
    format: "npy",
    title: "Cellpose _seg.npy",
    hint: "Cellpose's window, and its training",
    ending: "_seg.npy",
    type: "application/octet-stream",
  },
  {
    format: "coco",
    title: "COCO",
    hint: "detection networks: outlines as JSON",
    ending: "_coco.json",
    type: "application/json",
  },
  {
    format: "ctc",
    title: "Cell Tracking Challenge (zip)",
    hint: "tracked movies: a TIFF a frame and res_track.txt",
    ending: "_RES.zip",
    type: "application/zip",
  },
  {
    format: "csv",
    title: "Table (CSV)",
    hint: "spreadsheets, R, pandas: a row a cell",
    ending: "_cells.csv",
    type: "text/csv",
  },
  {
    format: "png",
    title: "PNG of this plane",
    hint: "one plane, 16 bits: up to 65535 cells",
    ending: "_masks.png",
    type: "image/png",
  },
];

/** What is known of a format. */
export function infoOf(format: ExportFormat): FormatInfo {
  return EXPORT_FORMATS.find((info) => info.format === format) as FormatInfo;
}
