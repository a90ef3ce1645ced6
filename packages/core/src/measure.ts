/**
 * Numbers of each cell: where it is, how large, what shape, how bright.
 * In: labels `[y, x]` and, where brightness is asked for, the image `[y, x]` or `[c, y, x]`. Out: a table, a row a cell.
 *
 * @module
 */
import { cytoplasmOf, nucleiOf, ringsAround } from "./compartments.js";
import { ShapeError } from "./errors.js";
import { checkImage, type Image, type Labels, lengthOf, type Pixels, planeOf } from "./image.js";
import { backgroundOf, intensitiesOf, meansOf, type Part, partOf } from "./intensities.js";
import { indexLabels } from "./labels.js";
import { checkSameSize } from "./plane.js";
import { type Region, regionsOf } from "./regions.js";
import { rodsOf, rodVolume } from "./rods.js";
import type { Table } from "./table.js";

/** What to measure besides shape and brightness. */
export interface MeasureOptions {
  /** `length`, `width` and `volume` of rod-shaped cells, see {@link rodsOf}; default false. */
  readonly rods?: boolean;
  /**
   * The labels are nuclei: compares each with a ring of this many pixels around it, which stands for the cytoplasm where
   * whole cells are not known. Wants an image.
   */
  readonly ring?: number;
  /** The labels are whole cells and these, of any numbers, their nuclei: compares nucleus and cytoplasm. Wants an image. */
  readonly nuclei?: Labels;
  /** Pixels left out between nucleus and ring or cytoplasm; default 1. */
  readonly gap?: number;
  /**
   * What to take off all brightness: `"median"` of the pixels that are in no cell, nucleus or ring, of each channel by
   * itself; or a number, or one a channel. Default nothing.
   */
  readonly background?: "median" | number | readonly number[];
  /** The row and column of the labels' first pixel in a plane that they were cut out of; default 0 and 0. */
  readonly origin?: readonly [number, number];
}

/**
 * Measures every cell, in the order of their labels; no cells give a table without rows. Columns have scikit-image's
 * names and meaning, in pixels: `label`, `area`, `bbox-0` … `bbox-3` (first y, first x, and one after the last),
 * `centroid-0` (y), `centroid-1` (x), `equivalent_diameter_area`, `axis_major_length`, `axis_minor_length`,
 * `eccentricity`, `orientation` (radians), `perimeter`, `solidity`, `extent`.
 *
 * With an image, `intensity_mean`, `intensity_min`, `intensity_max`, `intensity_std` and `intensity_sum`; of several
 * channels `intensity_mean-0`, `intensity_mean-1`, … and so on. Where the labels (or else the image) say how large a pixel
 * is, `area_um2` too, and where it is square, the lengths again in micrometres: `perimeter_um`, `axis_major_length_um`, ….
 *
 * With `ring`, `area_ring` (pixels), and of each channel `intensity_mean_ring` and `ratio_nucleus_ring`; with `nuclei`,
 * `area_nucleus`, `area_cytoplasm`, `intensity_mean_nucleus`, `intensity_mean_cytoplasm` and `ratio_nucleus_cytoplasm`.
 * NaN where a part is missing. With `background`, what was taken off is in the column `background`. Of several channels
 * all of these end in the channel's number too.
 *
 * Throws {@link ShapeError} where labels and image differ in size.
 */
export function measure(labels: Labels, image?: Image, options: MeasureOptions = {}): Table {
  const regions = regionsOf(labels, options.origin);
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
  if (options.rods) {
    const rods = rodsOf(labels);
    table.length = Float64Array.from(rods, ({ length }) => length);
    table.width = Float64Array.from(rods, ({ width }) => width);
    table.volume = Float64Array.from(rods, ({ length, width }) => rodVolume(length, width));
  }
  addMicrometres(table, labels.spacing ?? image?.spacing);
  if (image) addIntensities(table, labels, image, options);
  else if (options.ring !== undefined || options.nuclei || options.background !== undefined)
    throw new ShapeError("image", "there to compare nuclei and cytoplasm in", "none");
  return table;
}

const lengths = [
  "length",
  "width",
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
  for (const name of lengths)
    if (table[name]) table[`${name}_um`] = table[name].map((length) => length * y);
  if (table.volume) table.volume_um3 = table.volume.map((volume) => volume * y ** 3);
}

function addIntensities(
  table: Record<string, Float64Array>,
  labels: Labels,
  image: Image,
  options: MeasureOptions,
): void {
  checkImage(image, "image");
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  checkSameSize(labels, "labels", image, "image");
  const { index, numbers } = indexLabels(labels);
  const parts = partsOf(labels, numbers, options);
  const channels = lengthOf(image, "c");
  const taken = [labels.data, ...parts.taken];
  for (let c = 0; c < channels; c++) {
    const plane = image.axes === "cyx" ? planeOf(image, { c }) : image;
    const suffix = channels > 1 ? `-${c}` : "";
    const { data, background } = withoutBackground(plane.data, c, channels, taken, options);
    const intensities = intensitiesOf(data, index, numbers.length);
    for (const [name, values] of Object.entries(intensities))
      table[`intensity_${name}${suffix}`] = values;
    if (background !== undefined)
      table[`background${suffix}`] = new Float64Array(numbers.length).fill(background);
    const mean = intensities.mean;
    for (const pair of parts.pairs) addComparison(table, pair, data, mean, suffix);
  }
  for (const { name, inner, outer } of parts.pairs) {
    if (inner) table.area_nucleus = inner.area;
    table[`area_${name}`] = outer.area;
  }
}

/** What is compared: a part called `name` with the nucleus, `inner`, or where the labels are the nuclei, with those. */
interface Pair {
  readonly name: "ring" | "cytoplasm";
  readonly inner?: Part;
  readonly outer: Part;
}

function addComparison(
  table: Record<string, Float64Array>,
  { name, inner, outer }: Pair,
  data: Pixels,
  whole: Float64Array,
  suffix: string,
): void {
  const nuclei = inner ? meansOf(data, inner) : whole;
  const means = meansOf(data, outer);
  if (inner) table[`intensity_mean_nucleus${suffix}`] = nuclei;
  table[`intensity_mean_${name}${suffix}`] = means;
  table[`ratio_nucleus_${name}${suffix}`] = nuclei.map((value, n) => value / means[n]);
}

/** The pairs asked for, and the pixels besides the labels that are no background. */
function partsOf(
  labels: Labels,
  numbers: Uint32Array,
  { ring, nuclei, gap = 1 }: MeasureOptions,
): { pairs: Pair[]; taken: Uint32Array[] } {
  const pairs: Pair[] = [];
  const taken: Uint32Array[] = [];
  if (ring !== undefined) {
    const rings = ringsAround(labels, { width: ring, gap });
    pairs.push({ name: "ring", outer: partOf(rings, numbers) });
    // What the ring keeps away from is no background either.
    taken.push(gap > 0 ? ringsAround(labels, { width: ring + gap, gap: 0 }).data : rings.data);
  }
  if (nuclei) {
    const inner = partOf(nucleiOf(labels, nuclei), numbers);
    pairs.push({
      name: "cytoplasm",
      inner,
      outer: partOf(cytoplasmOf(labels, nuclei, gap), numbers),
    });
    taken.push(nuclei.data);
  }
  return { pairs, taken };
}

function withoutBackground(
  data: Pixels,
  channel: number,
  channels: number,
  taken: readonly Uint32Array[],
  { background: wanted }: MeasureOptions,
): { data: Pixels; background?: number } {
  if (wanted === undefined) return { data };
  if (typeof wanted === "object" && wanted.length !== channels)
    throw new ShapeError("background", `one number for each of ${channels} channels`, `${wanted}`);
  const given = typeof wanted === "object" ? wanted[channel] : wanted;
  const background = given === "median" ? backgroundOf(data, taken) : given;
  return { data: Float64Array.from(data, (value) => value - background), background };
}
