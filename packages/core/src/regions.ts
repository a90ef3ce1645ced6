/**
 * The size and shape of each cell, by scikit-image's definitions (`skimage.measure.regionprops`).
 * In: labels `[y, x]`. Out: one region a cell, in the order of their labels.
 *
 * @module
 */
import { convexArea } from "./convex.js";
import type { Labels } from "./image.js";
import { indexLabels } from "./labels.js";
import { checkPlane } from "./plane.js";

/** What can be said about the shape of a cell; lengths in pixels, coordinates as `[y, x]`. */
export interface Region {
  readonly label: number;
  /** Number of pixels. */
  readonly area: number;
  /** First row, first column, and the row and column after the last. */
  readonly bbox: readonly [number, number, number, number];
  readonly centroid: readonly [number, number];
  /** Share of the bounding box that is the cell. */
  readonly extent: number;
  /** Share of the convex hull that is the cell; 1 for a shape without dents. */
  readonly solidity: number;
  /** Length of the outline, diagonal steps counted as √2 (Benkrid & Crookes). */
  readonly perimeter: number;
  /** Full axes of the ellipse with the same second moments; 0 for what has no width. */
  readonly axisMajorLength: number;
  readonly axisMinorLength: number;
  /** 0 for a circle, towards 1 for a line. */
  readonly eccentricity: number;
  /** Angle between the y axis and the major axis in radians, −π/2 … π/2. */
  readonly orientation: number;
}

/**
 * Measures the shape of every cell, in time proportional to the number of pixels. `origin` is where the labels lie in a
 * plane that they were cut out of: places are then those in that plane.
 */
export function regionsOf(labels: Labels, origin: readonly [number, number] = [0, 0]): Region[] {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const { index, numbers } = indexLabels(labels);
  const sums = sumUp(index, numbers.length, height, width);
  const convex = convexAreas(index, sums, height, width);
  const perimeters = perimetersOf(index, numbers.length, height, width);
  const regions: Region[] = [];
  for (let n = 0; n < numbers.length; n++) {
    const { area, top, left, bottom, right } = sums;
    const [y, x] = [origin[0] + top[n], origin[1] + left[n]];
    const bbox = [y, x, origin[0] + bottom[n] + 1, origin[1] + right[n] + 1] as const;
    regions.push({
      label: numbers[n],
      area: area[n],
      bbox,
      centroid: [y + sums.y[n] / area[n], x + sums.x[n] / area[n]],
      extent: area[n] / ((bbox[2] - bbox[0]) * (bbox[3] - bbox[1])),
      solidity: area[n] / convex[n],
      perimeter: perimeters[n],
      ...ellipseOf(sums, n),
    });
  }
  return regions;
}

/** Sums over the pixels of each cell; y and x count from the cell's first row and column, which keeps them small. */
interface Sums {
  readonly area: Float64Array;
  readonly top: Uint32Array;
  readonly left: Uint32Array;
  readonly bottom: Uint32Array;
  readonly right: Uint32Array;
  /** In how many rows the cell has pixels. */
  readonly rows: Uint32Array;
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly yy: Float64Array;
  readonly xx: Float64Array;
  readonly yx: Float64Array;
}

function sumUp(index: Uint32Array, count: number, height: number, width: number): Sums {
  const whole = () => new Uint32Array(count);
  const real = () => new Float64Array(count);
  const bounds = { top: whole().fill(height), left: whole().fill(width) };
  const sums: Sums = {
    ...{ ...bounds, bottom: whole(), right: whole(), rows: whole(), area: real() },
    ...{ y: real(), x: real(), yy: real(), xx: real(), yx: real() },
  };
  addBounds(sums, index, height, width);
  addMoments(sums, index, height, width);
  return sums;
}

function addBounds(sums: Sums, index: Uint32Array, height: number, width: number): void {
  const { area, top, left, bottom, right, rows } = sums;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (index[i] === 0) continue;
      const n = index[i] - 1;
      if (area[n] === 0 || bottom[n] !== y) rows[n]++;
      area[n]++;
      bottom[n] = y;
      if (y < top[n]) top[n] = y;
      if (x < left[n]) left[n] = x;
      if (x > right[n]) right[n] = x;
    }
}

function addMoments(sums: Sums, index: Uint32Array, height: number, width: number): void {
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (index[i] === 0) continue;
      const n = index[i] - 1;
      const v = y - sums.top[n];
      const u = x - sums.left[n];
      sums.y[n] += v;
      sums.x[n] += u;
      sums.yy[n] += v * v;
      sums.xx[n] += u * u;
      sums.yx[n] += v * u;
    }
}

/** The ellipse with the cell's second moments: pixels count as points, without an extent of their own. */
function ellipseOf(
  sums: Sums,
  n: number,
): Pick<Region, "axisMajorLength" | "axisMinorLength" | "eccentricity" | "orientation"> {
  const area = sums.area[n];
  // Differences of whole numbers: what is symmetric comes out as exactly 0.
  const yy = (area * sums.yy[n] - sums.y[n] * sums.y[n]) / (area * area);
  const xx = (area * sums.xx[n] - sums.x[n] * sums.x[n]) / (area * area);
  const yx = (area * sums.yx[n] - sums.y[n] * sums.x[n]) / (area * area);
  const middle = (yy + xx) / 2;
  const spread = Math.hypot((yy - xx) / 2, yx);
  const major = Math.max(0, middle + spread);
  const minor = Math.max(0, middle - spread);
  let orientation = 0.5 * Math.atan2(2 * yx, yy - xx);
  if (yy === xx) orientation = yx > 0 ? Math.PI / 4 : -Math.PI / 4;
  return {
    axisMajorLength: 4 * Math.sqrt(major),
    axisMinorLength: 4 * Math.sqrt(minor),
    eccentricity: major === 0 ? 0 : Math.sqrt(1 - minor / major),
    orientation,
  };
}

/** Convex areas: the ends of each cell's rows, gathered a cell after the other, go through the hull. */
function convexAreas(index: Uint32Array, sums: Sums, height: number, width: number): Float64Array {
  const count = sums.area.length;
  const first = new Uint32Array(count + 1);
  for (let n = 0; n < count; n++) first[n + 1] = first[n] + sums.rows[n];
  const used = first.slice(0, count);
  const rows = new Uint32Array(first[count]);
  const left = new Uint32Array(first[count]);
  const right = new Uint32Array(first[count]);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (index[i] === 0) continue;
      const n = index[i] - 1;
      if (used[n] === first[n] || rows[used[n] - 1] !== y) {
        rows[used[n]] = y;
        left[used[n]++] = x;
      }
      right[used[n] - 1] = x;
    }
  const areas = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    const [a, b] = [first[n], first[n + 1]];
    areas[n] = convexArea(rows.subarray(a, b), left.subarray(a, b), right.subarray(a, b));
  }
  return areas;
}

/** What a pixel of the outline adds, by its neighbours on the outline: 2 for each beside it + 10 for each at a corner. */
const steps = new Float64Array(49);
for (const code of [4, 6, 14, 16, 24, 26]) steps[code] = 1;
for (const code of [20, 32]) steps[code] = Math.SQRT2;
for (const code of [12, 22]) steps[code] = (1 + Math.SQRT2) / 2;

function perimetersOf(
  index: Uint32Array,
  count: number,
  height: number,
  width: number,
): Float64Array {
  const edge = framedEdges(index, height, width);
  const wide = width + 2;
  const beside = [-wide, -1, 1, wide];
  const corners = [-wide - 1, -wide + 1, wide - 1, wide + 1];
  const lengths = new Float64Array(count);
  for (let at = wide; at < edge.length - wide; at++) {
    const n = edge[at];
    if (n === 0) continue;
    let code = 0;
    for (let k = 0; k < 4; k++) {
      if (edge[at + beside[k]] === n) code += 2;
      if (edge[at + corners[k]] === n) code += 10;
    }
    lengths[n - 1] += steps[code];
  }
  return lengths;
}

/** The pixels of each cell beside something else, with a frame of background around so that no neighbour is missing. */
function framedEdges(index: Uint32Array, height: number, width: number): Uint32Array {
  const wide = width + 2;
  const framed = new Uint32Array(wide * (height + 2));
  for (let y = 0; y < height; y++)
    framed.set(index.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  const edge = framed.slice();
  for (let at = wide; at < edge.length - wide; at++) {
    const n = framed[at];
    const inside =
      framed[at - wide] === n &&
      framed[at - 1] === n &&
      framed[at + 1] === n &&
      framed[at + wide] === n;
    if (inside) edge[at] = 0;
  }
  return edge;
}
