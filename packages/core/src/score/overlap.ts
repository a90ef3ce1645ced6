/**
 * How the cells of two label images lie over each other: the table that every score starts from.
 * In: true labels and found labels of one size. Out: areas of all cells, and the pixels each pair shares.
 *
 * @module
 */
import type { Labels } from "../image.js";
import { checkPlane, checkSameSize } from "../plane.js";

/** The cells of one label image: their numbers, growing, and how many pixels each has. */
export interface Cells {
  readonly labels: Uint32Array;
  readonly areas: Float64Array;
}

/** A true and a found cell that share pixels, as positions in their {@link Cells}. */
export interface SharedArea {
  readonly truth: number;
  readonly found: number;
  /** Pixels that belong to both. */
  readonly area: number;
  /** Intersection over union, 0 (exclusive) to 1: shared pixels by pixels of either. */
  readonly iou: number;
}

/** Two label images, laid over each other. Pairs that share no pixel are not listed. */
export interface Overlap {
  readonly truth: Cells;
  readonly found: Cells;
  /** By true cell, then by found cell. */
  readonly pairs: readonly SharedArea[];
}

/** Lays found labels over true ones. Throws `ShapeError` unless both are `"yx"` of one size. */
export function overlapOf(truth: Labels, found: Labels): Overlap {
  checkPlane(truth, "true labels");
  checkSameSize(found, "found labels", truth, "truth");
  const trueCells = cellsOf(truth.data);
  const foundCells = cellsOf(found.data);
  const shared = sharedAreas(truth.data, found.data, trueCells.labels, foundCells.labels);
  const pairs = shared.map(([t, f, area]) => {
    const iou = area / (trueCells.areas[t] + foundCells.areas[f] - area);
    return { truth: t, found: f, area, iou };
  });
  return { truth: trueCells, found: foundCells, pairs };
}

/** The numbers of the cells and their areas. Pixels of one cell mostly follow each other, so runs are counted. */
function cellsOf(data: Uint32Array): Cells {
  const areas = new Map<number, number>();
  for (let i = 0; i < data.length; ) {
    const label = data[i];
    const start = i++;
    while (i < data.length && data[i] === label) i++;
    if (label !== 0) areas.set(label, (areas.get(label) ?? 0) + i - start);
  }
  const labels = Uint32Array.from(areas.keys()).sort();
  return { labels, areas: Float64Array.from(labels, (label) => areas.get(label) as number) };
}

function sharedAreas(
  truth: Uint32Array,
  found: Uint32Array,
  trueLabels: Uint32Array,
  foundLabels: Uint32Array,
): [number, number, number][] {
  const trueIndex = new Map(Array.from(trueLabels, (label, i) => [label, i]));
  const foundIndex = new Map(Array.from(foundLabels, (label, i) => [label, i]));
  const areas = new Map<number, number>();
  for (let i = 0; i < truth.length; ) {
    const [t, f] = [truth[i], found[i]];
    const start = i++;
    while (i < truth.length && truth[i] === t && found[i] === f) i++;
    if (t === 0 || f === 0) continue;
    const key = (trueIndex.get(t) as number) * foundLabels.length + (foundIndex.get(f) as number);
    areas.set(key, (areas.get(key) ?? 0) + i - start);
  }
  const width = foundLabels.length;
  return [...areas]
    .sort(([a], [b]) => a - b)
    .map(([key, area]) => [Math.floor(key / width), key % width, area]);
}
