/**
 * From raw brightness to what a network was trained on. Step 2 of the road.
 * In: an image `"yx"` or `"cyx"` of any number type. Out: a tensor `"cyx"` of the same size.
 * Recipes are data; their statistics are of the whole image, a channel at a time, so tiles cut later all agree.
 *
 * @module
 */

import { ModelError, ShapeError } from "./errors.js";
import {
  type FixableNormalization,
  type FixedChannel,
  type FixedNormalization,
  fixChannel,
  spreadOf,
} from "./fixed.js";
import { checkImage, type Image, lengthOf, type Pixels, type Tensor } from "./image.js";
import { mirrored } from "./mirror.js";
import { operateOnImage } from "./operation/apply.js";
import type { ModelOperation } from "./operation/operation.js";

/**
 * How to bring an image to the brightness a network expects.
 *
 * - `none`: the numbers as they are.
 * - `percentile`: the `low`-th percentile becomes 0 and the `high`-th 1. What is darker or brighter goes past 0 and 1:
 *   nothing is clipped. Where the two percentiles are equal, the darkest and brightest pixel take their place.
 *   With bioimage.io's 1e-6 in the divisor (`scale_range`).
 * - `zero-mean-unit-variance`: minus the mean, divided by the standard deviation plus 1e-6
 *   (`zero_mean_unit_variance` of bioimage.io).
 * - `deepcell2016`: divided by the median, minus the mean of the `window` x `window` pixels around (odd; the
 *   network's receptive field), the image being mirrored at its borders with the border pixel repeated.
 *   Van Valen et al. 2016, doi:10.1371/journal.pcbi.1005177.
 * - `operations`: what a model of others asks for, of all channels together or each by itself (`applyOperations`).
 *
 * An image of one brightness becomes 0 everywhere under all but `none` and `operations`.
 */
export type Normalization =
  | { readonly kind: "none" }
  | FixableNormalization
  | { readonly kind: "operations"; readonly operations: readonly ModelOperation[] };

/** No window is wider: a network that looks further would need an unreasonable amount of memory. */
const widestWindow = 9999;

/**
 * The image as a network wants it: float32, axes `"cyx"`, each channel brought to the recipe's brightness by itself.
 * Percentiles, means, deviations and medians are those of `sample`: the image itself, or pixels of a larger one that it is a
 * part of, as many channels of any height and width.
 *
 * Throws {@link ShapeError} where the axes are others, where pixels are NaN or infinite, where the sample has another number
 * of channels, and where `deepcell2016` meets a channel that is not of one brightness and yet has a median of 0 or less.
 */
export function normalize(
  image: Image,
  recipe: Normalization | FixedNormalization,
  sample: Image = image,
): Tensor {
  checkChannels(image, "image");
  const [channels, height, width] = [
    lengthOf(image, "c"),
    lengthOf(image, "y"),
    lengthOf(image, "x"),
  ];
  checkFinite(image, "image");
  if (sample !== image) checkSample(sample, channels);
  const area = height * width;
  if (recipe.kind === "operations") return operateOnImage(image, recipe.operations, image, sample);
  const sampled = sample.data.length / channels;
  const data = new Float32Array(channels * area);
  for (let c = 0; c < channels; c++) {
    const pixels = image.data.subarray(c * area, (c + 1) * area);
    const all = sample.data.subarray(c * sampled, (c + 1) * sampled);
    const out = data.subarray(c * area, (c + 1) * area);
    if (recipe.kind === "none") {
      out.set(pixels);
      continue;
    }
    const fixed =
      recipe.kind === "fixed"
        ? fixedAt(recipe, c)
        : fixChannel(recipe, spreadOf(all), channelName(image, c));
    const window = "window" in recipe ? recipe.window : undefined;
    if (fixed && window !== undefined)
      flattenLocally(pixels, height, width, window, fixed.divisor, out);
    else if (fixed) shift(pixels, fixed, out);
  }
  const { spacing, channels: names } = image;
  const shape = [channels, height, width];
  return {
    data,
    shape,
    axes: "cyx",
    ...(spacing && { spacing }),
    ...(names && { channels: names }),
  };
}

/**
 * A normalisation recipe read from a file, checked. Fields it does not need are left out of the result.
 * Throws {@link ModelError} naming the field that is missing or wrong.
 */
export function checkNormalization(value: unknown): Normalization {
  if (typeof value !== "object" || value === null)
    throw new ModelError(`normalization must be an object with a kind, got ${show(value)}`);
  const fields = value as Readonly<Record<string, unknown>>;
  const { kind, low, high, window } = fields;
  if (kind === "none" || kind === "zero-mean-unit-variance") return { kind };
  if (kind === "percentile") {
    if (!isPercent(low)) throw wrong("low", "a number from 0 to 100", low);
    if (!isPercent(high) || high <= low) throw wrong("high", `a number above ${low}, to 100`, high);
    return { kind, low, high };
  }
  if (kind === "deepcell2016") {
    if (!isWindow(window))
      throw wrong("window", `an odd whole number up to ${widestWindow}`, window);
    return { kind, window };
  }
  const kinds = "none, percentile, zero-mean-unit-variance or deepcell2016";
  throw wrong("kind", kinds, kind);
}

function wrong(field: string, expected: string, actual: unknown): ModelError {
  return new ModelError(`normalization.${field} must be ${expected}, got ${show(actual)}`, {
    field,
  });
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function isPercent(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 100;
}

function isWindow(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value <= widestWindow && value % 2 === 1;
}

function channelName(image: Image, c: number): string {
  const name = image.channels?.[c];
  return name === undefined ? `channel ${c}` : `channel ${c} (${name})`;
}

function checkChannels(image: Image, what: string): void {
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError(`${what} axes`, '"yx" or "cyx"', `"${image.axes}"`);
  checkImage(image, what);
}

function checkSample(sample: Image, channels: number): void {
  checkChannels(sample, "sample");
  const found = lengthOf(sample, "c");
  if (found !== channels)
    throw new ShapeError("channels of the sample", `${channels} like the image`, `${found}`);
  checkFinite(sample, "sample");
}

/** Throws where a pixel is NaN or infinite; whole-number images cannot have such. */
function checkFinite(image: Image, what: string): void {
  const { data: pixels } = image;
  if (!(pixels instanceof Float32Array || pixels instanceof Float64Array)) return;
  let count = 0;
  let first = 0;
  for (let i = 0; i < pixels.length; i++)
    if (!Number.isFinite(pixels[i]) && count++ === 0) first = i;
  if (count === 0) return;
  const [height, width] = [lengthOf(image, "y"), lengthOf(image, "x")];
  const at = first % (height * width);
  const place = `first at y ${Math.floor(at / width)}, x ${at % width}`;
  const of = count === 1 ? "1 pixel that is not a number" : `${count} pixels that are not numbers`;
  throw new ShapeError(what, "finite numbers everywhere", `${of} (${place})`);
}

function fixedAt({ channels }: FixedNormalization, c: number): FixedChannel | null {
  if (c < channels.length) return channels[c];
  throw new ShapeError("fixed normalization", "an entry for each channel", `${channels.length}`);
}

function shift(pixels: Pixels, { origin, mean, divisor }: FixedChannel, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (pixels[i] - origin - mean) / divisor;
}

/** Divide by the median, take away the mean of the box around: sums run down the columns, then along the row. */
function flattenLocally(
  pixels: Pixels,
  height: number,
  width: number,
  window: number,
  median: number,
  out: Float32Array,
): void {
  if (!isWindow(window))
    throw new ShapeError(
      "normalization window",
      `an odd whole number up to ${widestWindow}`,
      `${window}`,
    );
  const radius = (window - 1) / 2;
  const rows = mirroredLine(height, radius);
  const columns = mirroredLine(width, radius);
  const divisor = window * window;
  const sums = new Float64Array(width);
  for (let i = 0; i < window; i++) addRow(sums, pixels, rows[i] * width, 1);
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let i = 0; i < window; i++) sum += sums[columns[i]];
    for (let x = 0; x < width; x++) {
      out[y * width + x] = (pixels[y * width + x] - sum / divisor) / median;
      sum += sums[columns[x + window]] - sums[columns[x]];
    }
    addRow(sums, pixels, rows[y + window] * width, 1);
    addRow(sums, pixels, rows[y] * width, -1);
  }
}

function addRow(sums: Float64Array, pixels: Pixels, start: number, sign: 1 | -1): void {
  for (let x = 0; x < sums.length; x++) sums[x] += sign * pixels[start + x];
}

/**
 * Where the positions `-radius` … `length + radius` of a mirrored line lie in the line: … 1 0 | 0 1 2 | 2 1 …,
 * again and again where the line is shorter than the radius.
 */
function mirroredLine(length: number, radius: number): Int32Array {
  return Int32Array.from({ length: length + 2 * radius + 1 }, (_, i) =>
    mirrored(i - radius, length),
  );
}
