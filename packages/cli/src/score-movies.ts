/**
 * The work behind `cellwright score --metric ctc`: tracked movies in, their scores and a total out.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  FormatError,
  type Labels,
  mendTracks,
  readTracks,
  startTrackingScore,
  sumTracking,
  type Track,
  type TrackingScore,
  toLabels,
  trackingScore,
} from "@cellwright/core";
import { about, exitCodeOf } from "./batch.js";
import type { ScoreOptions } from "./commands/score.js";
import { type Context, UsageError } from "./context.js";
import { readLabels } from "./labels-file.js";
import { isTrk, trkMovie } from "./movie-trk.js";
import { oneLine } from "./report.js";
import { type MovieFolder, type MoviePair, movieFolder, pairMovies } from "./score-folders.js";
import { startScoreLog } from "./score-log.js";
import { averageOf, type MovieScore, moviesText } from "./score-movies-text.js";

/** A movie ready to be scored, frame by frame. */
interface Movie {
  readonly folder: MovieFolder;
  readonly tracks: readonly Track[];
  readonly frame: (index: number) => Promise<Labels>;
}

/** Scores every pair of movies, and sets the context's exit code. */
export async function scoreMovies(
  truth: string,
  found: string,
  options: ScoreOptions,
  context: Context,
): Promise<void> {
  if (options.metric.length > 1)
    throw new UsageError("ctc is of movies, ap and paper are of images: score them one by one");
  const scores: MovieScore[] = [];
  const { tally, emit, fail } = startScoreLog(options, context);
  const { pairs, lonely } = await pairMovies(truth, found, context.cwd);
  emit({ type: "start", metrics: options.metric, movies: pairs.length });
  for (const { input, message } of lonely) fail(input, new Error(message));
  for (const pair of pairs) {
    if (context.signal.aborted) break;
    try {
      const score = await scoreMovie(pair, options, context);
      scores.push({ movie: pair.found, score });
      tally.done++;
      emit({ type: "file", input: pair.found, status: "done", ...score });
    } catch (error) {
      if (context.signal.aborted) break;
      fail(pair.found, error);
    }
  }
  context.exitCode = exitCodeOf(tally);
  if (scores.length === 0) return emit({ type: "summary", ...tally });
  const pooled = trackingScore(sumTracking(scores.map(({ score }) => score)));
  emit({ type: "summary", ...tally, pooled, averaged: averageOf(scores) });
  if (!options.json) context.stdout(moviesText(scores, pooled));
}

async function scoreMovie(
  pair: MoviePair,
  options: ScoreOptions,
  context: Context,
): Promise<TrackingScore> {
  const truth = await openMovie(pair.truth, context, "truth");
  const found = await openMovie(pair.found, context, "found", options.repair);
  const { frames, outlines, markers } = truth.folder;
  if (frames.length !== found.folder.frames.length)
    throw new FormatError(
      `${pair.found} must have ${frames.length} frames like ${pair.truth}, has ${found.folder.frames.length}`,
    );
  const scorer = startTrackingScore(truth.tracks, found.tracks);
  for (let i = 0; i < frames.length; i++) {
    context.signal.throwIfAborted();
    const [trueFrame, foundFrame] = [await truth.frame(i), await found.frame(i)];
    const outline = outlines?.get(i);
    const masks = outline === undefined ? null : await readFrame(outline, context);
    const file = found.folder.frames[i];
    await about(file, async () => scorer.add(trueFrame, foundFrame, markers ? masks : trueFrame));
  }
  try {
    return trackingScore(scorer.finish());
  } catch (error) {
    throw naming(error, truth.folder, found.folder);
  }
}

/** A movie's tracks, mended where that is asked for, and its frames, read when they are wanted. */
async function openMovie(
  path: string,
  context: Context,
  whose: "truth" | "found",
  repair = false,
): Promise<Movie> {
  if (await isTrk(resolve(context.cwd, path))) return openTrk(path, context, whose, repair);
  const folder = await movieFolder(path, context.cwd);
  const text = await readFile(resolve(context.cwd, folder.tracks), "utf8");
  const tracks = await about(folder.tracks, async () => readTracks(text, { check: !repair }));
  const frame = (index: number) => readFrame(folder.frames[index], context);
  if (!repair) return { folder, tracks, frame };
  const labels: Set<number>[] = [];
  for (let i = 0; i < folder.frames.length; i++) {
    context.signal.throwIfAborted();
    const present = new Set((await frame(i)).data);
    present.delete(0);
    labels.push(present);
  }
  const mended = mendTracks(tracks, labels);
  for (const change of mended.changes)
    context.stderr(`${oneLine(`repaired: ${folder.tracks}: ${change}`)}\n`);
  const renumbered = async (index: number) => mended.renumber(await frame(index), index);
  return { folder, tracks: mended.tracks, frame: renumbered };
}

/**
 * A `.trk`, whose pixels are believed where its text says other. Of a truth that is only told: such files have tracks with
 * holes, which is no error there. Found tracks must be right, or be repaired.
 */
async function openTrk(
  path: string,
  context: Context,
  whose: "truth" | "found",
  repair: boolean,
): Promise<Movie> {
  const movie = await trkMovie(path, { cwd: context.cwd });
  const { tracks = [], changes = [] } = movie;
  if (whose === "found" && !repair && changes.length > 0)
    throw new FormatError(`${path}: ${changes[0]} (--repair believes the frames)`);
  for (const change of changes) context.stderr(`${oneLine(`repaired: ${path}: ${change}`)}\n`);
  const frames = Array.from({ length: movie.frames }, (_, t) => movie.frameName(t));
  return {
    folder: { path, tracks: path, frames, markers: false },
    tracks,
    frame: async (index) => toLabels(await movie.readFrame(index)),
  };
}

function readFrame(path: string, context: Context): Promise<Labels> {
  return about(path, async () => toLabels(await readLabels(resolve(context.cwd, path))));
}

/** An error about a frame or a track, with the file it is in. */
function naming(error: unknown, truth: MovieFolder, found: MovieFolder): unknown {
  if (!(error instanceof FormatError)) return error;
  const { whose, frame } = error.details;
  const folder = whose === "truth" ? truth : found;
  const file = typeof frame === "number" ? folder.frames[frame] : folder.tracks;
  const message = error.message.replace(/^(truth|found): /, "");
  const help = whose === "found" ? " (--repair believes the frames)" : "";
  return new FormatError(`${file}: ${message}${help}`, error.details);
}
