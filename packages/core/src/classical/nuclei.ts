/**
 * Nuclei without a network, the way they were found before: a threshold that goes with the image, and a watershed of the
 * distance to the edge. To compare a network with on one's own images.
 * In: an image `[y, x]` with bright nuclei on a dark background. Out: labels `[y, x]`.
 *
 * @module
 */
import { components } from "../components.js";
import { gaussian } from "../gaussian.js";
import type { Image, Labels } from "../image.js";
import { fillHoles, relabel } from "../labels.js";
import { checkParameters, type Ranges } from "./parameters.js";
import { splitMask } from "./split.js";
import { hasContrast, localThreshold, otsu } from "./threshold.js";

/** Parameters of {@link classicalNuclei}; lengths in pixels. */
export interface ClassicalNuclei {
  /** Standard deviation of the blur against the camera's noise, 0 to 20. Default 0.5. */
  readonly smoothing: number;
  /**
   * Standard deviation of the surroundings that a pixel is compared with, 1 to 500: about half the diameter of a nucleus.
   * Default 10.
   */
  readonly window: number;
  /** The local threshold is at least this share of Otsu's above the background, 0 to 1. Default 0.7. */
  readonly lowest: number;
  /** The local threshold is at most this share of Otsu's above the background, 1 to 100. Default 1.2. */
  readonly highest: number;
  /** How deep a dent parts two nuclei: a share of the thinner one, 0.01 to 0.9. Default 0.05. */
  readonly waist: number;
  /** Standard deviation of the blur of the distance map, 0 to 20. Default 1. */
  readonly rounding: number;
  /** Nuclei of fewer pixels are dropped, 0 to 1 000 000. Default 20. */
  readonly minArea: number;
  /**
   * Images whose bright part is not so many deviations of the dark part brighter hold no nuclei, 0 to 1000: noise alone
   * comes to 2.6. Default 4.
   */
  readonly contrast: number;
}

const ranges: Ranges<ClassicalNuclei> = {
  smoothing: { default: 0.5, min: 0, max: 20 },
  window: { default: 10, min: 1, max: 500 },
  lowest: { default: 0.7, min: 0, max: 1 },
  highest: { default: 1.2, min: 1, max: 100 },
  waist: { default: 0.05, min: 0.01, max: 0.9 },
  rounding: { default: 1, min: 0, max: 20 },
  minArea: { default: 20, min: 0, max: 1e6 },
  contrast: { default: 4, min: 0, max: 1000 },
};

/** The parameters with all defaults filled in. Throws `ShapeError` for one that is unknown or out of range. */
export function nucleiParameters(given: Partial<ClassicalNuclei> = {}): ClassicalNuclei {
  return checkParameters(given, ranges, "classical-nuclei");
}

/**
 * Finds nuclei: blur, local threshold within limits around Otsu's, holes filled, touching ones cut at their waists, small
 * ones dropped. Numbers are 1, 2, 3, … by first pixel. An image of one brightness, or of noise, holds none. Gain and
 * offset of the camera change nothing.
 */
export function classicalNuclei(image: Image, parameters: Partial<ClassicalNuclei> = {}): Labels {
  const given = nucleiParameters(parameters);
  // Otsu comes first: it refuses pixels that are no numbers, which a blur takes for 0.
  const nothing = { ...image, data: new Uint32Array(image.data.length) };
  if (!otsu(image)) return nothing;
  const smooth = gaussian(image, given.smoothing);
  const global = otsu(smooth);
  if (!global || !hasContrast(global, given.contrast)) return nothing;
  const bright = localThreshold(smooth, global, { ...given, offset: 0 });
  const filled = fillHoles(components(bright)).data;
  const mask = { ...bright, data: Uint8Array.from(filled, (piece) => (piece > 0 ? 1 : 0)) };
  const cells = splitMask(mask, { smoothing: given.rounding, waist: given.waist });
  return relabel(fillHoles(cells), given.minArea);
}
