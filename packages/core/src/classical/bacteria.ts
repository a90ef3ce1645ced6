/**
 * Bacteria in phase contrast without a network: rods darker than what is around them, also inside a colony, parted by a
 * watershed of the distance to the edge. To compare a network with on one's own images.
 * In: an image `[y, x]` with dark rods on a bright background. Out: labels `[y, x]`.
 *
 * @module
 */
import { distanceTransform } from "../distance.js";
import { gaussian } from "../gaussian.js";
import type { Image, Labels } from "../image.js";
import { fillHoles, keepLabels, relabel, removeSmall } from "../labels.js";
import { checkParameters, type Ranges } from "./parameters.js";
import { growLabels, splitMask } from "./split.js";
import { localThreshold, noiseOf, otsu } from "./threshold.js";

/** Parameters of {@link classicalBacteria}; all but `width` go with it, so most users set this one alone. */
export interface ClassicalBacteria {
  /** How wide a rod is in pixels, 2 to 200. Default 8. */
  readonly width: number;
  /** Standard deviation of the blur against the camera's noise in widths, 0 to 2. Default 0.1. */
  readonly smoothing: number;
  /** Standard deviation of the background that is taken away, in widths, 1 to 100. Default 5. */
  readonly background: number;
  /** Standard deviation of the surroundings that a pixel is compared with, in widths, 0.1 to 10. Default 0.5. */
  readonly window: number;
  /** How much darker than its surroundings a rod is, as a share of Otsu's threshold, 0 to 1. Default 0.2. */
  readonly offset: number;
  /** How much darker than the background a rod is at least, as a share of Otsu's threshold, 0 to 1. Default 0.7. */
  readonly lowest: number;
  /** How deep a dent parts two rods: a share of the thinner one, 0.01 to 0.9. Default 0.33. */
  readonly waist: number;
  /** Standard deviation of the blur of the distance map in widths, 0 to 2. Default 0.15. */
  readonly rounding: number;
  /** Pieces smaller than this many squares of the width are dropped, 0 to 1000. Default 1. */
  readonly minArea: number;
  /** Pieces with a pixel further than this many widths from their edge are no rods, 0.5 to 100. Default 1. */
  readonly maxRadius: number;
  /** How far the cores that the threshold leaves are grown, in widths, 0 to 1. Default 0.1. */
  readonly growth: number;
  /**
   * Images whose dark and bright parts are not so many deviations of the camera's noise apart hold no rods, 0 to 1000:
   * noise alone comes to 1.6. Default 3.
   */
  readonly contrast: number;
}

const ranges: Ranges<ClassicalBacteria> = {
  width: { default: 8, min: 2, max: 200 },
  smoothing: { default: 0.1, min: 0, max: 2 },
  background: { default: 5, min: 1, max: 100 },
  window: { default: 0.5, min: 0.1, max: 10 },
  offset: { default: 0.2, min: 0, max: 1 },
  lowest: { default: 0.7, min: 0, max: 1 },
  waist: { default: 0.33, min: 0.01, max: 0.9 },
  rounding: { default: 0.15, min: 0, max: 2 },
  minArea: { default: 1, min: 0, max: 1000 },
  maxRadius: { default: 1, min: 0.5, max: 100 },
  growth: { default: 0.1, min: 0, max: 1 },
  contrast: { default: 3, min: 0, max: 1000 },
};

/** The parameters with all defaults filled in. Throws `ShapeError` for one that is unknown or out of range. */
export function bacteriaParameters(given: Partial<ClassicalBacteria> = {}): ClassicalBacteria {
  return checkParameters(given, ranges, "classical-bacteria");
}

/**
 * Finds rods: background taken away, light turned to dark, local threshold, cut at waists, what is too small or too thick
 * dropped. Numbers are 1, 2, 3, … by first pixel. An image of one brightness, or of noise, holds none. Gain and offset of
 * the camera change nothing.
 */
export function classicalBacteria(
  image: Image,
  parameters: Partial<ClassicalBacteria> = {},
): Labels {
  const given = bacteriaParameters(parameters);
  const { width } = given;
  const nothing = { ...image, data: new Uint32Array(image.data.length) };
  if (!otsu(image)) return nothing;
  const dark = darkness(image, given);
  const global = otsu(dark);
  if (!global || global.bright - global.dark <= given.contrast * noiseOf(image)) return nothing;
  const { offset, lowest } = given;
  const mask = localThreshold(dark, global, {
    ...{ window: given.window * width, offset, lowest, highest: Number.POSITIVE_INFINITY },
  });
  const split = splitMask(mask, { smoothing: given.rounding * width, waist: given.waist });
  // The middle of a thick thing is no darker than its surroundings: only its rim passed the threshold.
  const pieces = fillHoles(split);
  const rods = dropThick(pieces, given.maxRadius * width);
  const grown = growLabels(removeSmall(rods, given.minArea * width * width), given.growth * width);
  return relabel(grown);
}

/** The pieces no pixel of which is further than this from its edge. */
function dropThick(pieces: Labels, radius: number): Labels {
  const distance = distanceTransform(pieces).data;
  const thick = new Set<number>();
  for (let i = 0; i < distance.length; i++) if (distance[i] > radius) thick.add(pieces.data[i]);
  return keepLabels(pieces, (label) => !thick.has(label));
}

/** How much darker than the background each pixel is. */
function darkness(image: Image, given: ClassicalBacteria): Image<Float32Array> {
  const smooth = gaussian(image, given.smoothing * given.width);
  const background = gaussian(image, given.background * given.width).data;
  return { ...smooth, data: background.map((value, i) => value - smooth.data[i]) };
}
