/**
 * Writes images and labels in the formats of `cellwright convert`: whole or not at all.
 *
 * @module
 */
import { open, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type Image,
  labelPlanes,
  lengthOf,
  narrowLabels,
  type RegionSource,
  ShapeError,
  toLabels,
  writeCellposeSeg,
  writeCoco,
  writeDeepcell,
  writeGeoJson,
  writeNpy,
  writeOmeTiff,
  writeOmeZarr,
  writePng,
  writeRois,
  writeTiff,
} from "@cellwright/core";
import type { Part } from "./convert-open.js";
import { flush, makeFolder, withTemporaryFolder, writeWhole } from "./file-sink.js";
import { writeWholeFolder } from "./folder-sink.js";
import { encodeLabels } from "./labels-file.js";
import { stripPack, tilePack } from "./tile-pack.js";
import { planeIndices, wholeOf } from "./whole-image.js";

/** What to do where a format that is made in memory is too large for it. */
const streamed = "use --format ome-tiff or ome-zarr";

/** How a part is written. */
export interface WritePart {
  readonly format: string;
  /** The stem of the input. */
  readonly name: string;
  readonly zarrVersion: "0.4" | "0.5";
  readonly shard?: number;
  readonly tile?: number;
  /** What stands beside it in an `.npz`: the image of labels, or the labels of an image. */
  readonly beside?: Part;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** Writes a part to a path. Labels are checked to be whole numbers from 0. */
export async function writePart(path: string, part: Part, options: WritePart): Promise<void> {
  await makeFolder(dirname(path));
  const { format, name, signal, onProgress } = options;
  const isLabels = part.kind === "labels";
  const watch = { signal, onProgress, pack: tilePack(isLabels), labels: isLabels, name };
  if (format === "ome-tiff") {
    const source = isLabels ? await labelSource(part.pixels) : part.pixels;
    const tile = options.tile && 16 * Math.ceil(options.tile / 16);
    return writeOmeTiffFile(path, source, { ...watch, ...(tile && { tile }) });
  }
  if (format === "ome-zarr") {
    const source = isLabels ? await labelSource(part.pixels) : part.pixels;
    const { zarrVersion: version, shard, tile } = options;
    const chunk = tile && 2 * Math.ceil(tile / 2);
    const how = { ...watch, version, ...(shard && { shard }), ...(chunk && { chunk }) };
    return writeWholeFolder(path, (put) => writeOmeZarr(source, { set: put }, how));
  }
  const image = await wholeOf(part.pixels, streamed);
  const content = isLabels
    ? await contentOfLabels(wholeLabels(image), part.file ?? `${name}.tif`, options)
    : await contentOfImage(image, options);
  await writeWhole(path, content);
}

async function writeOmeTiffFile(
  path: string,
  source: RegionSource,
  options: Parameters<typeof writeOmeTiff>[2],
): Promise<void> {
  await withTemporaryFolder(path, async (temporary) => {
    const made = join(temporary, basename(path));
    const handle = await open(made, "wx");
    try {
      const write = async (position: number, bytes: Uint8Array): Promise<void> => {
        for (let at = 0; at < bytes.length; ) {
          const done = await handle.write(bytes, at, bytes.length - at, position + at);
          at += done.bytesWritten;
        }
      };
      await writeOmeTiff(source, { write }, options);
      await flush(handle);
    } finally {
      await handle.close();
    }
    await rename(made, path);
  });
}

async function contentOfImage(image: Image, { format, beside }: WritePart): Promise<Uint8Array> {
  if (format === "tif") return writeTiff(image, { pack: stripPack });
  if (format === "png") return writePng(image);
  if (format === "npy") return writeNpy(image);
  const labels = beside && wholeLabels(await wholeOf(beside.pixels, streamed));
  return writeDeepcell({ image, ...(labels && { labels }) });
}

async function contentOfLabels(
  labels: Image<Uint32Array>,
  file: string,
  { format, beside }: WritePart,
): Promise<Uint8Array | string> {
  if (format === "tif" || format === "png") return encodeLabels(labels, format);
  if (format === "npy") return writeNpy(narrowLabels(labels));
  if (format === "npz") {
    const image = beside && (await wholeOf(beside.pixels, streamed));
    return writeDeepcell({ labels, ...(image && { image }) });
  }
  if (format === "seg") return writeCellposeSeg(labels, { image: file });
  const planes = labelPlanes(labels);
  if (format === "geojson") return writeGeoJson(planes);
  if (format === "roi") return writeRois(planes);
  return writeCoco(planes.map((plane) => ({ ...plane, file })));
}

/** An image of whole numbers as labels, all planes of it. */
function wholeLabels(image: Image): Image<Uint32Array> {
  const { axes, shape, spacing } = oneKind(image);
  const width = lengthOf(image, "x");
  const height = image.data.length / width;
  const { data } = toLabels({ data: image.data, shape: [height, width], axes: "yx" });
  return { data, axes, shape, ...(spacing && { spacing }) };
}

/** Axes and shape without channels. Throws where there are several. */
function oneKind<T extends Pick<Image, "axes" | "shape">>(image: T): T {
  const channels = lengthOf(image, "c");
  if (channels > 1) throw new ShapeError("labels", "one number a pixel", `${channels} channels`);
  const shape = image.shape.filter((_, i) => image.axes[i] !== "c");
  return { ...image, axes: image.axes.replace("c", ""), shape };
}

/**
 * Labels read by region, in 16 bits where these are enough and 32 where not: for that, numbers that might be larger are looked
 * through once. Every region is checked to be of whole numbers.
 */
async function labelSource(pixels: RegionSource): Promise<RegionSource> {
  const source = oneKind(pixels);
  const wide = source.type !== "uint8" && source.type !== "uint16" && (await areWide(source));
  const narrow = (data: Uint32Array) => (wide ? data : Uint16Array.from(data));
  return {
    ...source,
    type: wide ? "uint32" : "uint16",
    readRegion: async (region) => {
      const labels = await readChecked(source, region);
      return { ...labels, data: narrow(labels.data) };
    },
  };
}

async function readChecked(
  source: RegionSource,
  region: Parameters<RegionSource["readRegion"]>[0],
) {
  const { y, x } = region.box;
  return toLabels(await source.readRegion(region), `labels from row ${y} and column ${x} on`);
}

/** Whether a label is above 65 535. */
async function areWide(source: RegionSource): Promise<boolean> {
  const [height, width] = [lengthOf(source, "y"), lengthOf(source, "x")];
  const side = 2048;
  for (const index of planeIndices(source))
    for (let y = 0; y < height; y += side)
      for (let x = 0; x < width; x += side) {
        const box = { y, x, height: Math.min(side, height - y), width: Math.min(side, width - x) };
        const { data } = await readChecked(source, { index, box });
        for (let i = 0; i < data.length; i++) if (data[i] > 65535) return true;
      }
  return false;
}
