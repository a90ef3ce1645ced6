/**
 * The report of a tracked movie, `track.json`: what was done with what, and which files of the folder are ours.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { TrackCommandOptions } from "./commands/track.js";
import { exists } from "./file-sink.js";
import { wholeModel } from "./model-folder.js";
import type { Movie } from "./movie.js";
import { notedModel } from "./noted-place.js";
import { version } from "./version.js";

/** The name of the report in the output folder. */
export const reportName = "track.json";

/** A movie as it was when it was read. */
export interface MovieRecord {
  readonly name: string;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Of all its files together. */
  readonly bytes: number;
  /** Of the names, sizes and times of its files. */
  readonly sha256: string;
}

/** What decides the tracks: two runs that agree in this give the same. */
export interface TrackRecipe {
  /** Cellwright's version. */
  readonly cellwright: string;
  readonly input: MovieRecord;
  readonly image?: MovieRecord;
  /** The tables of cell types, by the hash of their names, sizes and times. */
  readonly types?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where the movie and what came with it were; relative paths begin at the report's folder. */
export interface TrackRun {
  readonly inputs: readonly string[];
  readonly image?: string;
  readonly types?: string;
  readonly model?: string;
}

/** The whole report. */
export interface TrackReport extends TrackRecipe {
  /** Present while outputs are being replaced, and where that was cut short. */
  readonly begun?: true;
  /** Names in the folder that were written, this report left out. */
  readonly outputs: readonly string[];
  readonly frames: number;
  /** Cells in all frames together. */
  readonly cells: number;
  readonly tracks: number;
  /** Cells that divided. */
  readonly divisions: number;
  /** How many tracks are of each type, where that is known. */
  readonly trackTypes?: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Where things were, as seen from the folder; for `verify`. None of this changes the tracks. */
  readonly run: TrackRun;
  readonly seconds: number;
}

/** What a movie is known by. */
export async function movieRecord(movie: Movie): Promise<MovieRecord> {
  const { name, frames, height, width, files } = movie;
  const bytes = await bytesOf(files);
  return { name: basename(name), frames, height, width, bytes, sha256: await hashOfFiles(files) };
}

/** How large files are together. */
export async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return bytes;
}

/** A hash of the names, sizes and times of files. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtime } = await stat(file);
    hash.update(`${JSON.stringify([basename(file), size, mtime.toISOString()])}\n`);
  }
  return hash.digest("hex");
}

/** The recipe of a run. */
export async function trackRecipe(
  options: TrackCommandOptions,
  movies: { readonly movie: Movie; readonly image?: Movie; readonly model?: unknown },
  typeFiles: readonly string[],
): Promise<TrackRecipe> {
  const { method, maxDistance, maxGap, divisions, repair, drift, allowGaps, format } = options;
  const given = {
    method,
    "max-distance": maxDistance,
    "max-gap": maxGap,
    "no-divisions": !divisions || undefined,
    "no-repair": !repair || undefined,
    "no-drift": !drift || undefined,
    "allow-gaps": allowGaps,
    model: movies.model,
    channel: options.channel,
    diameter: options.diameter,
    "pixel-size": options.pixelSize,
    saturated: options.saturated,
    "no-types": options.types === false || undefined,
    format,
    preview: options.preview,
  };
  return {
    cellwright: version(),
    input: await movieRecord(movies.movie),
    ...(movies.image && { image: await movieRecord(movies.image) }),
    ...(typeFiles.length > 0 && { types: await hashOfFiles(typeFiles) }),
    options: JSON.parse(JSON.stringify(given)),
  };
}

/** Where a run finds what it is asked for, as the report in `folder` notes it. */
export async function trackRun(
  inputs: readonly string[],
  { image, types, model }: TrackCommandOptions,
  { folder, cwd }: { readonly folder: string; readonly cwd: string },
): Promise<TrackRun> {
  const seen = (path: string) => relative(folder, resolve(cwd, path));
  return {
    inputs: inputs.map(seen),
    ...(image !== undefined && { image: seen(image) }),
    ...(typeof types === "string" && { types: seen(types) }),
    ...(model !== undefined && {
      model: notedModel(await wholeModel(model, cwd), join(folder, reportName)),
    }),
  };
}

/** What stands in the place of a report while outputs replace those of an earlier run. */
export function begunReport(report: TrackReport, earlier: readonly string[]): string {
  const outputs = [...new Set([...earlier, ...report.outputs])];
  return `${JSON.stringify({ ...report, begun: true, outputs }, undefined, 2)}\n`;
}

/** The report in a folder; undefined where there is none. */
export async function readTrackReport(folder: string): Promise<TrackReport | undefined> {
  const path = join(folder, reportName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(`${(error as NodeJS.ErrnoException).code}`))
      return undefined;
    throw error;
  }
  const report = asTrackReport(text);
  if (report) return report;
  throw new Error(
    `${path} is not a report of "cellwright track": move it away, or use another folder`,
  );
}

/** A text as such a report; undefined where it is none. */
export function asTrackReport(text: string): TrackReport | undefined {
  try {
    const report = JSON.parse(text) as TrackReport;
    const { cellwright, outputs } = report;
    // These names are removed on --overwrite: a report from elsewhere must not name what lies outside.
    if (typeof cellwright === "string" && outputs.every((name) => name === basename(name)))
      return report;
  } catch {}
  return undefined;
}

/**
 * Whether an earlier run did all of this. Throws where it did something else: to replace that would lose somebody's
 * results.
 */
export async function isFinished(
  folder: string,
  report: TrackReport,
  recipe: TrackRecipe,
): Promise<boolean> {
  const other = trackDifference(report, recipe);
  if (other)
    throw new Error(
      `${folder} was made before with another ${other}: use --overwrite, or another folder`,
    );
  const same = (["input", "image", "types"] as const).every((key) =>
    isDeepStrictEqual(report[key], recipe[key]),
  );
  if (!same || report.begun) return false;
  const there = await Promise.all(report.outputs.map((name) => exists(join(folder, name))));
  return there.every(Boolean);
}

/** The first option in which an earlier run differs from this one, in words. */
export function trackDifference(before: TrackRecipe, now: TrackRecipe): string | undefined {
  if (before.cellwright !== now.cellwright) return `version of Cellwright (${before.cellwright})`;
  const keys = new Set([...Object.keys(before.options ?? {}), ...Object.keys(now.options)]);
  for (const key of keys)
    if (!isDeepStrictEqual(before.options?.[key], now.options[key]))
      return `--${key.replace(/^no-/, "")}`;
  return undefined;
}

/**
 * Throws unless the folder may be written to: nothing in it has the name of an output, or with `replace` only what an
 * earlier run wrote. Other files may lie there.
 */
export async function checkFolder(
  folder: string,
  shown: string,
  replace: boolean,
  before: TrackReport | undefined,
): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const clashes = names.filter((name) => outputName.test(name));
  if (clashes.length === 0) return;
  if (!replace)
    throw new Error(
      `${join(shown, clashes[0])} is there already: use --overwrite, --resume or another folder`,
    );
  const ours = new Set([...(before?.outputs ?? []), reportName]);
  const stray = clashes.find((name) => !ours.has(name));
  if (stray !== undefined)
    throw new Error(
      `${shown} holds ${stray}, which no earlier "cellwright track" wrote: move it away, or use another folder`,
    );
}

/** What would be taken for a part of the result. */
const outputName =
  /^(mask\d+\.tif|res_track\.txt|tracks\.(csv|trk|xml|geff)|types\.csv|preview\.png|lineages\.svg|track\.json)$/i;
