/**
 * Where `cellwright convert` writes: which format a name stands for, and what may be replaced.
 *
 * @module
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ConvertOptions } from "./commands/convert.js";
import { UsageError } from "./context.js";
import { labelFormats } from "./convert-formats.js";

/** Endings that stand for a format, the longer before the shorter. */
const endings: readonly (readonly [ending: string, format: string])[] = [
  [".ome.tif", "ome-tiff"],
  [".ome.tiff", "ome-tiff"],
  [".tif", "tif"],
  [".tiff", "tif"],
  [".zarr", "ome-zarr"],
  [".png", "png"],
  ["_seg.npy", "seg"],
  [".npy", "npy"],
  [".npz", "npz"],
  [".geojson", "geojson"],
  [".zip", "roi"],
  [".json", "coco"],
  [".csv", "csv"],
  [".parquet", "parquet"],
  [".xml", "trackmate"],
  [".geff", "geff"],
  [".trk", "trk"],
];

/** What comes after the stem where a folder is written to: of images and tracks, and of labels. */
const added: Readonly<Record<string, readonly [string, string]>> = {
  tif: [".tif", "_masks.tif"],
  "ome-tiff": [".ome.tif", "_masks.ome.tif"],
  "ome-zarr": [".ome.zarr", "_masks.ome.zarr"],
  png: [".png", "_masks.png"],
  npy: [".npy", "_masks.npy"],
  npz: [".npz", ".npz"],
  geojson: ["", "_cells.geojson"],
  roi: ["", "_RoiSet.zip"],
  seg: ["", "_seg.npy"],
  coco: ["", "_coco.json"],
  csv: [".csv", ".csv"],
  parquet: [".parquet", ".parquet"],
  trackmate: [".xml", ".xml"],
  geff: [".geff", ".geff"],
  trk: [".trk", ".trk"],
  ctc: ["", ""],
};

/** What the files of formats that are folders are called, at the top. */
const inFolders: Readonly<Record<string, RegExp>> = {
  ctc: /^(mask\d+\.tif|res_track\.txt)$/,
  geff: /^(\.zgroup|\.zattrs|zarr\.json|nodes|edges)$/,
  "ome-zarr": /^(\.zgroup|\.zattrs|zarr\.json|\d+)$/,
};

/** The format that a name stands for. */
function namedFormat(output: string): string | undefined {
  return endings.find(([ending]) => output.toLowerCase().endsWith(ending))?.[1];
}

/** Whether the output's name is that of one result, not of a folder for several. */
export function isNamed(options: ConvertOptions): boolean {
  return namedFormat(options.output) !== undefined;
}

/**
 * The format to write; undefined where neither the name of the output nor `--format` says it. Throws {@link UsageError} where
 * they contradict each other.
 */
export function formatOf({ output, format }: ConvertOptions): string | undefined {
  const named = namedFormat(output);
  if (format === undefined) return named;
  // What is a NumPy file can be either.
  const fits = named === undefined || named === format || (named === "seg" && format === "npy");
  if (!fits) throw new UsageError(`-o ${output} is a name for --format ${named}, not ${format}`);
  return format;
}

/** Whether a format is for labels alone. */
export function isForLabels(format: string | undefined): boolean {
  return format !== undefined && labelFormats.includes(format);
}

/** The name of a result in a folder of several. */
export function resultName(
  input: string,
  format: string,
  kind: "image" | "labels" | "other",
): string {
  const [plain, ofLabels] = added[format];
  const stem = basename(input)
    .replace(/(?<=.)\.[^.]*$/, "")
    .replace(/(?<=.)\.ome$/i, "");
  return kind === "labels" ? `${stemOfAny(stem)}${ofLabels}` : `${stem}${plain}`;
}

/** Of labels the stem of their image. */
export function stemOfAny(stem: string): string {
  return stem.replace(/(?<=.)(_masks?|_labels?|_cells|_RoiSet|_seg|_coco)$/i, "");
}

/** Whether a name says that a file holds labels. */
export function isLabelsName(input: string): boolean {
  return /(_masks?|_labels?)(\.ome)?\.[^.]+$/i.test(basename(input));
}

/**
 * Throws where something is at `place` that may not be replaced: anything without `overwrite`, and with it a folder that
 * holds more than such a conversion writes. `output` is what the user calls it. Answers whether the conversion was done before,
 * as `resume` sees it.
 */
export async function checkPlace(
  place: string,
  format: string,
  { overwrite, resume }: ConvertOptions,
  names: { readonly output: string; readonly source: string; readonly input: string },
): Promise<boolean> {
  const { output, source, input } = names;
  const status = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!status) return false;
  const own = inFolders[format];
  if ((await realpath(place)) === (await realpath(source)))
    throw new Error(`${output} is the input itself: use another name`);
  if (resume) {
    if (status.isDirectory() !== (own !== undefined) || changed(status) < (await newest(source)))
      throw new Error(`${output} is older than ${input}: use --overwrite or another name`);
    return true;
  }
  if (!overwrite) throw new Error(`${output} is there already: use --overwrite or another name`);
  if (status.isDirectory() !== (own !== undefined))
    throw new Error(
      `${output} is a ${own ? "file, must be a folder" : "folder, must be a file"}: use another name`,
    );
  if (!own) return false;
  const stray = (await readdir(place)).find((name) => !own.test(name));
  if (stray !== undefined)
    throw new Error(
      `${output} holds ${stray}, which is no part of ${/^[aeiou]/.test(format) ? "an" : "a"} ${format}: move it away, or use another folder`,
    );
  return false;
}

/** When an input was changed last: of a folder, what lies in it at the top too. */
async function newest(path: string): Promise<number> {
  const status = await stat(path);
  if (!status.isDirectory()) return changed(status);
  const times = await Promise.all(
    (await readdir(path)).map(async (name) => changed(await stat(join(path, name)))),
  );
  return Math.max(changed(status), ...times);
}

/** When a file was changed, in milliseconds. A time yet to come is a clock that was wrong: then when it came here. */
function changed({ mtimeMs, ctimeMs }: { mtimeMs: number; ctimeMs: number }): number {
  return mtimeMs > Date.now() ? ctimeMs : mtimeMs;
}
