/**
 * Which files of a folder are the frames of a movie: labels that `segment` wrote, a Cell Tracking Challenge folder, or
 * simply its images.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findFiles, imageName } from "./inputs.js";
import type { MovieOptions } from "./movie.js";

const challengeName = /^(mask|man_track)\d+\.tiff?$/i;
const tracksName = /_track\.txt$/i;
const segmentName = /^(.*)_masks\.(tiff?|npy|png)$/i;

/** The files of the frames, named from where the folder is named; in the order people count. */
export async function frameFiles(folder: string, options: MovieOptions): Promise<string[]> {
  if (options.shows === "images") return imagesOf(folder, options.cwd);
  const below = await namesIn(folder, options.cwd);
  // The truth of the challenge has its tracked masks one folder down.
  const tracked = below.includes("TRA") && !below.some((name) => imageName.test(name));
  const place = tracked ? join(folder, "TRA") : folder;
  const names = tracked ? await namesIn(place, options.cwd) : below;
  const masks = names.filter((name) => challengeName.test(name));
  if (masks.length > 0) return masks.map((name) => join(place, name));
  const segmented = onePerStem(names.filter((name) => segmentName.test(name)));
  if (segmented.length > 0) return segmented.map((name) => join(place, name));
  return imagesOf(place, options.cwd);
}

/** What a folder of frames tells of their tracks: texts of the challenge, also one folder down, and the types of tracks. */
export async function besideFrames(place: string): Promise<string[]> {
  const names = (await readdir(place)).sort();
  const below = names.includes("TRA") ? await readdir(join(place, "TRA")).catch(() => []) : [];
  return [...names, ...below.sort().map((name) => join("TRA", name))]
    .filter((name) => tracksName.test(name) || name === "types.csv")
    .map((name) => join(place, name));
}

/** Whether a folder of frames has a text of tracks. */
export async function hasTrackText(place: string): Promise<boolean> {
  return (await besideFrames(place)).some((path) => tracksName.test(path));
}

async function imagesOf(folder: string, cwd: string): Promise<string[]> {
  const { files, problems } = await findFiles([folder], { cwd });
  if (problems.length > 0) throw new Error(problems[0].message);
  return files.map(({ path }) => path);
}

async function namesIn(folder: string, cwd: string): Promise<string[]> {
  const names = await readdir(resolve(cwd, folder));
  return names.filter((name) => !name.startsWith(".")).sort();
}

/** `segment --format tif,png` writes the same labels twice: TIFF goes first. */
function onePerStem(names: readonly string[]): string[] {
  const best = new Map<string, string>();
  const rank = (name: string) => ["tif", "tiff", "npy", "png"].indexOf(endingOf(name));
  for (const name of names) {
    const stem = segmentName.exec(name)?.[1] ?? name;
    const other = best.get(stem);
    if (other === undefined || rank(name) < rank(other)) best.set(stem, name);
  }
  return [...best.values()];
}

function endingOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}
