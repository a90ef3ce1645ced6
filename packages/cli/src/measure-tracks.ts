/**
 * Which tracks the labels of a movie are, for `cellwright measure`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { isCoreError, type Table, type Track } from "@cellwright/core";
import type { MeasureOptions } from "./commands/measure.js";
import { type Context, UsageError } from "./context.js";
import { exists } from "./file-sink.js";
import type { Movie } from "./movie.js";
import { oneLine } from "./report.js";
import { readLineage } from "./track-formats.js";

/** The tracks of a movie, and the file that tells them. */
export interface MovieTracks {
  readonly tracks: readonly Track[];
  readonly source: string;
}

/**
 * The tracks that are named, those in the file of the labels, or those in their folder. Without any that is said on
 * stderr. Throws {@link UsageError} where plots want tracks and there are none, or tracks go on after the labels end.
 */
export async function tracksOf(
  labels: Movie,
  options: MeasureOptions,
  { cwd, stderr }: Context,
): Promise<MovieTracks | undefined> {
  const found = await findTracks(labels, options.tracks, cwd);
  if (!found && options.plots !== undefined)
    throw new UsageError(
      `--plots wants tracks: there is no res_track.txt in ${labels.name}, and --tracks names none`,
    );
  if (!found)
    stderr(
      `${labels.name} has no res_track.txt: cells are measured without lineages and growth (--tracks names others)\n`,
    );
  if (found?.source === labels.name)
    for (const change of labels.changes ?? [])
      stderr(`${oneLine(`repaired: ${labels.name}: ${change}`)}\n`);
  const last = (found?.tracks ?? []).reduce((most, { end }) => Math.max(most, end), -1);
  if (found && last >= labels.frames)
    throw new UsageError(
      `${found.source} goes to frame ${last}, ${labels.name} has ${labels.frames} frames (from 0): are they of one movie?`,
    );
  return found;
}

async function findTracks(
  labels: Movie,
  named: string | undefined,
  cwd: string,
): Promise<MovieTracks | undefined> {
  if (named !== undefined) return { tracks: await readLineage(named, cwd), source: named };
  if (labels.tracks) return { tracks: labels.tracks, source: labels.name };
  for (const name of ["res_track.txt", "man_track.txt", join("TRA", "man_track.txt")]) {
    const source = join(labels.name, name);
    if (await exists(resolve(cwd, source)))
      return { tracks: await readLineage(source, cwd), source };
  }
  return undefined;
}

/** The rows as they come; where frames and tracks do not agree, the error names both. */
export async function* naming(
  rows: AsyncIterable<Table>,
  labels: Movie,
  { source }: MovieTracks,
): AsyncGenerator<Table> {
  try {
    yield* rows;
  } catch (error) {
    if (!isCoreError(error, "FormatError") || !/\btrack\b/.test(error.message)) throw error;
    throw new Error(
      `${labels.name} and ${source} do not agree: ${error.message} (labels must be the numbers of tracks)`,
      { cause: error },
    );
  }
}
