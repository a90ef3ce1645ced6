/**
 * The cells of one frame as numbers: where each is, how large and of what shape, and which pixels it has, as runs.
 * In: labels `[y, x]`. Out: typed arrays, a place a cell; all that tracking needs to know of a frame.
 *
 * @module
 */
import type { Labels } from "../image.js";
import { checkPlane } from "../plane.js";

/** The pixels of a frame as runs along x, in reading order: far fewer numbers than pixels. Background has no runs. */
export interface Runs {
  readonly height: number;
  readonly width: number;
  /** Where the runs of each row begin; one more than there are rows. */
  readonly rowStart: Uint32Array;
  /** First x of each run, and one after its last. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** The row of each run. */
  readonly row: Uint32Array;
  /** The cell of each run: its place in {@link FrameCells}, from 0. */
  readonly cell: Uint32Array;
}

/** The cells of a frame. A label in several pieces is one cell. */
export interface FrameCells extends Runs {
  readonly count: number;
  /** The labels, rising. Every array below is in this order. */
  readonly labels: Uint32Array;
  /** Pixels. */
  readonly areas: Float64Array;
  /** Centroids in pixels; the first pixel's centre is 0. */
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** Second central moments: the variances of y and x over the cell's pixels, and their covariance; in px². */
  readonly yy: Float64Array;
  readonly xx: Float64Array;
  readonly yx: Float64Array;
  /** Bounding boxes, four numbers a cell: first y, first x, one after the last y, one after the last x. */
  readonly boxes: Int32Array;
  /** 1 where a cell touches the border of the frame. */
  readonly border: Uint8Array;
  /** The runs of cell i are `runs[runStart[i]]` … `runs[runStart[i + 1] - 1]`, in reading order. */
  readonly runStart: Uint32Array;
  readonly runs: Uint32Array;
}

/** Length, width and direction of a cell, of the ellipse with the same second moments. */
export interface Axes {
  /** Full lengths in pixels. */
  readonly major: number;
  readonly minor: number;
  /** The unit vector along the major axis. */
  readonly y: number;
  readonly x: number;
}

/** Takes the cells of a frame in one pass over its pixels. Throws `ShapeError` unless the labels are one plane `"yx"`. */
export function frameCells(labels: Labels): FrameCells {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const { data } = labels;
  const count = countRuns(data, width);
  const start = new Uint32Array(count);
  const end = new Uint32Array(count);
  const row = new Uint32Array(count);
  const label = new Uint32Array(count);
  const rowStart = new Uint32Array(height + 1);
  let n = 0;
  for (let y = 0, i = 0; y < height; y++) {
    const stop = i + width;
    while (i < stop) {
      const value = data[i];
      const from = i++;
      while (i < stop && data[i] === value) i++;
      if (value === 0) continue;
      start[n] = from - y * width;
      end[n] = i - y * width;
      row[n] = y;
      label[n++] = value;
    }
    rowStart[y + 1] = n;
  }
  const { cell, numbers } = numbered(label);
  return cellsOfRuns({ height, width, rowStart, start, end, row, cell }, numbers);
}

/** Measures cells that are given as runs; `labels` are their numbers, rising, one for each cell that runs name. */
export function cellsOfRuns(runs: Runs, labels: Uint32Array): FrameCells {
  const { height, width, start, end, row, cell } = runs;
  const count = labels.length;
  const areas = new Float64Array(count);
  const [y, x, yy, xx, yx] = [0, 1, 2, 3, 4].map(() => new Float64Array(count));
  const boxes = new Int32Array(4 * count);
  const runStart = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    boxes[4 * i] = height;
    boxes[4 * i + 1] = width;
  }
  for (let n = 0; n < cell.length; n++) {
    const i = cell[n];
    const length = end[n] - start[n];
    const middle = (start[n] + end[n] - 1) / 2;
    areas[i] += length;
    y[i] += length * row[n];
    x[i] += length * middle;
    yy[i] += length * row[n] * row[n];
    // A run is a row of unit pixels: its own variance is (n² - 1) / 12.
    xx[i] += length * (middle * middle + (length * length - 1) / 12);
    yx[i] += length * row[n] * middle;
    const box = 4 * i;
    if (row[n] < boxes[box]) boxes[box] = row[n];
    if (start[n] < boxes[box + 1]) boxes[box + 1] = start[n];
    if (row[n] >= boxes[box + 2]) boxes[box + 2] = row[n] + 1;
    if (end[n] > boxes[box + 3]) boxes[box + 3] = end[n];
    runStart[i + 1]++;
  }
  const border = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    y[i] /= areas[i];
    x[i] /= areas[i];
    yy[i] = Math.max(0, yy[i] / areas[i] - y[i] * y[i]);
    xx[i] = Math.max(0, xx[i] / areas[i] - x[i] * x[i]);
    yx[i] = yx[i] / areas[i] - y[i] * x[i];
    const box = 4 * i;
    const inside =
      boxes[box] > 0 && boxes[box + 1] > 0 && boxes[box + 2] < height && boxes[box + 3] < width;
    border[i] = inside ? 0 : 1;
    runStart[i + 1] += runStart[i];
  }
  const next = runStart.slice(0, count);
  const order = new Uint32Array(cell.length);
  for (let n = 0; n < cell.length; n++) order[next[cell[n]]++] = n;
  const shape = { count, labels, areas, y, x, yy, xx, yx, boxes, border };
  return { ...runs, ...shape, runStart, runs: order };
}

/** The cell at a pixel, -1 where there is none or the pixel lies outside. `y` and `x` are whole numbers. */
export function cellAt(runs: Runs, y: number, x: number): number {
  if (y < 0 || y >= runs.height || x < 0 || x >= runs.width) return -1;
  const n = firstEndingAfter(runs, y, x);
  return n < runs.rowStart[y + 1] && runs.start[n] <= x ? runs.cell[n] : -1;
}

/** The first run of row `y` that ends after `x`; where there is none, the first run of the next row. */
export function firstEndingAfter({ rowStart, end }: Runs, y: number, x: number): number {
  let low = rowStart[y];
  let high = rowStart[y + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[middle] > x) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Length, width and direction of cell `i`. */
export function axesOf({ yy, xx, yx }: FrameCells, i: number): Axes {
  // Each pixel is a square of its own: 1/12 more.
  const [a, b, c] = [yy[i] + 1 / 12, xx[i] + 1 / 12, yx[i]];
  const spread = Math.hypot((a - b) / 2, c);
  const [large, small] = [(a + b) / 2 + spread, Math.max(0, (a + b) / 2 - spread)];
  const angle = Math.atan2(2 * c, b - a) / 2;
  const direction = { y: Math.sin(angle), x: Math.cos(angle) };
  return { major: 4 * Math.sqrt(large), minor: 4 * Math.sqrt(small), ...direction };
}

function countRuns(data: Uint32Array, width: number): number {
  let count = 0;
  for (let row = 0; row < data.length; row += width)
    for (let x = 0, before = 0; x < width; x++) {
      const value = data[row + x];
      if (value !== before && value !== 0) count++;
      before = value;
    }
  return count;
}

/** The label of each run as its place among the distinct ones. Labels may be as large as they like. */
function numbered(label: Uint32Array): { cell: Uint32Array; numbers: Uint32Array } {
  let top = 0;
  for (let n = 0; n < label.length; n++) if (label[n] > top) top = label[n];
  if (top > 8 * label.length + 4096) return numberedSparse(label);
  const places = new Uint32Array(top + 1);
  for (let n = 0; n < label.length; n++) places[label[n]] = 1;
  const numbers: number[] = [];
  for (let value = 1; value <= top; value++) {
    if (places[value] === 0) continue;
    places[value] = numbers.length;
    numbers.push(value);
  }
  return { cell: label.map((value) => places[value]), numbers: Uint32Array.from(numbers) };
}

function numberedSparse(label: Uint32Array): { cell: Uint32Array; numbers: Uint32Array } {
  const places = new Map<number, number>();
  for (let n = 0; n < label.length; n++) places.set(label[n], 0);
  const numbers = Uint32Array.from(places.keys()).sort();
  for (let i = 0; i < numbers.length; i++) places.set(numbers[i], i);
  return { cell: label.map((value) => places.get(value) as number), numbers };
}
