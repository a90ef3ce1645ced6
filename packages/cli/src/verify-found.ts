/**
 * The reports that `cellwright verify` goes by: those in a folder, the one that is named, or that of the output that is named.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { asFileReport, type FileReport, reportOf } from "./file-report.js";
import { asSegmentReport, type SegmentReport } from "./segment-report.js";
import { asTrackReport, reportName, type TrackReport } from "./track-report.js";
import { version } from "./version.js";

/** A report, where it lies, and whose it is. */
export type Found = { readonly path: string } & (
  | { readonly by: "segment"; readonly report: SegmentReport }
  | { readonly by: "track"; readonly report: TrackReport }
  | { readonly by: "file"; readonly report: FileReport }
);

const verbs = '"cellwright segment", "track", "measure" or "convert"';

/** The reports of an output, by name: of a folder all that lie in it and below. Throws where there is none. */
export async function reportsOf(output: string): Promise<Found[]> {
  const isFolder = (await stat(output)).isDirectory();
  // A folder may be an output itself, as an OME-Zarr is; a file is one, or a report.
  const own = await readFound(reportOf(output));
  if (own) return [own];
  if (isFolder) return reportsIn(output);
  if (output.endsWith(".json")) {
    const named = await readFound(output);
    if (named) return [named];
  }
  const beside = (await reportsIn(dirname(output), false)).find((found) => tells(found, output));
  if (beside) return [beside];
  throw new Error(
    `${output} must be a report of ${verbs}, or have one, has none: only these can be repeated`,
  );
}

async function reportsIn(folder: string, deep = true): Promise<Found[]> {
  const found: Found[] = [];
  for (const name of (await readdir(folder, { recursive: deep })).sort()) {
    // A folder may hold JSON of others.
    const one = name.endsWith(".json") ? await readFound(join(folder, name)) : undefined;
    if (one) found.push(one);
  }
  if (deep && found.length === 0)
    throw new Error(
      `${folder} must hold reports of ${verbs}, holds none: only these can be repeated`,
    );
  return found;
}

/** The report at a path; undefined where there is none, or something else. */
async function readFound(path: string): Promise<Found | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(`${error.code}`)) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const file = asFileReport(text);
  if (file) return { path, by: "file", report: file };
  const track = basename(path) === reportName ? asTrackReport(text) : undefined;
  if (track) return { path, by: "track", report: track };
  const segment = asSegmentReport(text);
  return segment && { path, by: "segment", report: segment };
}

/** Throws where what a report tells of was not finished. */
export function checkFinished({ begun }: Pick<Found["report"], "begun">): void {
  if (begun) throw new Error("was begun and not finished: there is nothing to compare");
}

/** Throws where another version wrote a report: what it made need not come out the same. */
export function checkVersion({ cellwright }: Pick<Found["report"], "cellwright">): void {
  if (cellwright !== version())
    throw new Error(
      `was done with another version of Cellwright (${cellwright}) than there is here`,
    );
}

/** Whether a report tells of an output. */
function tells({ path, report }: Found, output: string): boolean {
  const names = report.outputs.map((each) => (typeof each === "string" ? each : each.name));
  return names.some((name) => join(dirname(path), name) === output);
}
