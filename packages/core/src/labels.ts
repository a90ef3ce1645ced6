/**
 * Labels, counted, renumbered, cleaned and edited: the same verbs for the decoders, the command line and a curator's tools.
 * In: labels `[y, x]`. Out: new labels, or a mask.
 *
 * @module
 */
import { components } from "./components.js";
import { distanceTransform } from "./distance.js";
import { ShapeError } from "./errors.js";
import { watershed } from "./flood.js";
import { type Image, type Labels, type Mask, planeOf } from "./image.js";
import { checkPlane } from "./plane.js";

/** The largest label a file or table of ours can hold. */
const largest = 0xffffffff;

/**
 * Any image of whole numbers, read as labels. It must be one plane (axes of length 1 before `"yx"` are dropped) of
 * integers from 0 to 4 294 967 295; throws {@link ShapeError} naming the first pixel that is not.
 */
export function toLabels(image: Image, what = "labels"): Labels {
  const other = image.shape.slice(0, -2).find((length) => length !== 1);
  if (other !== undefined)
    throw new ShapeError(what, 'one plane "yx"', `"${image.axes}" of ${image.shape.join(" x ")}`);
  const plane = planeOf(image);
  checkPlane(plane, what);
  const data = new Uint32Array(plane.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = plane.data[i];
    if (!Number.isInteger(value) || value < 0 || value > largest) {
      const width = plane.shape[1];
      const where = `${value} at y ${Math.floor(i / width)}, x ${i % width}`;
      throw new ShapeError(what, `whole numbers from 0 to ${largest}`, where);
    }
    data[i] = value;
  }
  return { ...plane, data };
}

/** Labels as consecutive indices: which of them each pixel is, and the number of each. */
export interface IndexedLabels {
  /** 0 for background, else 1 + the position in `numbers`. */
  readonly index: Uint32Array;
  /** The distinct labels, rising. */
  readonly numbers: Uint32Array;
}

/** Brings labels of any size, 1 or 4 billion, to consecutive indices in rising order. */
export function indexLabels(labels: Labels): IndexedLabels {
  const { data } = labels;
  let top = 0;
  for (let i = 0; i < data.length; i++) if (data[i] > top) top = data[i];
  if (top > 4 * data.length + 4096) return indexSparse(data);
  const table = new Uint32Array(top + 1);
  for (let i = 0; i < data.length; i++) table[data[i]] = 1;
  let count = 0;
  table[0] = 0;
  for (let label = 1; label <= top; label++) if (table[label] !== 0) table[label] = ++count;
  const numbers = new Uint32Array(count);
  for (let label = 1; label <= top; label++)
    if (table[label] !== 0) numbers[table[label] - 1] = label;
  const index = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) index[i] = table[data[i]];
  return { index, numbers };
}

function indexSparse(data: Uint32Array): IndexedLabels {
  const seen = new Set(data);
  seen.delete(0);
  const numbers = new Uint32Array(seen).sort();
  const table = new Map<number, number>([[0, 0]]);
  for (let n = 0; n < numbers.length; n++) table.set(numbers[n], n + 1);
  const index = new Uint32Array(data.length);
  for (let i = 0; i < data.length; i++) index[i] = table.get(data[i]) as number;
  return { index, numbers };
}

/** How many cells there are: distinct labels other than 0. */
export function countLabels(labels: Labels): number {
  return indexLabels(labels).numbers.length;
}

/**
 * Gives labels the numbers 1, 2, 3, … in the order in which they first appear, row by row. Cells of fewer than `minArea` pixels
 * become background.
 */
export function relabel(labels: Labels, minArea = 0): Labels {
  const { index, numbers } = indexLabels(labels);
  const areas = new Uint32Array(numbers.length + 1);
  if (minArea > 1) for (let i = 0; i < index.length; i++) areas[index[i]]++;
  const renumbered = new Uint32Array(numbers.length + 1);
  let count = 0;
  for (let i = 0; i < index.length; i++) {
    const label = index[i];
    if (label === 0) continue;
    if (renumbered[label] === 0 && (minArea <= 1 || areas[label] >= minArea))
      renumbered[label] = ++count;
    index[i] = renumbered[label];
  }
  return { ...labels, data: index };
}

/** Keeps the labels for which `keep` says so and turns the others into background; numbers stay as they are. */
export function keepLabels(labels: Labels, keep: (label: number) => boolean): Labels {
  const { index, numbers } = indexLabels(labels);
  const kept = new Uint32Array(numbers.length + 1);
  for (let n = 0; n < numbers.length; n++) if (keep(numbers[n])) kept[n + 1] = numbers[n];
  for (let i = 0; i < index.length; i++) index[i] = kept[index[i]];
  return { ...labels, data: index };
}

/** Turns cells of fewer than `minArea` pixels into background; numbers stay as they are. */
export function removeSmall(labels: Labels, minArea: number): Labels {
  const { index, numbers } = indexLabels(labels);
  const areas = new Float64Array(numbers.length + 1);
  for (let i = 0; i < index.length; i++) areas[index[i]]++;
  for (let i = 0; i < index.length; i++)
    index[i] = index[i] !== 0 && areas[index[i]] >= minArea ? labels.data[i] : 0;
  return { ...labels, data: index };
}

/** Removes the cells that touch the border of the image, whose rest is unknown; numbers stay as they are. */
export function clearBorder(labels: Labels): Labels {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const cut = new Set<number>();
  for (let x = 0; x < width; x++)
    cut.add(labels.data[x]).add(labels.data[(height - 1) * width + x]);
  for (let y = 0; y < height; y++)
    cut.add(labels.data[y * width]).add(labels.data[y * width + width - 1]);
  return keepLabels(labels, (label) => !cut.has(label));
}

/** The pixels of each cell that have a side in common with another cell or the background: outlines one pixel thick. */
export function outlines(labels: Labels): Mask {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const { data: from } = labels;
  const data = new Uint8Array(from.length);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const label = from[i];
      if (label === 0) continue;
      const edge =
        (x > 0 && from[i - 1] !== label) ||
        (x + 1 < width && from[i + 1] !== label) ||
        (y > 0 && from[i - width] !== label) ||
        (y + 1 < height && from[i + width] !== label);
      if (edge) data[i] = 1;
    }
  return { ...labels, data };
}

/**
 * Fills the holes of cells: background that cannot reach the border of the image (going from side to side) and touches
 * one cell only. Gaps between several cells stay, and so does the ring around a cell inside another.
 */
export function fillHoles(labels: Labels): Labels {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const background = new Uint8Array(labels.data.length);
  for (let i = 0; i < background.length; i++) background[i] = labels.data[i] === 0 ? 1 : 0;
  const gaps = components({ ...labels, data: background }).data;
  const owners = ownersOf(gaps, labels.data, height, width);
  const data = labels.data.slice();
  for (let i = 0; i < data.length; i++)
    if (gaps[i] !== 0 && owners[gaps[i]] > 0) data[i] = owners[gaps[i]];
  return { ...labels, data };
}

/** The one label around each gap: -1 = there are several, or the gap is open to the border; 0 = none. */
function ownersOf(
  gaps: Uint32Array,
  labels: Uint32Array,
  height: number,
  width: number,
): Float64Array {
  let count = 0;
  for (let i = 0; i < gaps.length; i++) if (gaps[i] > count) count = gaps[i];
  const owners = new Float64Array(count + 1);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (gaps[i] === 0) continue;
      const gap = gaps[i];
      if (owners[gap] === -1) continue;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) {
        owners[gap] = -1;
        continue;
      }
      meet(owners, gap, labels[i - width]);
      meet(owners, gap, labels[i - 1]);
      meet(owners, gap, labels[i + 1]);
      meet(owners, gap, labels[i + width]);
    }
  return owners;
}

function meet(owners: Float64Array, gap: number, label: number): void {
  if (label === 0 || owners[gap] === label) return;
  owners[gap] = owners[gap] === 0 ? label : -1;
}

/** Makes two cells one: all pixels of label `b` become label `a`. Throws {@link ShapeError} unless both are there. */
export function mergeLabels(labels: Labels, a: number, b: number): Labels {
  checkPresent(labels, a);
  checkPresent(labels, b);
  return { ...labels, data: labels.data.map((label) => (label === b ? a : label)) };
}

/**
 * Cuts one cell into as many as there are points (`[y, x]`, each on the cell, all different). The cuts run through the
 * cell's waists: a watershed of the distance to its edge. The first point keeps the number, the others get the numbers
 * after the largest there is.
 */
export function splitLabel(
  labels: Labels,
  label: number,
  points: readonly (readonly [number, number])[],
): Labels {
  checkPresent(labels, label);
  const width = labels.shape[1];
  let top = 0;
  for (let i = 0; i < labels.data.length; i++) if (labels.data[i] > top) top = labels.data[i];
  const cell = { ...labels, data: new Uint8Array(labels.data.length) };
  for (let i = 0; i < cell.data.length; i++) cell.data[i] = labels.data[i] === label ? 1 : 0;
  const seeds = { ...labels, data: new Uint32Array(labels.data.length) };
  for (const [n, [y, x]] of points.entries()) {
    if (cell.data[y * width + x] !== 1 || x < 0 || x >= width || seeds.data[y * width + x] !== 0)
      throw new ShapeError(`point ${n}`, `on label ${label}, one a pixel`, `y ${y}, x ${x}`);
    seeds.data[y * width + x] = n === 0 ? label : top + n;
  }
  const depth = { ...labels, data: distanceTransform(cell).data.map((distance) => -distance) };
  const parts = watershed(depth, seeds, { mask: cell, connectivity: 8 });
  // A piece that hangs to no point keeps the number it had.
  return { ...labels, data: labels.data.map((old, i) => parts.data[i] || old) };
}

function checkPresent(labels: Labels, label: number): void {
  checkPlane(labels, "labels");
  if (label === 0 || !labels.data.includes(label))
    throw new ShapeError("label", "one of the labels of the image", `${label}`);
}

/** Labels in 16 bits a pixel where these are enough; the same labels where one is above 65 535. */
export function narrowLabels(labels: Image<Uint32Array>): Image<Uint16Array | Uint32Array> {
  for (let i = 0; i < labels.data.length; i++) if (labels.data[i] > 65535) return labels;
  return { ...labels, data: Uint16Array.from(labels.data) };
}
