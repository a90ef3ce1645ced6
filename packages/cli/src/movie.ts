/**
 * A movie as the command line names it: a folder of frames, several files, a stack, an OME-Zarr or a `.trk`. Frames are
 * read one at a time (but for the last), so a movie may be larger than the memory.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Image, Track } from "@cellwright/core";
import { about } from "./batch.js";
import { UsageError } from "./context.js";
import { findFiles } from "./inputs.js";
import { filesMovie } from "./movie-files.js";
import { frameFiles } from "./movie-folder.js";
import { stackMovie } from "./movie-stack.js";
import { isTrk, trkMovie } from "./movie-trk.js";
import { isZarrFolder } from "./zarr-store.js";

/** Frames of one size, in order. */
export interface Movie {
  /** What the user called it. */
  readonly name: string;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Numbers a pixel; 1 for labels. */
  readonly channels: number;
  /** Micrometres a pixel for y and x, seconds a frame for t; only what the files say. */
  readonly spacing?: Readonly<Record<string, number>>;
  /** The files it is read from. */
  readonly files: readonly string[];
  /** The tracks whose labels these are, where the file holds them too, and what of them had to be changed, a line each. */
  readonly tracks?: readonly Track[];
  readonly changes?: readonly string[];
  /** The file of a frame; undefined where it is missing, or where there is no file a frame or stack. */
  frameFile(t: number): string | undefined;
  /** What to call a frame in messages: its file, or its place in the stack. */
  frameName(t: number): string;
  /** A frame, counted from 0: `"yx"`, or `"cyx"` where there are several channels. Of a frame that is missing, zeros. */
  readFrame(t: number): Promise<Image>;
  close(): Promise<void>;
}

/** How to open a movie. */
export interface MovieOptions {
  readonly cwd: string;
  /** Whether it is of labels (the default) or of images: they are looked for under other names. */
  readonly shows?: "labels" | "images";
  /** Takes frames whose numbers are missing as empty (default: an error). */
  readonly allowGaps?: boolean;
}

/**
 * Opens the movie that `inputs` name: one folder, one stack, one Zarr, or the files of the frames (in their order where
 * they are not numbered). Nothing but headers is read yet.
 */
export async function openMovie(inputs: readonly string[], options: MovieOptions): Promise<Movie> {
  const [first] = inputs;
  if (inputs.length === 1 && (await isFolder(first, options.cwd)))
    return about(first, () => openFolder(first, options));
  for (const input of inputs)
    if (await isFolder(input, options.cwd))
      throw new UsageError(`${input} is a folder: name one folder, or the files of one movie`);
  const { files, problems } = await findFiles(inputs, { cwd: options.cwd, outputs: true });
  if (problems.length > 0) throw new Error(`${problems[0].input}: ${problems[0].message}`);
  return openFiles(
    inputs.join(" "),
    files.map(({ path }) => path),
    options,
    false,
  );
}

async function openFolder(folder: string, options: MovieOptions): Promise<Movie> {
  const path = resolve(options.cwd, folder);
  if (await isZarrFolder(path)) {
    const { zarrMovie } = await import("./movie-zarr.js");
    return zarrMovie(folder, options);
  }
  return openFiles(folder, await frameFiles(folder, options), options, true);
}

/** One file is a stack or a `.trk`, several are a frame each. */
async function openFiles(
  name: string,
  files: readonly string[],
  options: MovieOptions,
  numbered: boolean,
): Promise<Movie> {
  if (files.length === 1) {
    const [file] = files;
    return (await isTrk(resolve(options.cwd, file)))
      ? trkMovie(file, options)
      : stackMovie(file, options);
  }
  return filesMovie(name, files, { ...options, numbered });
}

async function isFolder(path: string, cwd: string): Promise<boolean> {
  return stat(resolve(cwd, path)).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
