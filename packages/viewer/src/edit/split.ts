/**
 * Cuts a cell along a stroke. In: the cell's box of labels and the way of the stroke. Out: the labels of the parts.
 *
 * @module
 */
import { type Box, components, type Labels, ShapeError } from "@cellwright/core";
import type { Place } from "./brush.js";
import { sidesOf } from "./sides.js";

/** A part smaller than this share of its cell, or than this many pixels, is a crumb of the cut and not a cell. */
const CRUMB_SHARE = 0.02;
const CRUMB_AREA = 3;

/** The pixels under a stroke one pixel wide, each once, in order; those outside the image too. */
export function pixelsUnder(stroke: readonly Place[]): Place[] {
  const pixels: Place[] = [];
  const seen = new Set<string>();
  const add = (y: number, x: number): void => {
    if (seen.has(`${y},${x}`)) return;
    seen.add(`${y},${x}`);
    pixels.push({ y, x });
  };
  for (const [n, to] of stroke.entries()) {
    const from = stroke[Math.max(0, n - 1)];
    // Steps of half a pixel at most: no pixel on the way is jumped over but at a corner.
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to.y - from.y, to.x - from.x)));
    for (let i = n === 0 ? steps : 1; i <= steps; i++)
      add(
        Math.floor(from.y + ((to.y - from.y) * i) / steps),
        Math.floor(from.x + ((to.x - from.x) * i) / steps),
      );
  }
  return pixels;
}

/**
 * The labels of `labels` (those of `box`) after `label` was cut along a stroke. The largest part keeps the number, `fresh`
 * gives each other one its own; the cut itself goes to the parts beside it, so that no gap stays. Pieces that the stroke does
 * not touch stay as they are. Throws {@link ShapeError} where the stroke does not cut the cell in two.
 */
export function splitAlong(
  labels: Labels,
  box: Box,
  label: number,
  stroke: readonly Place[],
  fresh: () => number,
): Uint32Array {
  const { height, width } = box;
  const { data } = labels;
  const cell = Uint8Array.from(data, (each) => (each === label ? 1 : 0));
  const cuts: number[] = [];
  for (const { y, x } of pixelsUnder(stroke)) {
    const [row, column] = [y - box.y, x - box.x];
    if (row < 0 || row >= height || column < 0 || column >= width) continue;
    const i = row * width + column;
    if (cell[i] === 0) continue;
    cell[i] = 0;
    cuts.push(i);
  }
  const parts = components({ data: cell, shape: [height, width], axes: "yx" }).data;
  const areas = besideCut(parts, cuts, width);
  const total = cell.reduce((sum, inside) => sum + inside, cuts.length);
  const large = [...areas]
    .filter(([, area]) => area >= Math.max(CRUMB_AREA, CRUMB_SHARE * total))
    .sort(([a, one], [b, other]) => other - one || a - b)
    .map(([part]) => part);
  if (large.length < 2)
    throw new ShapeError("stroke", `right across label ${label}, from outside to outside`, "not");
  const numbers = new Map(large.map((part, n) => [part, n === 0 ? label : fresh()]));
  return spreadParts(data, label, parts, numbers, new Set(areas.keys()), width);
}

/** The parts that touch the cut, with their areas. */
function besideCut(
  parts: Uint32Array,
  cuts: readonly number[],
  width: number,
): Map<number, number> {
  const areas = new Map<number, number>();
  for (const i of cuts)
    for (const j of sidesOf(i, width, parts.length)) if (parts[j] !== 0) areas.set(parts[j], 0);
  for (let i = 0; i < parts.length; i++) {
    const area = areas.get(parts[i]);
    if (area !== undefined) areas.set(parts[i], area + 1);
  }
  return areas;
}

/** Parts get their numbers; the cut and its crumbs go to the part that reaches them first. */
function spreadParts(
  data: Uint32Array,
  label: number,
  parts: Uint32Array,
  numbers: ReadonlyMap<number, number>,
  touched: ReadonlySet<number>,
  width: number,
): Uint32Array {
  const after = data.slice();
  const open = new Uint8Array(data.length);
  let front: number[] = [];
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== label) continue;
    const number = numbers.get(parts[i]);
    if (number !== undefined) {
      after[i] = number;
      front.push(i);
    } else if (parts[i] === 0 || touched.has(parts[i])) open[i] = 1;
  }
  while (front.length > 0) {
    const next: number[] = [];
    for (const i of front)
      for (const j of sidesOf(i, width, data.length)) {
        if (open[j] === 0) continue;
        open[j] = 0;
        after[j] = after[i];
        next.push(j);
      }
    front = next;
  }
  return after;
}
