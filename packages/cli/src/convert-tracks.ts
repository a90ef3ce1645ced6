/**
 * Tracks from one format to another, with the masks where a format holds them.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  collectCells,
  type GraphCells,
  itkNameOf,
  type Labels,
  readTracks,
  type Track,
  type TrackedCells,
  writeTiff,
  writeTracks,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { ConvertOptions } from "./commands/convert.js";
import { type Context, UsageError } from "./context.js";
import type { Conversion, Converted } from "./conversion.js";
import { matchMasks } from "./convert-masks.js";
import { convertRecording } from "./convert-recording.js";
import { recorded } from "./file-report.js";
import { makeFolder, writeWhole } from "./file-sink.js";
import { withFile } from "./file-source.js";
import { writeWholeFolder } from "./folder-sink.js";
import { encodeLabels } from "./labels-file.js";
import { type Movie, openMovie } from "./movie.js";
import { hasTrackText } from "./movie-folder.js";
import { labelFrames } from "./movie-labels.js";
import { isTrk } from "./movie-trk.js";
import { movieFolder } from "./score-folders.js";
import { count } from "./segment-log.js";
import { stripPack } from "./tile-pack.js";
import { checkFormats, checkSameMovie, countDivisions, filesOf } from "./track-encode.js";
import { geffFolder, readTracksFile } from "./track-formats.js";

/** What is converted: masks with their tracks, or cells of which the place is known, with masks or without. */
interface Source {
  readonly movie?: Movie;
  readonly tracks: readonly Track[];
  readonly cells?: GraphCells;
  /** What people should know of what was read, a line each. */
  readonly notes: string[];
}

/** Whether a file or folder holds tracks, by what it begins with or what lies in it. */
export async function holdsTracks(input: string, cwd: string): Promise<boolean> {
  const place = resolve(cwd, input);
  if ((await stat(place)).isDirectory()) return (await hasTrackText(place)) || isGeff(place);
  if (await isTrk(place)) return true;
  const head = await withFile(place, (source) => source.read(0, Math.min(source.byteLength, 64)));
  // An NRRD and others begin as text.
  if (itkNameOf(head, place)) return false;
  // Text that is no JSON, which may yet be no table of tracks: that is told when it is read.
  const isText = head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  const first = head.find((byte) => byte > 32 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return head.length > 0 && isText && first !== 0x7b && first !== 0x5b;
}

/** Converts the tracks of an input to the path `output`; what is written is whole or not there. */
export async function convertTracks(
  conversion: Conversion & { readonly output: string },
  format: string,
): Promise<Converted> {
  const { input, output, options, context } = conversion;
  const { cwd } = context;
  const place = resolve(cwd, output);
  const source = await openSource(input, format, options, cwd);
  let image: Movie | undefined;
  try {
    image = await openImages(source, format, options, cwd);
    const recording = await convertRecording(conversion, format, { tracks: true });
    let cells: TrackedCells | undefined;
    await about(input, () =>
      recorded(place, recording, async () => {
        cells = await write(place, format, { source, image, options, context });
        return [place];
      }),
    );
    if (!cells) throw new Error(`${input} was not written`);
    const counts = [
      count(cells.tracks.length, "track"),
      count(countDivisions(cells), "division"),
      count(cells.track.length, "cell"),
    ];
    return { status: "done", outputs: [output], what: counts.join(", "), notes: source.notes };
  } finally {
    await image?.close();
    await source.movie?.close();
  }
}

/** All that a conversion goes by. */
interface Job {
  readonly source: Source;
  readonly image: Movie | undefined;
  readonly options: ConvertOptions;
  readonly context: Context;
}

async function write(place: string, format: string, job: Job): Promise<TrackedCells> {
  const { source, image } = job;
  if (format === "ctc") return writeChallenge(place, job);
  const frames: Labels[] = [];
  const cells =
    source.cells && format !== "trk"
      ? source.cells
      : await eachFrame(job, async (labels) => {
          if (format === "trk") frames.push(labels);
        });
  const movie = { ...sizeOf(source.movie), spacing: spacingOf(job) };
  const files = await filesOf(format, { cells, movie, frames, ...(image && { image }) });
  if (format === "geff")
    await writeWholeFolder(place, async (put) => {
      for (const [path, content] of files) await put(path.replace(/^[^/]*\//, ""), content);
    });
  else {
    await makeFolder(dirname(place));
    for (const content of files.values()) await writeWhole(place, content);
  }
  return cells;
}

async function writeChallenge(place: string, job: Job): Promise<TrackedCells> {
  const { movie, tracks } = job.source;
  const digits = Math.max(3, `${(movie?.frames ?? 1) - 1}`.length);
  const wide = tracks.some(({ label }) => label > 65535);
  let cells: TrackedCells | undefined;
  await writeWholeFolder(place, async (put) => {
    let t = 0;
    cells = await eachFrame(job, async (labels) => {
      const bytes = wide ? writeTiff(labels, { pack: stripPack }) : encodeLabels(labels, "tif");
      await put(`mask${`${t++}`.padStart(digits, "0")}.tif`, bytes);
    });
    await put("res_track.txt", writeTracks(tracks));
  });
  return cells as TrackedCells;
}

/** Hands over the frames under the numbers of the tracks, and checks that both agree. */
async function eachFrame(
  { source, context }: Job,
  take: (labels: Labels) => Promise<void>,
): Promise<TrackedCells> {
  const { movie, cells, tracks, notes } = source;
  const collector = collectCells();
  const matcher = cells && matchMasks(cells);
  if (movie)
    for await (const labels of labelFrames(movie)) {
      context.signal.throwIfAborted();
      const own = matcher ? matcher.take(labels) : labels;
      collector.add(own);
      await take(own);
    }
  const left = matcher?.finish() ?? 0;
  if (left > 0)
    notes.push(`${count(left, "label")} of ${movie?.name} are no tracked cell and were left out`);
  return collector.finish(tracks);
}

async function openSource(
  input: string,
  format: string,
  options: ConvertOptions,
  cwd: string,
): Promise<Source> {
  const place = resolve(cwd, input);
  const isFolder = (await stat(place)).isDirectory();
  const masked = isFolder ? await hasTrackText(place) : await isTrk(place);
  const wanted = format === "ctc" || format === "trk";
  const { labels } = options;
  if (labels === true)
    throw new UsageError("--labels must name the masks of tracks: --labels PATH");
  if (labels !== undefined && masked)
    throw new UsageError(`--labels is for tracks without masks, ${input} has its own`);
  if (labels !== undefined && !wanted)
    throw new UsageError(`--labels is for --format ctc and trk: ${format} holds no masks`);
  if (!masked) {
    if (/\.txt$/i.test(input))
      throw new UsageError(`${input} tells no places of cells: name the folder of its masks`);
    const cells = await readTracksFile(input, cwd);
    if (wanted && labels === undefined)
      throw new UsageError(
        `--format ${format} holds the outlines of cells, ${input} only where they are: name the masks with --labels`,
      );
    const movie = labels === undefined ? undefined : await openMovie([labels], { cwd });
    if (movie) checkFormats([format], movie);
    return { cells, tracks: cells.tracks, notes: mergesIn(cells), ...(movie && { movie }) };
  }
  const movie = await openMovie([input], { cwd });
  checkFormats([format], movie);
  if (movie.tracks) return { movie, tracks: movie.tracks, notes: [...(movie.changes ?? [])] };
  const { tracks: path } = await movieFolder(input, cwd);
  const tracks = await about(path, async () =>
    readTracks(await readFile(resolve(cwd, path), "utf8")),
  );
  return { movie, tracks, notes: [] };
}

function mergesIn({ merges }: GraphCells): string[] {
  if (merges === 0) return [];
  return [`${count(merges, "cell")} that others merge into: their tracks begin without a parent`];
}

async function openImages(
  { movie }: Source,
  format: string,
  options: ConvertOptions,
  cwd: string,
): Promise<Movie | undefined> {
  if (options.image === undefined) return undefined;
  if (format !== "trk") throw new UsageError("--image is for --format trk");
  const image = await openMovie([options.image], { cwd, shows: "images" });
  if (movie) checkSameMovie(movie, image);
  if (movie) checkFormats([format], movie, image);
  return image;
}

function sizeOf(movie: Movie | undefined) {
  if (!movie) return {};
  const { frames, height, width } = movie;
  return { frames, height, width };
}

function spacingOf({ source, options }: Job): Readonly<Record<string, number>> {
  const { pixelSize, interval } = options;
  return {
    ...source.cells?.spacing,
    ...source.movie?.spacing,
    ...(pixelSize !== undefined && { y: pixelSize, x: pixelSize }),
    ...(interval !== undefined && { t: interval }),
  };
}

async function isGeff(place: string): Promise<boolean> {
  const group = await geffFolder(place).catch(() => undefined);
  const { attributes } = group ?? {};
  return typeof attributes === "object" && attributes !== null && "geff" in attributes;
}
