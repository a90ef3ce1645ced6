/**
 * Movies in the folders of the Cell Tracking Challenge: which files are their frames, tracks and true outlines.
 * Nothing but names is looked at here.
 *
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "./context.js";
import { compare } from "./inputs.js";
import { isTrk } from "./movie-trk.js";

/** The files of one tracked movie; paths as typed, or within the folder typed. */
export interface MovieFolder {
  readonly path: string;
  /** The text with a line a track. */
  readonly tracks: string;
  /** A label image a frame, in order. */
  readonly frames: readonly string[];
  /**
   * True masks by frame, where a folder `SEG` has some. Absent where there is no such folder: the frames are masks if
   * they stand beside their text, mere markers if they stand in a folder `TRA`.
   */
  readonly outlines?: ReadonlyMap<number, string>;
  readonly markers: boolean;
}

/** A movie's truth and result. */
export interface MoviePair {
  readonly truth: string;
  readonly found: string;
}

/**
 * Pairs a movie's folders, or the movies in two folders of movies: `01_GT` with `01_RES`, or folders of one name.
 * Throws {@link UsageError} where one is a movie and the other is none; names what has no partner.
 */
export async function pairMovies(
  truth: string,
  found: string,
  cwd: string,
): Promise<{ pairs: MoviePair[]; lonely: { input: string; message: string }[] }> {
  const [trueMovie, foundMovie] = [await isMovie(cwd, truth), await isMovie(cwd, found)];
  if (trueMovie && foundMovie) return { pairs: [{ truth, found }], lonely: [] };
  const trueMovies = trueMovie ? [] : await moviesIn(cwd, truth, "_GT");
  const foundMovies = foundMovie ? [] : await moviesIn(cwd, found, "_RES");
  for (const [is, movies, path] of [
    [trueMovie, trueMovies, truth],
    [foundMovie, foundMovies, found],
  ] as const)
    if (!is && movies.length === 0)
      throw new UsageError(
        `${path} must be a folder with *_track.txt and a mask a frame (or TRA with these), or a folder of such folders`,
      );
  if (trueMovie || foundMovie)
    throw new UsageError(`give two movies or two folders of movies: ${truth}, ${found}`);
  const partners = new Map(foundMovies.map((name) => [keyOf(name), name]));
  const lonely: { input: string; message: string }[] = [];
  const pairs: MoviePair[] = [];
  for (const name of trueMovies) {
    const partner = partners.get(keyOf(name));
    partners.delete(keyOf(name));
    if (partner) pairs.push({ truth: join(truth, name), found: join(found, partner) });
    else lonely.push({ input: join(truth, name), message: `${found} has no result for it` });
  }
  for (const name of partners.values())
    lonely.push({ input: join(found, name), message: `${truth} has no truth for it` });
  return { pairs, lonely };
}

/** The files of one movie. Throws where the frames' numbers do not run from 0 without gaps, each once. */
export async function movieFolder(path: string, cwd: string): Promise<MovieFolder> {
  const names = await readdir(resolve(cwd, path));
  const markers = names.includes("TRA");
  const place = markers ? join(path, "TRA") : path;
  const files = markers ? await readdir(resolve(cwd, place)) : names;
  const texts = files.filter((name) => /_track\.txt$/i.test(name)).sort(compare);
  if (texts.length !== 1)
    throw new Error(`${place} must have one *_track.txt, has ${texts.join(", ") || "none"}`);
  const numbered = numberedIn(files, place);
  const frames: string[] = [];
  for (let frame = 0; frames.length < numbered.size; frame++) {
    const name = numbered.get(frame);
    if (name === undefined)
      throw new Error(
        `${place} must have frames numbered from 0 without gaps: there is no frame ${frame}, but ${numbered.get(Math.max(...numbered.keys()))}`,
      );
    frames.push(join(place, name));
  }
  if (frames.length === 0) throw new Error(`${place} must have a label image a frame, has none`);
  const movie = { path, tracks: join(place, texts[0]), frames, markers };
  if (!markers || !names.includes("SEG")) return movie;
  const folder = join(path, "SEG");
  const outlines = numberedIn(await readdir(resolve(cwd, folder)), folder);
  for (const [frame, name] of outlines) {
    if (frame >= frames.length)
      throw new Error(`${join(folder, name)} must be one of the ${frames.length} frames`);
    outlines.set(frame, join(folder, name));
  }
  return { ...movie, outlines };
}

/** Label images by the number at the end of their stems; only those with the challenge's names where there are such. */
function numberedIn(names: readonly string[], folder: string): Map<number, string> {
  const numbered = new Map<number, string>();
  const named = names.filter((name) =>
    /^(mask|man_(track|seg)_?)[0-9]+[0-9_]*\.tiff?$/i.test(name),
  );
  for (const name of [...(named.length > 0 ? named : names)].sort(compare)) {
    if (name.startsWith(".")) continue;
    const digits = /([0-9]{1,9})\.(tiff?|png|npy)$/i.exec(name)?.[1];
    if (digits === undefined) continue;
    if (/man_seg_?[0-9]+_[0-9]+\.tiff?$/i.test(name))
      throw new Error(`${join(folder, name)} is a slice of a volume; we score planes`);
    const other = numbered.get(Number(digits));
    if (other !== undefined)
      throw new Error(`${folder} has frame ${Number(digits)} twice: ${other} and ${name}`);
    numbered.set(Number(digits), name);
  }
  return numbered;
}

async function isMovie(cwd: string, path: string): Promise<boolean> {
  const place = resolve(cwd, path);
  if (await isTrk(place)) return true;
  if (!(await stat(place)).isDirectory())
    throw new UsageError(`${path} must be a folder, or a .trk: ctc scores movies, a file a frame`);
  const names = await readdir(place);
  return names.includes("TRA") || names.some((name) => /_track\.txt$/i.test(name));
}

/** The folders in a folder that are movies; of those, the ones with the ending where there are such. */
async function moviesIn(cwd: string, folder: string, ending: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of (await readdir(resolve(cwd, folder), { withFileTypes: true })).sort((a, b) =>
    compare(a.name, b.name),
  ))
    if (entry.isDirectory() && !entry.name.startsWith("."))
      if (await isMovie(cwd, join(folder, entry.name))) names.push(entry.name);
  const ended = names.filter((name) => name.toUpperCase().endsWith(ending));
  return ended.length > 0 ? ended : names;
}

function keyOf(name: string): string {
  return name.replace(/_(GT|RES)$/i, "");
}
