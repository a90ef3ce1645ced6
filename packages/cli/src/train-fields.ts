/**
 * Which images show the same field: those that share the pixels of a channel, or the labels of several cells.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Image, planeOf } from "@cellwright/core";
import { readImageFile } from "./image-file.js";
import { planesOf } from "./planes.js";
import type { Placed } from "./train-layout.js";

/** Fewer cells than this may be labelled alike by chance. */
const FEWEST_CELLS = 3;

/**
 * The name of the first image that shows the same field, an image each. Reads all pixels once; an image that cannot be
 * read is a field of its own, because reading it for training will say what is wrong with it.
 */
export async function fieldsOf(placed: readonly Placed[]): Promise<string[]> {
  if (placed.length < 2) return placed.map(({ name }) => name);
  const parent = placed.map((_, i) => i);
  const rootOf = (i: number): number => (parent[i] === i ? i : rootOf(parent[i]));
  const owners = new Map<string, number>();
  for (const [i, pair] of placed.entries())
    for (const print of await printsOf(pair)) {
      const [a, b] = [rootOf(owners.get(print) ?? i), rootOf(i)];
      parent[Math.max(a, b)] = Math.min(a, b);
      owners.set(print, Math.min(a, b));
    }
  return placed.map((_, i) => placed[rootOf(i)].name);
}

async function printsOf({ images, annotation }: Placed): Promise<string[]> {
  const prints: string[] = [];
  for (const path of images) prints.push(...(await tried(() => pixelPrints(path, "image", 2))));
  const [first] = annotation.files;
  if (annotation.kind === "labels")
    prints.push(...(await tried(() => pixelPrints(first, "labels", FEWEST_CELLS + 1))));
  else if (annotation.kind !== "edge-interior")
    prints.push(...(await tried(async () => [`file ${hashOf(await readFile(first))}`])));
  return prints;
}

async function tried(read: () => Promise<string[]>): Promise<string[]> {
  return read().catch(() => []);
}

/** A fingerprint of each plane that holds at least `values` different numbers: one of few says nothing. */
async function pixelPrints(path: string, what: string, values: number): Promise<string[]> {
  const image = await readImageFile(path);
  return planesOf(image)
    .flatMap((index) => channelPlanes(image, index))
    .filter((plane) => hasValues(plane, values))
    .map(({ shape, data }) => {
      const floats = new Float32Array(data);
      return `${what} ${shape} ${hashOf(new Uint8Array(floats.buffer))}`;
    });
}

function channelPlanes(image: Image, index: Readonly<Record<string, number>>): Image[] {
  const at = image.axes.indexOf("c");
  if (at < 0) return [planeOf(image, index)];
  return Array.from({ length: image.shape[at] }, (_, c) => planeOf(image, { ...index, c }));
}

function hasValues({ data }: Image, count: number): boolean {
  const seen = new Set<number>();
  for (let i = 0; i < data.length && seen.size < count; i++) seen.add(data[i]);
  return seen.size >= count;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
