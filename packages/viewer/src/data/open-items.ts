/**
 * Opens files that were dropped, picked or listed by a server.
 *
 * @module
 */
import {
  FormatError,
  isCoreError,
  readTracks,
  type Source,
  type Track,
  UnsupportedError,
} from "@cellwright/core";
import { type Group, groupEntries, type MovieGroup } from "./group.js";
import { kindOf } from "./kind.js";
import { type Frame, isFrame, movieOf } from "./movie.js";
import { openSource, readerOf } from "./open-source.js";
import { openZarrLayers } from "./open-zarr.js";
import type { Opened, OpenOptions } from "./opened.js";
import { cachedReader } from "./tile-cache.js";
import { filesStore } from "./zarr-files.js";
import { isZip, zipItems } from "./zip.js";

/** A file that can be opened. */
export interface Item {
  readonly path: string;
  source(): Promise<Source>;
  /** Where it is on the web. */
  readonly address?: string;
}

/** Images that stand alone at most: each is a layer. */
const mostImages = 64;

/** A table of tracks with more bytes is none. */
const longestTracks = 64 * 2 ** 20;

/**
 * Opens files. Those that are no images are passed over where others are; where none is, the first reason is thrown.
 * Throws `UnsupportedError` for more images than a list of layers is good for.
 */
export async function openItems(
  items: readonly Item[],
  options: OpenOptions = {},
): Promise<Opened[]> {
  const groups = groupEntries(items);
  const alone = groups.filter(({ kind }) => kind === "file").length;
  if (alone > mostImages) throw tooMany(alone);
  const opened: Opened[] = [];
  const reasons: unknown[] = [];
  for (const [done, group] of groups.entries()) {
    options.signal?.throwIfAborted();
    options.onProgress?.(done, groups.length);
    try {
      opened.push(...(await openGroup(group, options)));
    } catch (error) {
      if (!isCoreError(error)) throw error;
      reasons.push(error);
    }
  }
  options.onProgress?.(groups.length, groups.length);
  if (opened.length > 0) return opened;
  throw (
    reasons[0] ?? new FormatError("holds no image: give TIFF, OME-Zarr, PNG, NPY or another image")
  );
}

function tooMany(count: number): UnsupportedError {
  return new UnsupportedError(
    `holds ${count} images that are no frames of one movie: open at most ${mostImages} at a time`,
  );
}

async function openGroup(group: Group<Item>, options: OpenOptions): Promise<Opened[]> {
  if (group.kind === "zarr") return openFolder(group.root, group.entries);
  return group.kind === "file" ? openItem(group.entry, options) : openMovie(group, options);
}

async function openFolder(root: string, items: readonly Item[]): Promise<Opened[]> {
  const skipped = root === "" ? 0 : root.length + 1;
  const files = new Map(items.map((item) => [item.path.slice(skipped), () => item.source()]));
  const name = root.slice(root.lastIndexOf("/") + 1) || "zarr";
  try {
    return await openZarrLayers(filesStore(files), name.replace(/(\.ome)?\.zarr$/i, ""));
  } catch (error) {
    if (isCoreError(error, "FormatError"))
      throw new FormatError(`${name} ${error.message}`, error.details, error);
    throw error;
  }
}

async function openItem(item: Item, options: OpenOptions): Promise<Opened[]> {
  const { path, address } = item;
  const source = await item.source();
  if (await isZip(source)) return openItems(await zipItems(source), options);
  const opened = await openSource(source, path, options);
  return [{ ...opened, ...(address !== undefined && { address }) }];
}

/** Frames as one image; files of several sizes, or that hold movies themselves, one by one. */
async function openMovie(
  { name, frames, tracks }: MovieGroup<Item>,
  options: OpenOptions,
): Promise<Opened[]> {
  const open = async (item: Item) => readerOf(await item.source(), options);
  const first = await open(frames[0]);
  const last = await open(frames[frames.length - 1]);
  if (!isFrame(first) || !isFrame(last, first)) {
    if (frames.length > mostImages) throw tooMany(frames.length);
    return (await Promise.all(frames.map((item) => openItem(item, options)))).flat();
  }
  const named = frames.map((item): Frame => ({ name: item.path, open: () => open(item) }));
  const kind = kindOf(frames[0].path, first);
  const found = kind === "labels" && tracks ? await readTrackItem(tracks) : undefined;
  const { address } = frames[0];
  return [
    {
      ...{ name, kind, reader: cachedReader(movieOf(named, first)) },
      ...(found && { tracks: found }),
      ...(address !== undefined && { address: new URL(".", address).href }),
    },
  ];
}

async function readTrackItem(item: Item): Promise<Track[]> {
  const source = await item.source();
  if (source.byteLength > longestTracks)
    throw new UnsupportedError(
      `${item.path} has ${source.byteLength} bytes, tables of tracks have at most ${longestTracks}`,
    );
  const text = new TextDecoder().decode(await source.read(0, source.byteLength));
  try {
    return readTracks(text);
  } catch (error) {
    if (isCoreError(error, "FormatError"))
      throw new FormatError(`${item.path}: ${error.message}`, error.details, error);
    throw error;
  }
}
