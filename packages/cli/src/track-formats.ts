/**
 * Tracks from files: the tracked cells of tables, TrackMate's XML and GEFF folders, and lists of tracks alone.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import {
  type GeffGroup,
  type GraphCells,
  openGeff,
  readGeff,
  readTrackmate,
  readTracks,
  readTracksTable,
  type Track,
  UnsupportedError,
} from "@cellwright/core";
import { about } from "./batch.js";
import { withFile } from "./file-source.js";
import { isTrk, trkMovie } from "./movie-trk.js";
import { folderStore } from "./zarr-store.js";

/** Texts beyond this would not fit into a string. */
const longestText = 512 * 1024 ** 2;

/**
 * The cells in a file or folder: a GEFF (a folder), TrackMate's XML or a table of tracks, told by what it begins with.
 * Errors name the path.
 */
export async function readTracksFile(path: string, cwd: string): Promise<GraphCells> {
  const place = resolve(cwd, path);
  return about(path, async () => {
    const status = await stat(place);
    if (status.isDirectory()) return readGeff(await geffFolder(place));
    if (status.size > longestText)
      throw new UnsupportedError(`has ${status.size} bytes, the limit is ${longestText}`);
    const text = await readFile(place, "utf8");
    return /^\ufeff?\s*</.test(text) ? readTrackmate(text) : readTracksTable(text);
  });
}

/**
 * Who came from whom, without places: from what {@link readTracksFile} reads, a `.trk`, or lines `L B E P` as the Cell
 * Tracking Challenge has them. Errors name the path.
 */
export async function readLineage(path: string, cwd: string): Promise<readonly Track[]> {
  const place = resolve(cwd, path);
  if (await isTrk(place)) return (await trkMovie(path, { cwd })).tracks ?? [];
  const isFolder = await stat(place).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (isFolder || !(await about(path, () => isList(place))))
    return (await readTracksFile(path, cwd)).tracks;
  return about(path, async () => readTracks(await readFile(place, "utf8")));
}

/** Whether a file is a list of tracks: tables begin with names; a list of no tracks is empty. */
async function isList(path: string): Promise<boolean> {
  if (/\.txt$/i.test(path)) return true;
  const head = await withFile(path, (source) => source.read(0, Math.min(source.byteLength, 64)));
  return /^\ufeff?[\d\s]*$/.test(new TextDecoder().decode(head));
}

/** A GEFF in a folder, of Zarr version 2 or 3, compressed by any of the usual codecs. */
export function geffFolder(path: string): Promise<GeffGroup> {
  return openGeff(folderStore(path));
}
