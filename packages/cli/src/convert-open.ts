/**
 * Opens what `cellwright convert` brings to another format: images and labels whose pixels are read by region.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  cellsFromRois,
  FormatError,
  type Image,
  isDeepcellName,
  itkNameOf,
  labelsFromOutlines,
  lengthOf,
  listZip,
  type OutlinedCell,
  openPyramid,
  openZarr,
  planeOf,
  pyramidOf,
  type RegionSource,
  readCellposeStack,
  readCoco,
  readDeepcell,
  readGeoJson,
  readRois,
  type Source,
  UnsupportedError,
} from "@cellwright/core";
import { about } from "./batch.js";
import type { ConvertOptions } from "./commands/convert.js";
import { UsageError } from "./context.js";
import { isForLabels, isLabelsName, stemOfAny } from "./convert-place.js";
import { openFile, withFile } from "./file-source.js";
import { readImageFile } from "./image-file.js";
import { stemOf } from "./inputs.js";
import { openMovie } from "./movie.js";
import { folderStore, zarrMetadata } from "./zarr-store.js";

/** An image or labels to convert. */
export interface Part {
  readonly kind: "image" | "labels";
  readonly pixels: RegionSource;
  /** The name of the image file, where the input tells it. */
  readonly file?: string;
}

/** What an input holds; the parts can be read until it is closed. */
export interface Opened {
  /** Several where a COCO file is of several images. */
  readonly parts: readonly Part[];
  close(): Promise<void>;
}

/** What decides how an input is taken. */
export interface Opening extends Pick<ConvertOptions, "labels" | "image" | "channel"> {
  readonly format: string;
}

/** Texts beyond this would not fit into a string. */
const longestText = 512 * 1024 ** 2;

/** Opens a file or folder. Errors name it. */
export async function openPixels(input: string, options: Opening, cwd: string): Promise<Opened> {
  const place = resolve(cwd, input);
  return about(input, async () => {
    if ((await stat(place)).isDirectory()) return openFolder(place, options);
    const head = await withFile(place, (source) =>
      source.read(0, Math.min(65536, source.byteLength)),
    );
    const start = Buffer.from(head).toString("latin1");
    if (/^(\xef\xbb\xbf)?\s*[{[]/.test(start)) return openJson(input, start, options, cwd);
    if (start.startsWith("Iout")) return openRois(input, options, cwd);
    if (start.startsWith("PK")) return openZip(input, place, options, cwd);
    if (start.startsWith("\x93NUMPY") && start.slice(0, 200).includes("'|O'"))
      return inMemory("labels", await withFile(place, readCellposeStack));
    if (itkNameOf(head, basename(place))) return openWhole(input, place, options);
    return openImage(input, place, start, options);
  });
}

async function openZip(
  input: string,
  place: string,
  options: Opening,
  cwd: string,
): Promise<Opened> {
  const names = await withFile(place, zipNames);
  if (names.some(isDeepcellName)) return openNpz(place, options);
  if (names.some((name) => zarrMetadata.test(name))) return openWhole(input, place, options);
  if (names.length === 0 || names.some((name) => /\.roi$/i.test(name)))
    return openRois(input, options, cwd);
  throw new FormatError("must be a RoiSet.zip, a Zarr or an .npz with X or y, holds none of them");
}

/** Formats that are not read by region. */
async function openWhole(input: string, place: string, options: Opening): Promise<Opened> {
  const kind = isLabels(input, options) ? "labels" : "image";
  const shows = kind === "labels" ? "labels" : "images";
  return inMemory(kind, await readImageFile(place, shows));
}

async function openImage(
  input: string,
  place: string,
  start: string,
  options: Opening,
): Promise<Opened> {
  const { source, close } = await openFile(place);
  try {
    const pixels = await openPyramid(source);
    const kind = isLabels(input, options) ? "labels" : "image";
    return { parts: [{ kind, pixels: asMovie(pixels, kind, start) }], close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The labels of a movie whose tracks are left aside: a folder of masks or a `.trk`. */
export async function openMasks(input: string, cwd: string): Promise<Opened> {
  const movie = await openMovie([input], { cwd });
  const { height, width, frames, spacing } = movie;
  let held: { t: number; image: Promise<Image> } | undefined;
  const readRegion: RegionSource["readRegion"] = async ({ index, box }) => {
    const t = index?.t ?? 0;
    if (held?.t !== t) held = { t, image: movie.readFrame(t) };
    return pyramidOf(await held.image).readRegion({ box });
  };
  const pixels = {
    ...{ axes: "tyx", shape: [frames, height, width], type: "uint32" as const, readRegion },
    ...(spacing && { spacing }),
  };
  return { parts: [{ kind: "labels", pixels }], close: () => movie.close() };
}

function isLabels(input: string, { labels, format }: Opening): boolean {
  return labels === true || isForLabels(format) || isLabelsName(input);
}

function inMemory(kind: Part["kind"], image: Image): Opened {
  return { parts: [{ kind, pixels: pyramidOf(image) }], close: async () => {} };
}

/** Of labels in a NumPy array [n, y, x] the first axis is time, as channels they would make no sense. */
function asMovie(pixels: RegionSource, kind: Part["kind"], start: string): RegionSource {
  if (kind === "image" || pixels.axes !== "cyx" || !start.startsWith("\x93")) return pixels;
  return {
    ...pixels,
    axes: "tyx",
    readRegion: ({ index, ...region }) =>
      pixels.readRegion({ ...region, index: { c: index?.t ?? 0 } }),
  };
}

async function openFolder(place: string, options: Opening): Promise<Opened> {
  const shows = isLabels(place, options) ? "labels" : "images";
  const { reader, kind } = await openZarr(folderStore(place), { shows });
  const isOfLabels = kind === "labels" || shows === "labels";
  return {
    parts: [{ kind: isOfLabels ? "labels" : "image", pixels: reader }],
    close: async () => {},
  };
}

async function openNpz(place: string, { format, labels, channel }: Opening): Promise<Opened> {
  const found = await withFile(place, (source) => readDeepcell(source));
  const wanted = labels === true || isForLabels(format) ? found.labels : found.image;
  const image = wanted ?? (labels === true ? undefined : found.labels);
  if (!image) throw new FormatError("must hold y, the labels, holds X alone");
  if (image !== found.labels) return inMemory("image", image);
  const kinds = lengthOf(image, "c");
  if (kinds > 1 && (channel === undefined || channel >= kinds))
    throw new UsageError(
      `holds ${kinds} kinds of labels: name one with --channel 0 to ${kinds - 1}`,
    );
  return inMemory(
    "labels",
    channel === undefined || kinds === 1 ? image : pickKind(image, channel),
  );
}

/** One channel of `"tcyx"` or `"cyx"`. */
function pickKind(image: Image, c: number): Image {
  const frames = Array.from({ length: lengthOf(image, "t") }, (_, t) => planeOf(image, { t, c }));
  const [{ data: first, shape }] = frames;
  const data = new (first.constructor as new (length: number) => Image["data"])(
    first.length * frames.length,
  );
  for (const [t, frame] of frames.entries()) data.set(frame.data, t * first.length);
  return frames.length === 1
    ? { data, shape, axes: "yx" }
    : { data, shape: [frames.length, ...shape], axes: "tyx" };
}

async function openJson(
  input: string,
  start: string,
  options: Opening,
  cwd: string,
): Promise<Opened> {
  const place = resolve(cwd, input);
  const { size } = await stat(place);
  if (size > longestText)
    throw new UnsupportedError(`has ${size} bytes, the limit is ${longestText}`);
  const text = await readFile(place, "utf8");
  if (/"type"\s*:\s*"Feature(Collection)?"/.test(start))
    return outlined(input, readGeoJson(text), options, cwd);
  return { parts: cocoParts(readCoco(text)), close: async () => {} };
}

/** The planes of one file name are one stack or movie. */
function cocoParts(found: ReturnType<typeof readCoco>): Part[] {
  const files = new Map<string, typeof found>();
  for (const plane of found) files.set(plane.file, [...(files.get(plane.file) ?? []), plane]);
  return [...files].map(([file, planes]) => {
    const [{ labels }] = planes;
    const axes = `${"t" in planes[0] ? "t" : ""}${"z" in planes[0] ? "z" : ""}yx`;
    const most = (axis: "t" | "z") => 1 + Math.max(...planes.map((plane) => plane[axis] ?? 0));
    const shape = [...axes.slice(0, -2)].map((axis) => most(axis as "t" | "z"));
    const count = shape.reduce((a, b) => a * b, 1);
    const alike = planes.every((plane) => plane.labels.shape.join() === labels.shape.join());
    if (count !== planes.length || !alike)
      throw new FormatError(
        `must have each plane of ${file} once and of one size, has ${planes.length} of ${count}`,
      );
    const data = new Uint32Array(count * labels.data.length);
    for (const { t = 0, z = 0, labels: plane } of planes)
      data.set(plane.data, (t * most("z") + z) * plane.data.length);
    const pixels = pyramidOf({ data, shape: [...shape, ...labels.shape], axes });
    return { kind: "labels", pixels, file: basename(file) };
  });
}

async function openRois(input: string, options: Opening, cwd: string): Promise<Opened> {
  const place = resolve(cwd, input);
  const rois = await withFile(place, async (source) => {
    // A set without regions is one of an image without cells.
    const head = await source.read(0, Math.min(2, source.byteLength));
    const isEmpty = head[0] === 0x50 && (await zipNames(source)).length === 0;
    return isEmpty ? [] : readRois(source);
  });
  return outlined(input, (axes) => cellsFromRois(rois, axes), options, cwd);
}

async function zipNames(source: Source): Promise<string[]> {
  return (await listZip(source, { maxDirectory: 1 << 24 })).map(({ name }) => name);
}

/** Outlines as labels, as large as the image that `--image` names. */
async function outlined(
  input: string,
  cells: OutlinedCell[] | ((axes: string) => OutlinedCell[]),
  { image }: Opening,
  cwd: string,
): Promise<Opened> {
  if (image === undefined)
    throw new UsageError(
      `${input} does not say how large its image is: name the image with --image`,
    );
  const path = await imageOf(input, image, cwd);
  const opened = await openPixels(path, { format: "tif" }, cwd);
  try {
    const [{ pixels }] = opened.parts;
    const members = typeof cells === "function" ? cells(pixels.axes) : cells;
    const { axes, shape, spacing } = pixels;
    const labels = labelsFromOutlines(members, { axes, shape, ...(spacing && { spacing }) });
    const part = { kind: "labels" as const, pixels: pyramidOf(labels), file: basename(path) };
    return { parts: [part], close: async () => {} };
  } finally {
    await opened.close();
  }
}

/** The image itself, or the one of the same stem in a folder of images. */
export async function imageOf(input: string, image: string, cwd: string): Promise<string> {
  const place = resolve(cwd, image);
  const status = await stat(place);
  const isZarr = /\.zarr\/?$/i.test(image);
  if (!status.isDirectory() || isZarr) return image;
  const stem = stemOfAny(stemOf(input));
  const name = (await readdir(place)).find((each) => stemOf(each) === stem);
  if (name === undefined) throw new Error(`${image} must hold the image ${stem}, holds none`);
  return join(image, name);
}
