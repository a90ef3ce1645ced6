/**
 * Where `cellwright convert` writes: which format a name stands for, and what may be replaced.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import type { ConvertOptions } from "./commands/convert.js";
import { UsageError } from "./context.js";

/** Endings that stand for a format; of any other name the format is ctc. */
const endings: Readonly<Record<string, string>> = {
  ".csv": "csv",
  ".xml": "trackmate",
  ".geff": "geff",
  ".trk": "trk",
};

/** What the files of formats that are folders are called, at the top. */
const inFolders: Readonly<Record<string, RegExp>> = {
  ctc: /^(mask\d+\.tif|res_track\.txt)$/,
  geff: /^(\.zgroup|\.zattrs|zarr\.json|nodes|edges)$/,
};

/** The format to write. Throws {@link UsageError} where the name of the output stands for another. */
export function formatOf({ output, format }: ConvertOptions): string {
  const ending = Object.keys(endings).find((each) => output.toLowerCase().endsWith(each));
  const named = ending === undefined ? undefined : endings[ending];
  if (format === undefined) return named ?? "ctc";
  if (named !== undefined && named !== format)
    throw new UsageError(`-o ${output} is a name for --format ${named}, not ${format}`);
  return format;
}

/**
 * Throws where something is at `place` that may not be replaced: anything without `overwrite`, and with it a folder that
 * holds more than such a conversion writes.
 */
export async function checkPlace(
  place: string,
  format: string,
  { output, overwrite }: ConvertOptions,
): Promise<void> {
  const status = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!status) return;
  if (!overwrite) throw new Error(`${output} is there already: use --overwrite or another name`);
  const own = inFolders[format];
  if (status.isDirectory() !== (own !== undefined))
    throw new Error(
      `${output} is a ${own ? "file, must be a folder" : "folder, must be a file"}: use another name`,
    );
  if (!own) return;
  const stray = (await readdir(place)).find((name) => !own.test(name));
  if (stray !== undefined)
    throw new Error(
      `${output} holds ${stray}, which is no part of a ${format}: move it away, or use another folder`,
    );
}
