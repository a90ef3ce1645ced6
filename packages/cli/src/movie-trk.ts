/**
 * A movie in DeepCell's `.trk`: the labels with their tracks, or the images they belong to. All of it is held, because
 * the file is packed as one.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Image, lengthOf, planeOf, readTrk, UnsupportedError } from "@cellwright/core";
import { about } from "./batch.js";
import { withFile } from "./file-source.js";
import type { Movie, MovieOptions } from "./movie.js";

/** Whether a path is a file that begins as an archive does, packed by gzip or not; no image does. */
export async function isTrk(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) return false;
  const head = await withFile(path, (source) => source.read(0, Math.min(source.byteLength, 262)));
  const isTar = Buffer.from(head.subarray(257)).toString("latin1") === "ustar";
  return isTar || (head[0] === 0x1f && head[1] === 0x8b);
}

/** Opens the only movie of a `.trk`. Where its text and pixels do not agree the pixels are believed; `changes` tells. */
export async function trkMovie(file: string, options: MovieOptions): Promise<Movie> {
  const path = resolve(options.cwd, file);
  return about(file, async () => {
    const movies = readTrk(new Uint8Array(await readFile(path)));
    if (movies.length !== 1)
      throw new UnsupportedError(`holds ${movies.length} movies: write each to a .trk of its own`);
    const [{ raw, frames, tracks, changes }] = movies;
    const [height, width] = frames[0].shape;
    const shows = options.shows ?? "labels";
    return {
      name: file,
      ...{ frames: frames.length, height, width },
      channels: shows === "images" ? lengthOf(raw, "c") : 1,
      files: [path],
      ...(shows === "labels" && { tracks, changes }),
      frameFile: () => file,
      frameName: (t) => `${file} frame ${t}`,
      readFrame: async (t) => (shows === "images" ? frameOf(raw, t) : frames[t]),
      close: async () => {},
    };
  });
}

/** A frame of `"tcyx"` as `"cyx"`, or `"yx"` where there is one channel. */
function frameOf(raw: Image, t: number): Image {
  const [, channels, height, width] = raw.shape;
  if (channels === 1) return planeOf(raw, { t });
  const size = channels * height * width;
  const data = raw.data.subarray(t * size, (t + 1) * size) as Image["data"];
  return { data, shape: [channels, height, width], axes: "cyx" };
}
