/**
 * Where a curator's pen goes: along an outline, across a waist, to the middle of a cell.
 * In: labels of a plane. Out: places of the image.
 *
 * @module
 */
import { type Box, distanceTransform, type Labels, type Polygon } from "@cellwright/core";
import type { Place } from "./brush.js";
import { sidesOf } from "./sides.js";

/** A line around a cell that goes along all its rings without leaving the paper: from one to the next and back on one way. */
export function outlinePath(parts: readonly Polygon[]): Place[] {
  const rings = parts.flatMap(({ outer, holes }) => [outer, ...holes]);
  const path: Place[] = [];
  for (const ring of rings) {
    const corners: Place[] = [];
    for (let n = 0; n < ring.length; n += 2) corners.push({ y: ring[n], x: ring[n + 1] });
    if (path.length === 0) path.push(...corners);
    else path.push(path[0], ...corners, corners[0]);
  }
  if (rings.length > 1) path.push(path[0]);
  return path;
}

/** The pixel of a label that is farthest from its border, its middle; undefined where it has none. */
export function innermost(labels: Labels, label: number, box: Box): Place | undefined {
  const { height, width } = box;
  // A rim of background, so that the border of the box is one.
  const [rows, columns] = [height + 2, width + 2];
  const inside = new Uint8Array(rows * columns);
  const across = labels.shape[1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (labels.data[(box.y + y) * across + box.x + x] === label)
        inside[(y + 1) * columns + x + 1] = 1;
  const distance = distanceTransform({ data: inside, shape: [rows, columns], axes: "yx" }).data;
  let best = 0;
  for (let i = 0; i < distance.length; i++) if (distance[i] > distance[best]) best = i;
  if (distance[best] === 0) return undefined;
  return {
    y: box.y + Math.floor(best / columns) - 0.5,
    x: box.x + (best % columns) - 0.5,
  };
}

/**
 * A stroke that parts a true cell from the others within a found one: between the pixels that lie nearer to it and those that
 * lie nearer to the others, from outside to outside. Undefined where the others are not there.
 */
export function cutBetween(
  found: Labels,
  label: number,
  truth: Labels,
  one: number,
  others: ReadonlySet<number>,
  box: Box,
): Place[] | undefined {
  const side = nearestSides(found, label, truth, one, others, box);
  const { height, width } = box;
  const border: Place[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const own = side[y * width + x];
      if (own === 0) continue;
      if (x + 1 < width && side[y * width + x + 1] === 3 - own)
        border.push({ y: box.y + y + 0.5, x: box.x + x + 1 });
      if (y + 1 < height && side[(y + 1) * width + x] === 3 - own)
        border.push({ y: box.y + y + 1, x: box.x + x + 0.5 });
    }
  return border.length === 0 ? undefined : lineThrough(border);
}

/** 1 for pixels of the found cell that lie nearer to the one true cell, 2 for those nearer to others; 0 outside. */
function nearestSides(
  found: Labels,
  label: number,
  truth: Labels,
  one: number,
  others: ReadonlySet<number>,
  box: Box,
): Uint8Array {
  const { height, width } = box;
  const across = found.shape[1];
  const side = new Uint8Array(height * width);
  const isIn = new Uint8Array(height * width);
  let front: number[] = [];
  for (let i = 0; i < side.length; i++) {
    const at = (box.y + Math.floor(i / width)) * across + box.x + (i % width);
    if (found.data[at] !== label) continue;
    isIn[i] = 1;
    const cell = truth.data[at];
    side[i] = cell === one ? 1 : others.has(cell) ? 2 : 0;
    if (side[i] !== 0) front.push(i);
  }
  while (front.length > 0) front = spread(side, isIn, front, width);
  return side;
}

/** The pixels beside those of the front that are in the cell and on no side yet; they come to the side of their neighbour. */
function spread(
  side: Uint8Array,
  isIn: Uint8Array,
  front: readonly number[],
  width: number,
): number[] {
  const next: number[] = [];
  for (const i of front)
    for (const j of sidesOf(i, width, side.length)) {
      if (isIn[j] === 0 || side[j] !== 0) continue;
      side[j] = side[i];
      next.push(j);
    }
  return next;
}

/** Pixels that a stroke is drawn past a cell, and a corner of it for about so many. */
const PAST = 4;
const STEP = 3;

/** A line along some places: in the order of their longest direction, made smooth, and drawn on at both ends. */
function lineThrough(places: readonly Place[]): Place[] {
  const middle = meanOf(places);
  let [yy, xx, yx] = [0, 0, 0];
  for (const { y, x } of places) {
    yy += (y - middle.y) ** 2;
    xx += (x - middle.x) ** 2;
    yx += (y - middle.y) * (x - middle.x);
  }
  const angle = Math.atan2(2 * yx, xx - yy) / 2;
  const direction = { y: Math.sin(angle), x: Math.cos(angle) };
  const along = ({ y, x }: Place): number =>
    (y - middle.y) * direction.y + (x - middle.x) * direction.x;
  const groups = new Map<number, Place[]>();
  for (const place of places) {
    const step = Math.floor(along(place) / STEP);
    groups.set(step, [...(groups.get(step) ?? []), place]);
  }
  const line = [...groups].sort(([a], [b]) => a - b).map(([, group]) => meanOf(group));
  const [first, last] = [line[0], line[line.length - 1]];
  const past = (from: Place, sign: number): Place => ({
    y: from.y + sign * (PAST + STEP) * direction.y,
    x: from.x + sign * (PAST + STEP) * direction.x,
  });
  return [past(first, -1), ...line, past(last, 1)];
}

function meanOf(places: readonly Place[]): Place {
  let [y, x] = [0, 0];
  for (const place of places) {
    y += place.y / places.length;
    x += place.x / places.length;
  }
  return { y, x };
}
