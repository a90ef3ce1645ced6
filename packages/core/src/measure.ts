/**
 * Numbers of each cell: where it is, how large, what shape, how bright.
 * In: labels `[y, x]` and, where brightness is asked for, the image `[y, x]` or `[c, y, x]`. Out: a table, a row a cell.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import { checkImage, type Image, type Labels, lengthOf, type Pixels, planeOf } from "./image.js";
import { indexLabels } from "./labels.js";
import { checkSameSize } from "./plane.js";
import { type Region, regionsOf } from "./regions.js";
import type { Table } from "./table.js";

/**
 * Measures every cell, in the order of their labels; no cells give a table without rows. Columns have scikit-image's
 * names and meaning, in pixels: `label`, `area`, `bbox-0` … `bbox-3` (first y, first x, and one after the last),
 * `centroid-0` (y), `centroid-1` (x), `equivalent_diameter_area`, `axis_major_length`, `axis_minor_length`,
 * `eccentricity`, `orientation` (radians), `perimeter`, `solidity`, `extent`.
 *
 * With an image, `intensity_mean`, `intensity_min`, `intensity_max`, `intensity_std` and `intensity_sum`; of several
 * channels `intensity_mean-0`, `intensity_mean-1`, … and so on. Where the labels (or else the image) say how large a pixel
 * is, `area_um2` too, and where it is square, the lengths again in micrometres: `perimeter_um`, `axis_major_length_um`, ….
 * Throws {@link ShapeError} where labels and image differ in size.
 */
export function measure(labels: Labels, image?: Image): Table {
  const regions = regionsOf(labels);
  const column = (value: (region: Region) => number) => Float64Array.from(regions, value);
  const table: Record<string, Float64Array> = {
    label: column((region) => region.label),
    area: column((region) => region.area),
    "bbox-0": column((region) => region.bbox[0]),
    "bbox-1": column((region) => region.bbox[1]),
    "bbox-2": column((region) => region.bbox[2]),
    "bbox-3": column((region) => region.bbox[3]),
    "centroid-0": column((region) => region.centroid[0]),
    "centroid-1": column((region) => region.centroid[1]),
    equivalent_diameter_area: column((region) => Math.sqrt((4 * region.area) / Math.PI)),
    axis_major_length: column((region) => region.axisMajorLength),
    axis_minor_length: column((region) => region.axisMinorLength),
    eccentricity: column((region) => region.eccentricity),
    orientation: column((region) => region.orientation),
    perimeter: column((region) => region.perimeter),
    solidity: column((region) => region.solidity),
    extent: column((region) => region.extent),
  };
  addMicrometres(table, labels.spacing ?? image?.spacing);
  if (image) addIntensities(table, labels, image);
  return table;
}

const lengths = [
  "equivalent_diameter_area",
  "axis_major_length",
  "axis_minor_length",
  "perimeter",
] as const;

function addMicrometres(table: Record<string, Float64Array>, spacing: Image["spacing"]): void {
  const { y, x } = spacing ?? {};
  if (y === undefined || x === undefined) return;
  table.area_um2 = table.area.map((area) => area * y * x);
  if (y !== x) return;
  for (const name of lengths) table[`${name}_um`] = table[name].map((length) => length * y);
}

function addIntensities(table: Record<string, Float64Array>, labels: Labels, image: Image): void {
  checkImage(image, "image");
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  checkSameSize(labels, "labels", image, "image");
  const { index, numbers } = indexLabels(labels);
  const channels = lengthOf(image, "c");
  for (let c = 0; c < channels; c++) {
    const plane = image.axes === "cyx" ? planeOf(image, { c }) : image;
    const suffix = channels > 1 ? `-${c}` : "";
    const intensities = intensitiesOf(plane.data, index, numbers.length);
    for (const [name, values] of Object.entries(intensities))
      table[`intensity_${name}${suffix}`] = values;
  }
}

/** One pass; deviations count from the cell's first pixel, so that a bright background costs no digits. */
function intensitiesOf(data: Pixels, index: Uint32Array, count: number): Table {
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
