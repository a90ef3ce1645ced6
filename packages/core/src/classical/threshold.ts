/**
 * Thresholds: which brightness parts the cells from the background, for the whole image or for each place in it.
 * In: a plane `[y, x]` of any kind of numbers. Out: a brightness and the two classes it makes, or a mask.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { gaussian } from "../gaussian.js";
import type { Image, Mask } from "../image.js";
import { percentilesOf } from "../percentile.js";
import { checkPlane } from "../plane.js";

/** A threshold and what lies on either side of it, all in the image's own brightness. */
export interface Otsu {
  /** Midway between the brightest dark pixel and the darkest bright one. */
  readonly threshold: number;
  /** Mean of the pixels below. */
  readonly dark: number;
  /** Standard deviation of the pixels below. */
  readonly darkDeviation: number;
  /** Mean of the pixels above. */
  readonly bright: number;
}

/**
 * The threshold that makes the two classes as different as can be: of all brightnesses in the image, the one of the
 * largest variance between the classes. Worked out on every pixel, not on a histogram of bins, so gain and offset of the
 * camera change nothing. Undefined for an image of one brightness.
 *
 * Otsu 1979, "A threshold selection method from gray-level histograms", IEEE Trans. SMC 9:62.
 * Throws {@link ShapeError} unless the image is a plane of finite numbers.
 */
export function otsu(image: Image): Otsu | undefined {
  checkPlane(image, "image");
  checkNumbers(image);
  const sorted = Float64Array.from(image.data).sort();
  const count = sorted.length;
  // Brightness counts from the darkest pixel, which keeps sums of large offsets exact.
  const origin = sorted[0];
  let total = 0;
  for (let n = 0; n < count; n++) total += sorted[n] - origin;
  let sum = 0;
  let largest = 0;
  let size = 0;
  for (let n = 1; n < count; n++) {
    sum += sorted[n - 1] - origin;
    if (sorted[n] === sorted[n - 1]) continue;
    const apart = (total - sum) / (count - n) - sum / n;
    const between = n * (count - n) * apart * apart;
    if (between <= largest) continue;
    largest = between;
    size = n;
  }
  return size === 0 ? undefined : describe(sorted, size);
}

/** The classes that the first `size` of the sorted pixels and the others make. */
function describe(sorted: Float64Array, size: number): Otsu {
  const [dark, bright] = [meanOf(sorted.subarray(0, size)), meanOf(sorted.subarray(size))];
  let squares = 0;
  for (let n = 0; n < size; n++) squares += (sorted[n] - dark) ** 2;
  const threshold = (sorted[size - 1] + sorted[size]) / 2;
  return { threshold, dark, darkDeviation: Math.sqrt(squares / size), bright };
}

function meanOf(sorted: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < sorted.length; n++) sum += sorted[n] - sorted[0];
  return sorted[0] + sum / sorted.length;
}

/** How {@link localThreshold} goes with the image; brightness is given as a share of the way from dark to Otsu's threshold. */
export interface LocalThreshold {
  /** Standard deviation in pixels of the Gaussian that weighs the neighbours: about half a cell's diameter. */
  readonly window: number;
  /** How much brighter than its surroundings a pixel must be. */
  readonly offset: number;
  /** The threshold is nowhere lower than this share … */
  readonly lowest: number;
  /** … nor higher than this one; Infinity where the surroundings alone decide. */
  readonly highest: number;
}

/**
 * 1 where the image is brighter than the weighted mean of its surroundings, within limits around the threshold of the
 * whole image: the lower one keeps flat background dark, the upper one keeps the middle of large cells bright.
 *
 * The local mean as threshold is Niblack's (1986, "An introduction to digital image processing"), Gaussian weights as in
 * scikit-image's `threshold_local`; limits around a global threshold as CellProfiler's `IdentifyPrimaryObjects` sets them.
 */
export function localThreshold(image: Image, global: Otsu, options: LocalThreshold): Mask {
  const { window, offset, lowest, highest } = options;
  const surroundings = gaussian(image, window).data;
  const { dark, threshold } = global;
  const unit = threshold - dark;
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i++) {
    const local = surroundings[i] + offset * unit;
    const limit = Math.min(Math.max(local, dark + lowest * unit), dark + highest * unit);
    data[i] = image.data[i] > limit ? 1 : 0;
  }
  return { ...image, data };
}

/**
 * Whether two classes are there at all: the bright pixels are more than `contrast` deviations of the dark ones brighter
 * than these. Otsu's method parts noise too, at 2.6 deviations; an even slope comes to 3.5.
 */
export function hasContrast(global: Otsu, contrast: number): boolean {
  return global.bright - global.dark > contrast * global.darkDeviation;
}

/**
 * The camera's noise: a standard deviation, estimated from how far pixels are from what their neighbours lead to expect
 * (the mask 1 −2 1, −2 4 −2, 1 −2 1, which slopes do not move), by the median, which outlines do not move either. 0 for
 * images of fewer than 3 pixels a side. The mask is Immerkær's (1996, "Fast noise variance estimation").
 */
export function noiseOf({ data, shape }: Image): number {
  const [height, width] = shape;
  if (height < 3 || width < 3) return 0;
  const surprises = new Float64Array((height - 2) * (width - 2));
  for (let y = 1, n = 0; y + 1 < height; y++)
    for (let x = 1; x + 1 < width; x++, n++) {
      const i = y * width + x;
      const rows = [i - width, i, i + width].map((j) => data[j - 1] - 2 * data[j] + data[j + 1]);
      surprises[n] = Math.abs(rows[0] - 2 * rows[1] + rows[2]);
    }
  // Of normal deviates, half lie within 0.6745 deviations; the mask's own gain is 6.
  return percentilesOf(surprises, [50])[0] / 0.6745 / 6;
}

function checkNumbers({ data, shape }: Image): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i])) {
      const at = `${data[i]} at y ${Math.floor(i / shape[1])}, x ${i % shape[1]}`;
      throw new ShapeError("image", "finite numbers everywhere", at);
    }
}
