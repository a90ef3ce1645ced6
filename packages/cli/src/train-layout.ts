/**
 * The ways in which labelled images lie in folders: beside their annotations, in `images/` and `labels/`, or as set
 * folders with a file a channel. In: a dataset's folder. Out: pairs, and what was passed over. Nothing is opened here.
 *
 * @module
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pairs as pairByPatterns } from "./channel-files.js";
import { UsageError } from "./context.js";
import { compare, imageName, stemOf } from "./inputs.js";
import { messageOf } from "./report.js";
import { annotationOfSet, annotationsOf, isAnnotation } from "./train-annotation.js";
import type { Annotation, Pair, Skipped } from "./train-pair.js";

/** How to look for labelled images. */
export interface LayoutOptions {
  /** What is to be seen, such as `["phase", "nuclear"]`; set folders have a file of each name. */
  readonly channels: readonly string[];
  /** File name patterns by channel, where each channel of an image is a file of its own. */
  readonly patterns?: Readonly<Record<string, string>>;
}

/** A pair before it is known which others show the same field; `below` is the folder it is sorted into. */
export type Placed = Omit<Pair, "group" | "type"> & { readonly below: string };

/** Pictures drawn for people are no training images, and neither are Cellpose's other outputs. */
const pictureSuffix = /_preview$/;
const notes = /_seg\.npy$/i;

/** A folder, seen from its dataset. */
interface Folder {
  readonly path: string;
  /** Its place below the dataset with `/` between names; "" for the dataset itself. */
  readonly below: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

interface Walk extends LayoutOptions {
  readonly placed: Placed[];
  readonly skipped: Skipped[];
  readonly seen: Set<string>;
}

/**
 * The labelled images below a folder, in the order people count. Folders are searched until one holds labelled images.
 * Throws {@link UsageError} for an image without annotation among others that have one, and for two of one name.
 */
export async function placedIn(
  root: string,
  options: LayoutOptions,
): Promise<{ placed: Placed[]; skipped: Skipped[] }> {
  const walk: Walk = { ...options, placed: [], skipped: [], seen: new Set() };
  await look(root, "", walk);
  const { placed, skipped } = walk;
  const names = new Map<string, Placed>();
  for (const pair of placed) {
    const other = names.get(pair.name);
    if (other)
      throw new UsageError(`${other.images[0]} and ${pair.images[0]} have one name: rename one`);
    names.set(pair.name, pair);
  }
  return { placed, skipped };
}

async function look(path: string, below: string, walk: Walk): Promise<void> {
  const folder = await list(path, below, walk.seen);
  if (!folder) return;
  if (folder.folders.includes("images") && folder.folders.includes("labels"))
    return takeSplit(folder, walk);
  if (takeSet(folder, walk)) return;
  const images = folder.files.filter((file) => isImage(file) && !isAnnotation(file));
  const annotations = loneRegions(folder, images) ?? annotationsOf(folder.files);
  const isLeaf = folder.folders.length === 0 && below === "";
  if (images.length > 0 && (annotations.size > 0 || isLeaf))
    return takeFlat(folder, images, annotations, walk);
  if (images.length > 0)
    walk.skipped.push({ path, why: `${images.length} images without annotations` });
  for (const name of folder.folders) await look(join(path, name), joinName(below, name), walk);
}

/** Images beside their annotations, or with `annotations` from elsewhere. */
function takeFlat(
  { below }: Folder,
  images: readonly string[],
  annotations: ReadonlyMap<string, Annotation>,
  walk: Walk,
): void {
  for (const { stem, files } of itemsOf(images, walk)) {
    const stems = [stem, ...files.map(stemOf)];
    const annotation = stems.map((key) => annotations.get(key)).find((found) => found);
    if (!annotation)
      throw new UsageError(
        `${files[0]}: no labels of that name (${stem}.tif in labels/, or beside it ${stem}_masks.tif, ${stem}_seg.npy or ${stem}_RoiSet.zip)`,
      );
    walk.placed.push({ name: joinName(below, stem), images: files, annotation, below });
  }
}

async function takeSplit(folder: Folder, walk: Walk): Promise<void> {
  const { path, below } = folder;
  const [images, labels] = await Promise.all(
    ["images", "labels"].map((name) => list(join(path, name), joinName(below, name), walk.seen)),
  );
  const annotations = annotationsOf(
    (labels?.files ?? []).filter((file) => !pictureSuffix.test(stemOf(file))),
    true,
  );
  takeFlat(folder, (images?.files ?? []).filter(isImage), annotations, walk);
}

/** Whether the folder is a set: an image whose channels are files named after them, with one annotation. */
function takeSet({ path, below, files }: Folder, walk: Walk): boolean {
  const named = walk.channels.map((channel) =>
    files.filter(
      (file) => imageName.test(file) && stemOf(file).toLowerCase() === channel.toLowerCase(),
    ),
  );
  const hasChannel = named.some((found) => found.length > 0);
  const annotation = annotationOfSet(files);
  if (annotation ? annotation.kind === "rois" && !hasChannel : !hasChannel) return false;
  if (!annotation && files.some(isAnnotation)) return false;
  const twice = named.find((found) => found.length > 1);
  if (twice)
    throw new UsageError(`${twice.join(" and ")} have one name: which is it? Move one away`);
  const missing = walk.channels.filter((_, i) => named[i].length === 0);
  if (!annotation) walk.skipped.push({ path, why: "no labels.tif, interior.tif or RoiSet.zip" });
  else if (missing.length > 0)
    walk.skipped.push({ path, why: `no ${missing.map((name) => `${name}.tif`).join(", no ")}` });
  else
    walk.placed.push({
      name: below || basename(path),
      images: named.map(([file]) => file),
      annotation,
      below: below.includes("/") ? below.slice(0, below.lastIndexOf("/")) : "",
    });
  return true;
}

/** ImageJ's own name for a set of regions says nothing; beside a single image it is that image's. */
function loneRegions(
  { files }: Folder,
  images: readonly string[],
): Map<string, Annotation> | undefined {
  const annotations = files.filter(isAnnotation);
  if (images.length !== 1 || annotations.length !== 1) return undefined;
  if (!/^RoiSet\.zip$/i.test(basename(annotations[0]))) return undefined;
  return new Map([[stemOf(images[0]), { kind: "rois", files: annotations }]]);
}

/** Images as one file each or, by patterns, a file a channel; what lacks a channel is passed over. */
function itemsOf(
  images: readonly string[],
  walk: Walk,
): { stem: string; files: readonly string[] }[] {
  if (!walk.patterns) return images.map((path) => ({ stem: stemOf(path), files: [path] }));
  const found = images.map((path) => ({ path, folder: "" }));
  const { items, problems } = pairByPatterns(found, walk.patterns);
  for (const { input, message } of problems) walk.skipped.push({ path: input, why: message });
  return items.map(({ name, files }) => ({ stem: name, files }));
}

/** What is in a folder, but for hidden things; `undefined` where links have led here before. */
async function list(path: string, below: string, seen: Set<string>): Promise<Folder | undefined> {
  const place = await realpath(path);
  if (seen.has(place)) return undefined;
  seen.add(place);
  const files: string[] = [];
  const folders: string[] = [];
  for (const name of (await readdir(path)).sort(compare)) {
    if (name.startsWith(".") || name === "__MACOSX") continue;
    const file = join(path, name);
    try {
      if ((await stat(file)).isDirectory()) folders.push(name);
      else files.push(file);
    } catch (error) {
      if (imageName.test(name)) throw new UsageError(messageOf(error));
    }
  }
  return { path, below, files, folders };
}

function isImage(path: string): boolean {
  return imageName.test(path) && !notes.test(path) && !pictureSuffix.test(stemOf(path));
}

function joinName(below: string, name: string): string {
  return below === "" ? name : `${below}/${name}`;
}
