/**
 * Labels as files: which number type, which bytes, and back.
 *
 * @module
 */
import {
  type Image,
  lengthOf,
  narrowLabels,
  planeOf,
  ShapeError,
  toLabels,
  UnsupportedError,
  writeOmeZarr,
  writePng,
  writeTiff,
} from "@cellwright/core";
import { writeWholeFolder } from "./folder-sink.js";
import { readImageFile } from "./image-file.js";
import { labelShape, planesOf } from "./planes.js";
import { stripPack, tilePack } from "./tile-pack.js";

/** The bytes of a label file. 16 bits a pixel where they are enough, 32 where there are more than 65535 cells. */
export function encodeLabels(labels: Image<Uint32Array>, format: string): Uint8Array {
  const image = narrowLabels(labels);
  if (format === "tif") return writeTiff(image, { pack: stripPack });
  if (image.data instanceof Uint32Array)
    throw new UnsupportedError("PNG holds at most 65535 cells: use --format tif");
  if (image.axes !== "yx")
    throw new UnsupportedError("PNG holds one plane, not a stack: use --format tif");
  return writePng(image);
}

/** Writes labels as an OME-Zarr, a folder: whole or not at all. `attributes` say what made them. */
export async function writeLabelsZarr(
  path: string,
  labels: Image<Uint32Array>,
  attributes: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await writeWholeFolder(path, async (put) => {
    const options = { labels: true, pack: tilePack(true), attributes };
    await writeOmeZarr(narrowLabels(labels), { set: put }, options);
  });
}

/** Labels of any number of planes from a file. Throws where its numbers are not whole or below 0. */
export async function readLabels(path: string): Promise<Image<Uint32Array>> {
  const image = await readImageFile(path, "labels");
  if (lengthOf(image, "c") > 1)
    throw new ShapeError("labels", "one number a pixel", `${lengthOf(image, "c")} channels`);
  const planes = planesOf(image).map((plane) => toLabels(planeOf(image, plane)));
  if (planes.length === 1) return { ...labelShape(image), data: planes[0].data };
  const data = new Uint32Array(image.data.length);
  for (const [i, plane] of planes.entries()) data.set(plane.data, i * plane.data.length);
  return { ...labelShape(image), data };
}
