/**
 * How bright cells and their parts are.
 * In: one plane of an image and labels of the same size. Out: columns, a number a cell.
 *
 * @module
 */
import type { Labels, Pixels } from "./image.js";
import { percentilesOf } from "./percentile.js";
import type { Table } from "./table.js";

/**
 * Mean, least, largest, standard deviation and sum of each cell's pixels; `index` is 0 or 1 + the row of the cell.
 * One pass; deviations count from the cell's first pixel, so that a bright background costs no digits.
 */
export function intensitiesOf(data: Pixels, index: Uint32Array, count: number): Table {
  const area = new Float64Array(count);
  const first = new Float64Array(count);
  const sum = new Float64Array(count);
  const squares = new Float64Array(count);
  const min = new Float64Array(count);
  const max = new Float64Array(count);
  for (let i = 0; i < index.length; i++) {
    if (index[i] === 0) continue;
    const n = index[i] - 1;
    const value = data[i];
    if (area[n]++ === 0) first[n] = min[n] = max[n] = value;
    const deviation = value - first[n];
    sum[n] += deviation;
    squares[n] += deviation * deviation;
    if (value < min[n]) min[n] = value;
    if (value > max[n]) max[n] = value;
  }
  const mean = sum.map((total, n) => first[n] + total / area[n]);
  const std = squares.map((total, n) =>
    Math.sqrt(Math.max(0, total / area[n] - (sum[n] / area[n]) ** 2)),
  );
  const whole = sum.map((total, n) => first[n] * area[n] + total);
  return { mean, min, max, std, sum: whole };
}

/** A part of every cell: which pixels, by the rows of the table that the cells have, and how many. */
export interface Part {
  readonly index: Uint32Array;
  readonly area: Float64Array;
}

/** Labels of parts, brought to the rows of the cells whose numbers they have. */
export function partOf(labels: Labels, numbers: Uint32Array): Part {
  const rows = new Map<number, number>([[0, 0]]);
  for (let n = 0; n < numbers.length; n++) rows.set(numbers[n], n + 1);
  const index = labels.data.map((label) => rows.get(label) ?? 0);
  const area = new Float64Array(numbers.length);
  for (let i = 0; i < index.length; i++) if (index[i] !== 0) area[index[i] - 1]++;
  return { index, area };
}

/** The mean of each part; NaN where there is none. */
export function meansOf(data: Pixels, { index, area }: Part): Float64Array {
  const sum = new Float64Array(area.length);
  for (let i = 0; i < index.length; i++) if (index[i] !== 0) sum[index[i] - 1] += data[i];
  return sum.map((total, n) => total / area[n]);
}

/** The median of the pixels that are 0 in all of `taken`; NaN where there is none. */
export function backgroundOf(data: Pixels, taken: readonly Uint32Array[]): number {
  const free = new Uint8Array(data.length).fill(1);
  for (const labels of taken)
    for (let i = 0; i < free.length; i++) if (labels[i] !== 0) free[i] = 0;
  const outside = new Float64Array(free.reduce((sum, one) => sum + one, 0));
  for (let i = 0, n = 0; i < free.length; i++) if (free[i] === 1) outside[n++] = data[i];
  return outside.length === 0 ? Number.NaN : percentilesOf(outside, [50])[0];
}
