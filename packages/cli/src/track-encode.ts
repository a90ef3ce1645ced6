/**
 * Tracks as files: a name and its content for each format asked for.
 *
 * @module
 */
import { basename } from "node:path";
import {
  daughtersOf,
  type Image,
  type Labels,
  type Pixels,
  type TrackedCells,
  UnsupportedError,
  writeGeff,
  writeTrackmate,
  writeTracks,
  writeTracksTable,
  writeTrk,
} from "@cellwright/core";
import { UsageError } from "./context.js";
import type { Movie } from "./movie.js";

/** All that is known of a tracked movie. */
export interface TrackedResult {
  readonly cells: TrackedCells;
  /** The size of its frames and pixels, as far as it is known. */
  readonly movie: Partial<Pick<Movie, "frames" | "height" | "width" | "spacing">>;
  /** Its images, where they are known. */
  readonly image?: Movie;
  /** The tracked frames, kept only for formats that hold pixels. */
  readonly frames: readonly Labels[];
}

/** The files of a format besides the masks: paths below the output folder, and what is in them. */
export type TrackFiles = ReadonlyMap<string, Uint8Array | string>;

/** A `.trk` is made in memory, twice over. */
const largestTrk = 2 * 1024 ** 3;

/** Whether a format holds the pixels of all frames, which must then fit into memory. */
export function holdsPixels(format: string): boolean {
  return format === "trk";
}

/** How many cells divided. */
export function countDivisions(cells: TrackedCells): number {
  return [...daughtersOf(cells.tracks).values()].filter((sisters) => sisters.length > 1).length;
}

/** Throws {@link UnsupportedError} where a movie is too large for one of the formats, before anything is done. */
export function checkFormats(formats: readonly string[], movie: Movie, image?: Movie): void {
  if (!formats.some(holdsPixels)) return;
  const pixels = movie.frames * movie.height * movie.width;
  const bytes = pixels * (4 + 4 * (image?.channels ?? 0));
  if (bytes > largestTrk)
    throw new UnsupportedError(
      `--format trk holds the whole movie in one file: ${movie.frames} frames of ${movie.height} x ${movie.width} are too many, leave it out`,
    );
}

/** Throws {@link UsageError} where images are not those of a movie, by their number and size. */
export function checkSameMovie(movie: Movie, image: Movie): void {
  const size = ({ frames, height, width }: Movie) => `${frames} frames of ${height} x ${width}`;
  if (size(movie) !== size(image))
    throw new UsageError(
      `--image must be ${size(movie)} like ${movie.name}, ${image.name} is ${size(image)}`,
    );
}

/** The files of a format. */
export async function filesOf(format: string, result: TrackedResult): Promise<TrackFiles> {
  const { cells, movie, image, frames } = result;
  const { x: pixelSize, t: interval } = { ...image?.spacing, ...movie.spacing };
  const scale = {
    ...(pixelSize !== undefined && { pixelSize }),
    ...(interval !== undefined && { interval }),
  };
  if (format === "ctc") return new Map([["res_track.txt", writeTracks(cells.tracks)]]);
  if (format === "csv") return new Map([["tracks.csv", writeTracksTable(cells)]]);
  if (format === "trk") {
    const raw = image && (await wholeImage(image));
    const trk = writeTrk({ frames, tracks: cells.tracks, ...(raw && { raw }) });
    return new Map([["tracks.trk", trk]]);
  }
  if (format === "trackmate") {
    const { frames: count, height, width } = movie;
    const [file, ...others] = image?.files ?? [];
    const named = file !== undefined && others.length === 0 ? { image: basename(file) } : {};
    const options = { ...scale, frames: count, height, width, ...named };
    return new Map([["tracks.xml", writeTrackmate(cells, options)]]);
  }
  if (format === "geff") {
    const files = [...writeGeff(cells, scale)];
    return new Map(files.map(([path, bytes]) => [`tracks.geff/${path}`, bytes]));
  }
  throw new Error(`--format ${format} cannot be written`);
}

/** A movie at once: `"tyx"`, or `"tcyx"` where it has channels. */
async function wholeImage(movie: Movie): Promise<Image> {
  const { frames, channels, height, width } = movie;
  const size = channels * height * width;
  let data: Pixels | undefined;
  for (let t = 0; t < frames; t++) {
    const frame = await movie.readFrame(t);
    // A missing first frame is bytes: the type is that of the widest frame.
    if (!data || data.BYTES_PER_ELEMENT < frame.data.BYTES_PER_ELEMENT) {
      const type = frame.data.constructor as new (length: number) => Pixels;
      const wider = new type(frames * size);
      if (data) wider.set(data);
      data = wider;
    }
    data.set(frame.data, t * size);
  }
  const shape = channels > 1 ? [frames, channels, height, width] : [frames, height, width];
  return { data: data as Pixels, shape, axes: channels > 1 ? "tcyx" : "tyx" };
}
