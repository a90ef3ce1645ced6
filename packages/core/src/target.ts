/**
 * What the maps of a labelled image should be. In: labels. Out: target maps, a byte a pixel (255 stands for 1).
 *
 * @module
 */
import { distanceTransform } from "./distance.js";
import { ShapeError } from "./errors.js";
import { neighboursInto } from "./flood.js";
import type { Image, Labels } from "./image.js";

/**
 * What a network is taught. `distance`: two maps, inside a cell (0 or 1), and the distance to the cell's edge as a share
 * of the largest in that cell (0 … 1), which has one peak a cell whatever its size. `classes`: three maps that add up
 * to 1: edge, interior and background, as in the 2016 paper.
 */
export type TargetKind = "distance" | "classes";

/** The types that the cells of an image are of. */
export interface CellTypes {
  /** How many types there are. */
  readonly count: number;
  /** Which of them each label is of, from 0; a cell without one counts for none. */
  readonly of: ReadonlyMap<number, number>;
}

/** Number of maps of a kind of target. `distance`: 2 and one a type. `classes`: 3, or with types one interior a type. */
export function targetMaps(kind: TargetKind, types = 0): number {
  return kind === "distance" ? 2 + types : 2 + Math.max(1, types);
}

/**
 * Target maps `"cyx"` of labels; 255 stands for 1, and values between are rounded to 1/255. With types, `distance` has a
 * map for each after its two, 1 within the cells of that type; `classes` has an interior for each.
 */
export function makeTarget(labels: Labels, kind: TargetKind, types?: CellTypes): Image<Uint8Array> {
  if (labels.axes !== "yx") throw new ShapeError("labels axes", '"yx"', `"${labels.axes}"`);
  const [height, width] = labels.shape;
  const data = kind === "distance" ? distanceMaps(labels, types) : classMaps(labels, types);
  return { data, shape: [targetMaps(kind, types?.count), height, width], axes: "cyx" };
}

function distanceMaps(labels: Labels, types?: CellTypes): Uint8Array {
  const count = labels.data.length;
  const distance = distanceTransform(labels).data;
  const largest = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const label = labels.data[i];
    if (label !== 0 && distance[i] > (largest.get(label) ?? 0)) largest.set(label, distance[i]);
  }
  const maps = new Uint8Array(targetMaps("distance", types?.count) * count);
  for (let i = 0; i < count; i++) {
    const label = labels.data[i];
    if (label === 0) continue;
    maps[i] = 255;
    const type = types?.of.get(label);
    if (type !== undefined) maps[(2 + type) * count + i] = 255;
    const top = largest.get(label) as number;
    maps[count + i] =
      top === Number.POSITIVE_INFINITY ? 255 : Math.round((255 * distance[i]) / top);
  }
  return maps;
}

/**
 * The paper's three classes: the outline lies around a cell's pixels, 2 wide (traced 1 wide, then grown by 1), and where two
 * cells touch on the pixels on either side. A cell without a type is background.
 */
function classMaps(labels: Labels, types?: CellTypes): Uint8Array {
  const count = labels.data.length;
  const edge = outlineClass(labels);
  const planes = targetMaps("classes", types?.count);
  const maps = new Uint8Array(planes * count);
  for (let i = 0; i < count; i++) {
    const label = labels.data[i];
    const type = label === 0 ? undefined : types ? types.of.get(label) : 0;
    maps[(edge[i] ? 0 : type === undefined ? planes - 1 : 1 + type) * count + i] = 255;
  }
  return maps;
}

/** 1 at background pixels within two 4-steps of a cell, and at cell pixels with a 4-neighbour in another cell. */
function outlineClass(labels: Labels): Uint8Array {
  const { data } = labels;
  const edge = new Uint8Array(data.length);
  eachPair(labels, (i, j) => {
    if (data[j] !== 0 && data[j] !== data[i]) edge[i] = 1;
  });
  const grown = edge.slice();
  eachPair(labels, (i, j) => {
    if (data[i] === 0 && data[j] === 0 && edge[j]) grown[i] = 1;
  });
  return grown;
}

/** Every pixel with each of its 4-neighbours. */
function eachPair(
  { data, shape }: Labels,
  visit: (pixel: number, neighbour: number) => void,
): void {
  const around = new Int32Array(4);
  for (let i = 0; i < data.length; i++) {
    const count = neighboursInto(around, i, shape[1], data.length, 4);
    for (let n = 0; n < count; n++) visit(i, around[n]);
  }
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
