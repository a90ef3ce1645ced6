/**
 * What files belong together: an OME-Zarr, the frames of a movie with the tracks beside them, or one file. In: paths. Out:
 * a plan; nothing is read.
 *
 * @module
 */
import { FormatError, planSeries } from "@cellwright/core";
import { folderOf, namesLabels, stemOf } from "./kind.js";

/** A file by its path. */
export interface Named {
  readonly path: string;
}

/** Files that belong together. */
export type Group<F extends Named> =
  | { readonly kind: "zarr"; readonly root: string; readonly entries: readonly F[] }
  | MovieGroup<F>
  | { readonly kind: "file"; readonly entry: F };

/** Files of a frame each, in their order. */
export interface MovieGroup<F extends Named> {
  readonly kind: "movie";
  readonly name: string;
  readonly frames: readonly F[];
  /** The table of tracks beside them. */
  readonly tracks?: F;
}

/** A folder with one of these is a group or an array. */
export const zarrMetadata: RegExp = /(^|\/)(zarr\.json|\.zgroup|\.zarray|\.zattrs)$/;

/** Names of images. Others in a folder are passed over; dropped by themselves they are looked into. */
const imageName =
  /\.(tiff?|btf|tf8|lsm|stk|png|npy|jpe?g|bmp|nrrd|mha|nii|nii\.gz|mrc|rec|gipl|dcm|h5|hdf5|vtk)$/i;

/** Tables of tracks in the Cell Tracking Challenge's form, beside the labels that they speak of. */
const tracksName = /^(res|man)_track\.txt$/i;

/** Pictures that were made of something else. */
const picture = /_preview\.png$/i;

/** Groups of entries, images before labels. */
export function groupEntries<F extends Named>(entries: readonly F[]): Group<F>[] {
  const groups: Group<F>[] = [];
  const roots = zarrRoots(entries);
  const files: F[] = [];
  for (const entry of entries) {
    const root = roots.find((each) => isBelow(entry.path, each));
    if (root === undefined) files.push(entry);
  }
  for (const root of roots)
    groups.push({ kind: "zarr", root, entries: entries.filter(({ path }) => isBelow(path, root)) });
  for (const [folder, inFolder] of byFolder(files)) {
    const tracks = inFolder.find(({ path }) => tracksName.test(nameOf(path)));
    const images = inFolder.filter(({ path }) => isImage(path, folder));
    for (const series of seriesOf(images)) groups.push(groupOf(folder, series, tracks));
  }
  const rank = (group: Group<F>) => (isLabels(group) ? 1 : 0);
  return groups.sort((a, b) => rank(a) - rank(b));
}

/** Numbered files are frames; others stand alone. */
function groupOf<F extends Named>(folder: string, series: readonly F[], tracks?: F): Group<F> {
  if (series.length === 1) return { kind: "file", entry: series[0] };
  const name = movieName(folder, series);
  return { kind: "movie", name, frames: series, ...(tracks && { tracks }) };
}

/** What the names have in common, or their folder's name where that is nothing. */
function movieName(folder: string, series: readonly Named[]): string {
  const [first, last] = [series[0], series[series.length - 1]].map(({ path }) => stemOf(path));
  let same = 0;
  while (same < first.length && first[same] === last[same]) same++;
  const common = first.slice(0, same).replace(/[\d_\-. ]+$/, "");
  const place = folder.slice(folder.lastIndexOf("/") + 1);
  return common.length > 1 ? (place ? `${place} ${common}` : common) : place || first;
}

/** Files of one folder in series of frames; those that make none are series of one. */
function seriesOf<F extends Named>(images: readonly F[]): (readonly F[])[] {
  return split(images, (stem) => stem.replace(/\d+/g, "#")).flatMap((alike) => {
    const frames = framesOf(alike);
    if (frames) return [frames];
    // Several numbers differ: the last counts frames, those before it tell movies apart.
    const movies = split(alike, (stem) => stem.replace(/\d+(?=\D*$)/, "#"));
    return movies.flatMap((movie) => {
      const found = movies.length > 1 ? framesOf(movie) : undefined;
      return found ? [found] : movie.map((entry) => [entry]);
    });
  });
}

function split<F extends Named>(entries: readonly F[], keyOf: (stem: string) => string): F[][] {
  const parts = new Map<string, F[]>();
  for (const entry of entries) {
    const key = keyOf(stemOf(entry.path)).toLowerCase();
    parts.set(key, [...(parts.get(key) ?? []), entry]);
  }
  return [...parts.values()];
}

/** The files in the order of their numbers; undefined where these are no frames of one movie. */
function framesOf<F extends Named>(entries: readonly F[]): F[] | undefined {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  try {
    const { frames } = planSeries([...byPath.keys()], { numbered: true });
    return frames.map((path) => byPath.get(`${path}`) as F);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function isImage(path: string, folder: string): boolean {
  const name = nameOf(path);
  if (name.startsWith(".") || tracksName.test(name) || picture.test(name)) return false;
  return folder === "" || imageName.test(name);
}

function isLabels(group: Group<Named>): boolean {
  if (group.kind === "zarr") return false;
  return namesLabels(group.kind === "file" ? group.entry.path : group.frames[0].path);
}

/** Folders with Zarr metadata that lie in no other such folder. */
function zarrRoots(entries: readonly Named[]): string[] {
  const folders = entries
    .filter(({ path }) => zarrMetadata.test(path))
    .map(({ path }) => folderOf(path))
    .sort((a, b) => a.length - b.length);
  const roots: string[] = [];
  for (const folder of folders)
    if (!roots.some((root) => folder === root || isBelow(folder, root))) roots.push(folder);
  return roots;
}

function isBelow(path: string, root: string): boolean {
  return root === "" || path.startsWith(`${root}/`);
}

function byFolder<F extends Named>(entries: readonly F[]): Map<string, F[]> {
  const folders = new Map<string, F[]>();
  for (const entry of entries) {
    const folder = folderOf(entry.path);
    folders.set(folder, [...(folders.get(folder) ?? []), entry]);
  }
  return folders;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
