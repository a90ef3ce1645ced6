/**
 * What a report says of an input of `measure` and `convert`: which files stand behind a name, and what they hold.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { type Content, contentOf, contentOfAll } from "./content-hash.js";
import { besideFrames, frameFiles } from "./movie-folder.js";
import { isZarr } from "./view-kind.js";

/** An input as it was asked for. */
export interface AskedInput {
  /** What it was: `labels`, `image`, `tracks`. */
  readonly as: string;
  /** As typed, or absolute. */
  readonly path: string;
  /** Which frames a folder is of (default: labels). */
  readonly shows?: "labels" | "images";
}

/** An input as a report keeps it. */
export interface InputRecord extends Content {
  readonly as: string;
  readonly name: string;
  /** As seen from the report's folder. */
  readonly path: string;
  readonly shows?: "labels" | "images";
}

/** What is kept of an input in the report at a path. */
export async function inputRecord(
  { as, path, shows }: AskedInput,
  report: string,
  cwd: string,
): Promise<InputRecord> {
  const place = resolve(cwd, path);
  return {
    ...{ as, name: basename(place), path: relative(dirname(report), place) },
    ...(shows && { shows }),
    ...(await inputContent(place, shows)),
  };
}

/** What an input holds: a folder of frames is its frames and their tracks, whatever else lies there. */
export async function inputContent(place: string, shows?: "labels" | "images"): Promise<Content> {
  const isFolder = (await stat(place)).isDirectory();
  if (!isFolder || (await isZarr(place))) return contentOf(place);
  const frames = await frameFiles(place, { cwd: place, ...(shows && { shows }) });
  const beside = shows === "images" ? [] : await besideFrames(place);
  return contentOfAll(place, [...frames, ...beside]);
}
