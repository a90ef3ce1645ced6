/**
 * What the maps of a labelled image should be. In: labels. Out: target maps, a byte a pixel (255 stands for 1).
 *
 * @module
 */
import { distanceTransform } from "./distance.js";
import { ShapeError } from "./errors.js";
import type { Image, Labels } from "./image.js";
import { outlines } from "./labels.js";

/**
 * What a network is taught. `distance`: two maps, inside a cell (0 or 1), and the distance to the cell's edge as a share
 * of the largest in that cell (0 … 1), which has one peak a cell whatever its size. `classes`: three maps that add up
 * to 1: edge, interior and background, as in the 2016 paper.
 */
export type TargetKind = "distance" | "classes";

/** Number of maps of each kind of target. */
export const TARGET_MAPS: Readonly<Record<TargetKind, number>> = { distance: 2, classes: 3 };

/** Target maps `"cyx"` of labels; 255 stands for 1, and values between are rounded to 1/255. */
export function makeTarget(labels: Labels, kind: TargetKind): Image<Uint8Array> {
  if (labels.axes !== "yx") throw new ShapeError("labels axes", '"yx"', `"${labels.axes}"`);
  const [height, width] = labels.shape;
  const data = kind === "distance" ? distanceMaps(labels) : classMaps(labels);
  return { data, shape: [TARGET_MAPS[kind], height, width], axes: "cyx" };
}

function distanceMaps(labels: Labels): Uint8Array {
  const count = labels.data.length;
  const distance = distanceTransform(labels).data;
  const largest = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const label = labels.data[i];
    if (label !== 0 && distance[i] > (largest.get(label) ?? 0)) largest.set(label, distance[i]);
  }
  const maps = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) {
    const label = labels.data[i];
    if (label === 0) continue;
    maps[i] = 255;
    const top = largest.get(label) as number;
    maps[count + i] =
      top === Number.POSITIVE_INFINITY ? 255 : Math.round((255 * distance[i]) / top);
  }
  return maps;
}

/** Edge = pixels of a cell with a 4-neighbour that is not of it, within the image. */
function classMaps(labels: Labels): Uint8Array {
  const count = labels.data.length;
  const edge = outlines(labels).data;
  const maps = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++)
    maps[(labels.data[i] === 0 ? 2 : edge[i] !== 0 ? 0 : 1) * count + i] = 255;
  return maps;
}

/** How far a pixel looks for a second cell, in pixels: contacts are this wide on either side. */
const CONTACT_REACH = 2;

/**
 * Where cells touch or nearly do: 255 at pixels with two different labels within 2 pixels along y and x, else 0. The few
 * pixels on which it depends whether two cells are told apart; training may weigh them more (as Ronneberger et al. 2015).
 */
export function findContacts(labels: Labels): Image<Uint8Array> {
  const [height, width] = labels.shape;
  const least = Uint32Array.from(labels.data, (label) => (label === 0 ? 0xffffffff : label));
  const low = slide(
    slide(least, height, width, width, 1, Math.min),
    width,
    height,
    1,
    width,
    Math.min,
  );
  const most = slide(labels.data, height, width, width, 1, Math.max);
  const high = slide(most, width, height, 1, width, Math.max);
  const data = new Uint8Array(low.length);
  for (let i = 0; i < data.length; i++) data[i] = high[i] !== 0 && low[i] !== high[i] ? 255 : 0;
  return { data, shape: labels.shape, axes: "yx" };
}

/** The least or most of a window of 2 · reach + 1 along lines of `length` pixels `step` apart. */
function slide(
  values: Uint32Array,
  lines: number,
  length: number,
  lineStep: number,
  step: number,
  pick: (a: number, b: number) => number,
): Uint32Array {
  const out = new Uint32Array(values.length);
  for (let line = 0; line < lines; line++)
    for (let i = 0; i < length; i++) {
      const at = line * lineStep;
      let best = values[at + i * step];
      const end = Math.min(length - 1, i + CONTACT_REACH);
      for (let j = Math.max(0, i - CONTACT_REACH); j <= end; j++)
        best = pick(best, values[at + j * step]);
      out[at + i * step] = best;
    }
  return out;
}
