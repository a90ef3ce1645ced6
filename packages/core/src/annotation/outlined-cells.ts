/**
 * Cells that a file tells by their outlines, plane by plane → labels of an image's size.
 *
 * @module
 */
import { FormatError, ShapeError } from "../errors.js";
import { type Image, lengthOf, planeOf } from "../image.js";
import type { Roi } from "./roi.js";
import { labelsFromRois, type Outlined } from "./roi-set.js";

/** A cell of which the outline is known. */
export interface OutlinedCell extends Outlined {
  /** Where it stands in a movie or stack, from 0; 0 where the file says nothing. */
  readonly t: number;
  readonly z: number;
}

/** The largest number a label can have. */
const largest = 0xffffffff;

/**
 * The numbers of cells: their names, where each is a whole number from 1 and none is there twice on a plane; else 1, 2, 3, …
 * in their order.
 */
export function numbersOf(cells: readonly OutlinedCell[]): number[] {
  const seen = new Set<string>();
  const named = cells.every(({ name, t, z }) => {
    const key = `${name} ${t} ${z}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew && /^[1-9][0-9]{0,9}$/.test(name) && Number(name) <= largest;
  });
  return cells.map(({ name }, i) => (named ? Number(name) : i + 1));
}

/**
 * Labels of an image's size: the pixels whose centres lie inside an outline. Where the names of all cells are whole numbers from
 * 1, none of them twice on a plane, these are the labels; else 1, 2, 3, … in their order. In: axes, shape and spacing of the
 * image; channels are passed over. Throws {@link ShapeError} where a cell lies outside.
 */
export function labelsFromOutlines(
  cells: readonly OutlinedCell[],
  { axes, shape, spacing }: Omit<Image, "data">,
): Image<Uint32Array> {
  const kept = [...axes].map((_, i) => i).filter((i) => axes[i] !== "c");
  const own = { axes: kept.map((i) => axes[i]).join(""), shape: kept.map((i) => shape[i]) };
  const [height, width] = own.shape.slice(-2);
  const labels = {
    ...own,
    data: new Uint32Array(own.shape.reduce((a, b) => a * b, 1)),
    ...(spacing && { spacing }),
  };
  const numbers = numbersOf(cells);
  for (const [key, members] of byPlane(cells)) {
    const [t, z] = key.split(" ").map(Number);
    if (t >= lengthOf(own, "t") || z >= lengthOf(own, "z"))
      throw new ShapeError(
        `cell "${cells[members[0]].name}"`,
        `within ${lengthOf(own, "t")} frames and ${lengthOf(own, "z")} slices`,
        `in frame ${t} and slice ${z} (from 0)`,
      );
    const plane = labelsFromRois(
      members.map((i) => cells[i]),
      height,
      width,
      members.map((i) => numbers[i]),
    );
    planeOf(labels, { t, z }).data.set(plane.data);
  }
  return labels;
}

/**
 * ImageJ's regions as cells. A plain stack counts its frames as slices: where `axes` has `t` and no `z`, a slice is a frame.
 * Throws {@link FormatError} for a region of all planes of a stack or movie.
 */
export function cellsFromRois(rois: readonly Roi[], axes: string): OutlinedCell[] {
  return rois.map(({ name, paths, position: { slice, frame } }) => {
    const t = axes.includes("t") ? frame || (axes.includes("z") ? 0 : slice) : 1;
    const z = axes.includes("z") ? slice : 1;
    if (t === 0 || z === 0)
      throw new FormatError(
        `region "${name}" must say its ${t === 0 ? "frame" : "slice"}, as the image has several`,
      );
    return { name, paths, t: t - 1, z: z - 1 };
  });
}

function byPlane(cells: readonly OutlinedCell[]): Map<string, number[]> {
  const planes = new Map<string, number[]>();
  for (const [i, { t, z }] of cells.entries()) {
    const members = planes.get(`${t} ${z}`);
    if (members) members.push(i);
    else planes.set(`${t} ${z}`, [i]);
  }
  return planes;
}
