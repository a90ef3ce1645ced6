/**
 * The work behind `cellwright synth --frames`: made-up movies with their tracks, as the Cell Tracking Challenge lays
 * out its training data.
 *
 * @module
 */
import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import {
  daughtersOf,
  isCoreError,
  type MovieKind,
  type MovieOptions,
  type MovieTruth,
  seeded,
  synthMovieFrames,
  writeTable,
  writeTiff,
  writeTracks,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { SynthOptions } from "./commands/synth.js";
import { type Context, UsageError } from "./context.js";
import { exists, makeFolder, writeWhole } from "./file-sink.js";
import { encodeLabels } from "./labels-file.js";

/** Seconds from frame to frame where nothing is said. */
const fiveMinutes = 300;

/** Makes `count` movies: 01, 02, …, each with its truth in 01_GT, 02_GT, … */
export async function synthMovieFiles(
  kind: string,
  options: SynthOptions,
  context: Context,
): Promise<void> {
  const { count = 1, frames = 1, size, interval = fiveMinutes } = options;
  const folder = resolve(context.cwd, options.output);
  for (let n = 0; n < count; n++) {
    const name = `${n + 1}`.padStart(Math.max(2, `${count}`.length), "0");
    const place: Place = { folder, name, digits: Math.max(3, `${frames - 1}`.length) };
    for (const taken of [join(folder, name), join(folder, `${name}_GT`)]) {
      if (!(await exists(taken))) continue;
      if (!options.overwrite)
        throw new Error(`${taken} is there already: use --overwrite or another folder`);
      await removeFrames(taken);
    }
    const seed = Math.floor(seeded(options.seed, n)() * 2 ** 31);
    const asked = { ...movieOptions(kind, options), height: size, width: size, seed };
    const truth = await writeFrames(asked, place, context);
    if (!truth) return;
    await writeTruth(truth, interval, place);
    const shown = join(options.output, name);
    const result = {
      type: "movie",
      images: shown,
      truth: `${shown}_GT`,
      frames,
      tracks: truth.tracks.length,
      divisions: daughtersOf(truth.tracks).size,
    };
    context.stdout(options.json ? `${JSON.stringify(result)}\n` : `${shown}\n`);
  }
}

/** Takes away the numbered frames of an earlier movie, which may have been longer. */
async function removeFrames(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true }))
    if (/^(t|man_track|man_seg)\d+\.tif$/.test(basename(entry))) await rm(join(folder, entry));
}

/** Where a movie goes. */
interface Place {
  readonly folder: string;
  readonly name: string;
  /** How many digits the number of a frame has. */
  readonly digits: number;
}

function movieOptions(kind: string, options: SynthOptions): MovieOptions {
  const { frames, cells, density, doubling, spread, speed, drift } = options;
  const given = { frames, count: cells, density, doubling, spread, speed, drift };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { kind: kind as MovieKind, ...Object.fromEntries(said) };
}

/** Writes frame by frame; answers the truth at the end, nothing where it was told to stop before. */
async function writeFrames(
  options: MovieOptions,
  place: Place,
  context: Context,
): Promise<MovieTruth | undefined> {
  const film = synthMovieFrames(options);
  for (let frame = 0; ; frame++) {
    await pause();
    if (context.signal.aborted) return undefined;
    const next = usage(() => film.next());
    if (next.done) return next.value;
    const { image, labels } = next.value;
    const number = `${frame}`.padStart(place.digits, "0");
    const truth = encodeLabels(labels, "tif");
    await put(place, "", `t${number}.tif`, writeTiff(image, { compression: "deflate" }));
    await put(place, "_GT/TRA", `man_track${number}.tif`, truth);
    await put(place, "_GT/SEG", `man_seg${number}.tif`, truth);
  }
}

/** What options cannot be is the user's to mend. */
function usage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isCoreError(error, "ShapeError") ? new UsageError(error.message) : error;
  }
}

/** Besides the challenge's list of tracks: how fast each cell grew, and where the stage was. */
async function writeTruth(truth: MovieTruth, interval: number, place: Place): Promise<void> {
  const { tracks, stage } = truth;
  const numbers = (values: readonly number[]): Float64Array => Float64Array.from(values);
  const growth = writeTable({
    track: numbers(tracks.map(({ label }) => label)),
    parent: numbers(tracks.map(({ parent }) => parent)),
    begin_frame: numbers(tracks.map(({ begin }) => begin)),
    end_frame: numbers(tracks.map(({ end }) => end)),
    growth_rate_per_h: numbers(
      tracks.map(({ begin, end, rate }) => (end > begin ? (rate * 3600) / interval : Number.NaN)),
    ),
  });
  const path = writeTable({
    frame: numbers(stage.map((_, frame) => frame)),
    time_s: numbers(stage.map((_, frame) => frame * interval)),
    stage_y_px: numbers(stage.map(({ y }) => y)),
    stage_x_px: numbers(stage.map(({ x }) => x)),
  });
  await put(place, "_GT/TRA", "man_track.txt", writeTracks(tracks));
  await put(place, "_GT", "growth.csv", growth);
  await put(place, "_GT", "stage.csv", path);
}

async function put(
  { folder, name }: Place,
  below: string,
  file: string,
  content: Uint8Array | string,
): Promise<void> {
  const path = join(folder, `${name}${below}`, file);
  await makeFolder(dirname(path));
  await about(path, () => writeWhole(path, content));
}
