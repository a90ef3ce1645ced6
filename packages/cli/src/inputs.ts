/**
 * From what the user named (files, folders, patterns) to the list of images to work on, in the order people count:
 * `img2` before `img10`. Nothing is opened here.
 *
 * @module
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "./context.js";
import { expand, isPattern } from "./name-pattern.js";
import { messageOf } from "./report.js";
import { isZarrFolder } from "./zarr-store.js";

/** A file that was found. */
export interface Found {
  /** The path as the user would type it. */
  readonly path: string;
  /** The folder below the one the user named; "" for the files directly in it and for files named one by one. */
  readonly folder: string;
}

/** Something the user named that cannot be worked on, and why. */
export interface Problem {
  readonly input: string;
  readonly message: string;
}

/** An image to work on: one file, or one file a channel. */
export interface Item {
  /** Names the outputs: the file's stem, after its folder where folders are searched to any depth. */
  readonly name: string;
  /** One path for all channels, or one a channel, in the order asked for. */
  readonly files: readonly string[];
}

/** How to look for files. */
export interface FindOptions {
  readonly cwd: string;
  /** Look into folders of folders too (default false). */
  readonly recursive?: boolean;
  /** Also take what `segment` wrote itself, such as `a_masks.tif` (default false). */
  readonly outputs?: boolean;
}

/** What image files, and folders that are an image, are called. Others are taken where they are named one by one. */
export const imageName: RegExp =
  /\.(tiff?|btf|tf8|lsm|stk|png|np[yz]|zarr|zarr\.zip|nrrd|mha|nii|nii\.gz|dcm)$/i;
const folderName = /\.zarr$/i;
const outputName = /(_masks\.(tiff?|png|npy|ome\.zarr)|_preview\.png|_seg\.npy)$/i;
const collator = new Intl.Collator("en", { numeric: true });

/**
 * The image files that `inputs` name, each once. In folders, hidden files, the `._` files of macOS, our own outputs and
 * whatever has no image's name are passed over; a file named one by one is taken whatever it is called.
 */
export async function findFiles(
  inputs: readonly string[],
  options: FindOptions,
): Promise<{ files: Found[]; problems: Problem[] }> {
  const found = new Map<string, Found>();
  const problems: Problem[] = [];
  for (const input of inputs) {
    try {
      for (const file of await filesOf(input, options, problems)) {
        const path = resolve(options.cwd, file.path);
        if (!found.has(path)) found.set(path, file);
      }
    } catch (error) {
      if (error instanceof UsageError) throw error;
      problems.push({ input, message: messageOf(withoutPath(error)) });
    }
  }
  return { files: [...found.values()], problems };
}

/** The name without folder and extension; `.ome.tif`, `.ome.zarr.zip` and `.nii.gz` count as one. */
export function stemOf(path: string): string {
  return basename(path)
    .replace(/(?<=.)\.[^.]*$/, "")
    .replace(/(?<=.)\.(ome|nii|zarr|ome\.zarr)$/i, "");
}

/** Each file an image of its own. */
export function singles(files: readonly Found[]): Item[] {
  return files.map((file) => ({ name: join(file.folder, stemOf(file.path)), files: [file.path] }));
}

/** Throws {@link UsageError} where two images would be written to the same place, on any file system. */
export function refuseClashes(items: readonly Item[]): void {
  const seen = new Map<string, Item>();
  for (const item of items) {
    const place = item.name.normalize("NFC").toLowerCase();
    const other = seen.get(place);
    if (other)
      throw new UsageError(
        `${other.files[0]} and ${item.files[0]} would both be written as ${item.name}_masks: rename one or give each its own -o`,
      );
    seen.set(place, item);
  }
}

async function filesOf(input: string, options: FindOptions, problems: Problem[]): Promise<Found[]> {
  const path = resolve(options.cwd, input);
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" && isPattern(input)) return undefined;
    throw error;
  });
  if (status?.isDirectory() && (await isZarrFolder(path))) return [{ path: input, folder: "" }];
  if (status?.isDirectory()) {
    const bad: Problem[] = [];
    const names = await imagesIn(path, { options, seen: new Set(), problems: bad });
    for (const { input: name, message } of bad)
      problems.push({ input: join(input, name), message });
    if (names.length === 0 && bad.length === 0)
      throw new Error(
        `no images in this folder${options.recursive ? "" : " (--recursive looks deeper)"}`,
      );
    return names.map((name) => ({ path: join(input, name), folder: folderOf(name) }));
  }
  if (status) return [{ path: input, folder: "" }];
  const matches = (await expand(input, options.cwd)).filter((name) => wanted(name, options));
  if (matches.length === 0) throw new Error("no image has such a name");
  return matches.sort(compare).map((name) => ({ path: name, folder: "" }));
}

/** A walk through folders: how to look, where it has been, and what could not be looked at (named from its start). */
interface Walk {
  readonly options: FindOptions;
  readonly seen: Set<string>;
  readonly problems: Problem[];
}

/**
 * The images of a folder, named from the walk's start. A folder that links lead back to is looked into once. What bears
 * an image's name and is none, or cannot be reached, is a problem and not passed over.
 */
async function imagesIn(folder: string, walk: Walk, below = ""): Promise<string[]> {
  const { options, seen, problems } = walk;
  const place = await realpath(folder);
  if (seen.has(place)) return [];
  seen.add(place);
  const found: string[] = [];
  for (const entry of (await readdir(folder)).sort(compare)) {
    if (entry.startsWith(".")) continue;
    try {
      found.push(...(await imagesUnder(folder, entry, walk, below)));
    } catch (error) {
      if (!wanted(entry, options) && !isDenied(error)) continue;
      const foreign = entry.includes("\ufffd") ? ": its name is not UTF-8, rename it" : "";
      const message = messageOf(withoutPath(error)) + foreign;
      problems.push({ input: join(below, entry), message });
    }
  }
  return found;
}

/** The images that one entry of a folder stands for: itself, or those of the folder it is. */
async function imagesUnder(
  folder: string,
  entry: string,
  walk: Walk,
  below: string,
): Promise<string[]> {
  const name = join(below, entry);
  const path = join(folder, entry);
  const status = await stat(path);
  const isImage = wanted(entry, walk.options) && status.isDirectory() === folderName.test(entry);
  if (status.isDirectory() && !folderName.test(entry))
    return walk.options.recursive ? imagesIn(path, walk, name) : [];
  if (!isImage) return [];
  if (!status.isFile() && !status.isDirectory()) throw new Error("is not a regular file");
  return [name];
}

/** Whether a folder or file is there and we may not look at it. */
function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM" || code === "EIO";
}

function wanted(path: string, options: FindOptions): boolean {
  const name = basename(path);
  return (
    imageName.test(name) &&
    !name.startsWith(".") &&
    (options.outputs === true || !outputName.test(name))
  );
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === "." ? "" : folder;
}

/** The order in which people count: `img2` before `img10`. For `sort`. */
export function compare(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

function withoutPath(error: unknown): unknown {
  if (error instanceof Error && "path" in error) error.path = undefined;
  return error;
}
