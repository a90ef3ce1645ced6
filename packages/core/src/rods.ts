/**
 * Length and width of rod-shaped cells, along the middle of the rod however it bends.
 * In: labels `[y, x]`. Out: one rod a cell, in the order of their labels.
 *
 * A rod is taken for a spherocylinder, bent or straight: what a disk of diameter `width` sweeps along its midline. Two
 * numbers of it are measured, its area A and the second moment Q of its pixels about the midline, neither of which
 * depends on how the rod lies on the grid. Integrals over strip and caps give A = w(l − w) + πw²/4 and
 * Q = w³(l − w)/12 + πw⁴/64, so that Aw²/12 − πw⁴/192 = Q; bending changes neither (Pappus).
 *
 * @module
 */
import { distanceTransform } from "./distance.js";
import type { Labels } from "./image.js";
import { indexLabels } from "./labels.js";
import { checkPlane } from "./plane.js";

/** How long and wide a cell is, in pixels. */
export interface Rod {
  readonly label: number;
  /** From end to end along the midline, round ends included; that of a round cell is its diameter. */
  readonly length: number;
  /** Across; never more than the length. */
  readonly width: number;
}

/** How much wider a rod may seem by its midline than by its edge before the midline is not believed. */
const tolerance = 1.03;

/** Only a rod this many times as long as wide can bend so far; the edge of a shorter one says little of its width. */
const slender = 4;

/** How far the nearest pixel outside lies beyond a cell's edge: the mean over all directions, of drawn arcs. */
const beyond = 0.385;

/**
 * Length and width of every cell, in time proportional to the number of pixels. The midline is a cubic through the
 * pixels, looked at along the cell's long axis. A cell that bends back on itself (a filament like a U) has no such line;
 * its width then follows from the mean distance of its pixels to its edge: D·A = Aw/4 − πw³/48.
 */
export function rodsOf(labels: Labels): Rod[] {
  checkPlane(labels, "labels");
  const { index, numbers } = indexLabels(labels);
  const pixels = pixelsOfCells(index, numbers.length, labels.shape[1]);
  const distances = distanceTransform(labels).data;
  const rods: Rod[] = [];
  for (let n = 0; n < numbers.length; n++) {
    const [begin, end] = [pixels.first[n], pixels.first[n + 1]];
    const area = end - begin;
    const disk = Math.sqrt((4 * area) / Math.PI);
    let mean = -beyond;
    for (let i = begin; i < end; i++) mean += distances[pixels.at[i]] / area;
    let width = widthByMoment(momentAboutMidline(pixels, begin, end), area);
    const byEdge = widthByDistance(mean, area);
    if (width > tolerance * byEdge && area > slender * byEdge ** 2) width = byEdge;
    width = Math.min(width, disk);
    rods.push({ label: numbers[n], length: area / width + width * (1 - Math.PI / 4), width });
  }
  return rods;
}

/** What a spherocylinder of this length and width fills in space. */
export function rodVolume(length: number, width: number): number {
  return (Math.PI / 4) * width ** 2 * (length - width) + (Math.PI / 6) * width ** 3;
}

/** The pixels of all cells, a cell after the other. */
interface CellPixels {
  readonly first: Uint32Array;
  /** Places in the flat image, and their rows and columns. */
  readonly at: Uint32Array;
  readonly y: Uint32Array;
  readonly x: Uint32Array;
}

function pixelsOfCells(index: Uint32Array, count: number, wide: number): CellPixels {
  const first = new Uint32Array(count + 1);
  for (let i = 0; i < index.length; i++) if (index[i] !== 0) first[index[i]]++;
  for (let n = 0; n < count; n++) first[n + 1] += first[n];
  const used = first.slice(0, count);
  const at = new Uint32Array(first[count]);
  const [y, x] = [new Uint32Array(first[count]), new Uint32Array(first[count])];
  for (let i = 0; i < index.length; i++) {
    if (index[i] === 0) continue;
    const k = used[index[i] - 1]++;
    at[k] = i;
    y[k] = Math.floor(i / wide);
    x[k] = i - y[k] * wide;
  }
  return { first, at, y, x };
}

/** The second moment of a cell's pixels about its midline, each a square of its own; across the line. */
function momentAboutMidline({ y, x }: CellPixels, begin: number, end: number): number {
  const area = end - begin;
  let [middleY, middleX] = [0, 0];
  for (let i = begin; i < end; i++) {
    middleY += y[i] / area;
    middleX += x[i] / area;
  }
  let [yy, xx, yx] = [0, 0, 0];
  for (let i = begin; i < end; i++) {
    yy += (y[i] - middleY) ** 2;
    xx += (x[i] - middleX) ** 2;
    yx += (y[i] - middleY) * (x[i] - middleX);
  }
  const angle = 0.5 * Math.atan2(2 * yx, yy - xx);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const half = Math.sqrt((yy + xx) / area + 1 / 6);
  const along = (i: number) => (cos * (y[i] - middleY) + sin * (x[i] - middleX)) / half;
  const across = (i: number) => cos * (x[i] - middleX) - sin * (y[i] - middleY);
  const [a, b, c, d] = fitCubic(begin, end, along, across);
  let moment = 0;
  for (let i = begin; i < end; i++) {
    const u = along(i);
    const slope = (b + u * (2 * c + 3 * d * u)) / half;
    moment += (across(i) - (a + u * (b + u * (c + d * u)))) ** 2 / (1 + slope * slope);
  }
  return moment + area / 12;
}

/** The cubic of least squares; of fewer terms where the pixels do not tell them apart. */
function fitCubic(
  begin: number,
  end: number,
  along: (i: number) => number,
  across: (i: number) => number,
): [number, number, number, number] {
  // The normal equations of 1, u, u², u³: sums of powers of u, and of those times v.
  const sums = new Float64Array(7);
  const right = new Float64Array(4);
  for (let i = begin; i < end; i++) {
    const [u, v] = [along(i), across(i)];
    for (let p = 0, power = 1; p < 7; p++, power *= u) {
      sums[p] += power;
      if (p < 4) right[p] += power * v;
    }
  }
  for (let terms = 4; terms > 1; terms--) {
    const found = solve(sums, right, terms);
    if (found) return [found[0], found[1], found[2] ?? 0, found[3] ?? 0];
  }
  return [right[0] / sums[0], 0, 0, 0];
}

/** Solves sums[r + c] · out = right by Cholesky's decomposition; undefined where that is not possible. */
function solve(sums: Float64Array, right: Float64Array, terms: number): number[] | undefined {
  const lower: number[][] = [];
  for (let r = 0; r < terms; r++) {
    lower.push([]);
    for (let c = 0; c <= r; c++) {
      let value = sums[r + c];
      for (let k = 0; k < c; k++) value -= lower[r][k] * lower[c][k];
      if (r === c && !(value > 1e-9 * sums[2 * r])) return undefined;
      lower[r].push(r === c ? Math.sqrt(value) : value / lower[c][c]);
    }
  }
  const out = Array.from(right.subarray(0, terms));
  for (let r = 0; r < terms; r++) {
    for (let k = 0; k < r; k++) out[r] -= lower[r][k] * out[k];
    out[r] /= lower[r][r];
  }
  for (let r = terms - 1; r >= 0; r--) {
    for (let k = r + 1; k < terms; k++) out[r] -= lower[k][r] * out[k];
    out[r] /= lower[r][r];
  }
  return out;
}

/** Solves Aw²/12 − πw⁴/192 = Q for w; Infinity where no rod of this area has so large a moment. */
function widthByMoment(moment: number, area: number): number {
  const root = (area / 12) ** 2 - (Math.PI * moment) / 48;
  return root < 0
    ? Number.POSITIVE_INFINITY
    : Math.sqrt((area / 12 - Math.sqrt(root)) * (96 / Math.PI));
}

/** Solves Aw/4 − πw³/48 = D·A for w by Newton's method, from below, where it cannot overshoot. */
function widthByDistance(mean: number, area: number): number {
  let width = 4 * mean;
  for (let step = 0; step < 30; step++) {
    const rise = area / 4 - (Math.PI / 16) * width ** 2;
    if (!(rise > 0)) return Number.POSITIVE_INFINITY;
    width += (mean * area - (area * width) / 4 + (Math.PI / 48) * width ** 3) / rise;
  }
  return width;
}
