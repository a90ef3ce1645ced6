/**
 * What the microscope simulators share: their options and their answer.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Image, Labels } from "../image.js";

/** A made-up image and the truth about it. */
export interface Synthetic {
  /** Axes `"yx"`, with spacing in micrometres. */
  readonly image: Image<Uint16Array>;
  /** Exactly the pixels of each cell, numbered from 1; each cell is one piece. */
  readonly labels: Labels;
}

/** What to simulate. The same options give the same image. */
export interface SynthOptions {
  /** Pixels; default 512. */
  readonly height?: number;
  /** Pixels; default 512. */
  readonly width?: number;
  /** A whole number that chance is made of; default 0. */
  readonly seed?: number;
  /** Share of the image that cells cover, 0 to 1, as far as there is room; default 0.2. */
  readonly density?: number;
  /** How many cells there may be at most; default as many as the density asks for. */
  readonly count?: number;
  /** Mean diameter of a nucleus (default 28) or of a bacterium across (default 9), in pixels. */
  readonly diameter?: number;
  /** How grainy the camera is: 1 (default) is ordinary, 0 has no noise, 3 is a weak lamp. */
  readonly noise?: number;
}

/** The options with all defaults filled in. Throws {@link ShapeError} for what cannot be simulated. */
export function checkSynthOptions(
  options: SynthOptions,
  diameterByDefault: number,
): Required<SynthOptions> {
  const {
    height = 512,
    width = 512,
    seed = 0,
    density = 0.2,
    count = Infinity,
    noise = 1,
  } = options;
  const { diameter = diameterByDefault } = options;
  for (const [what, value] of [
    ["height", height],
    ["width", width],
  ] as const)
    if (!Number.isSafeInteger(value) || value < 1)
      throw new ShapeError(what, "a whole number of pixels from 1", `${value}`);
  if (!Number.isSafeInteger(seed)) throw new ShapeError("seed", "a whole number", `${seed}`);
  if (!(density >= 0 && density <= 1)) throw new ShapeError("density", "from 0 to 1", `${density}`);
  if (count !== Infinity && !(Number.isSafeInteger(count) && count >= 0))
    throw new ShapeError("count", "a whole number from 0", `${count}`);
  if (!(diameter >= 4 && diameter <= 1000))
    throw new ShapeError("diameter", "from 4 to 1000 pixels", `${diameter}`);
  if (!(noise >= 0 && noise <= 100)) throw new ShapeError("noise", "from 0 to 100", `${noise}`);
  return { height, width, seed, density, count, diameter, noise };
}
