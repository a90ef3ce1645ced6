/**
 * What the maps of a labelled image should be. In: labels. Out: target maps, a byte a pixel (255 stands for 1).
 *
 * @module
 */
import { distanceTransform } from "./distance.js";
import { ShapeError } from "./errors.js";
import type { Image, Labels } from "./image.js";

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
  const [height, width] = labels.shape;
  const { data } = labels;
  const count = data.length;
  const maps = new Uint8Array(3 * count);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const label = data[i];
      const edge =
        (y > 0 && data[i - width] !== label) ||
        (y < height - 1 && data[i + width] !== label) ||
        (x > 0 && data[i - 1] !== label) ||
        (x < width - 1 && data[i + 1] !== label);
      maps[(label === 0 ? 2 : edge ? 0 : 1) * count + i] = 255;
    }
  return maps;
}
