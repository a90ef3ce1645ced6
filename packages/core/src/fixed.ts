/**
 * What a recipe of brightness comes to for an image: a few numbers a channel, which any part of the image can be normalised by.
 * In: a recipe, and what all pixels of each channel say. Out: numbers, as plain data.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import type { Pixels } from "./image.js";
import { percentilesOf } from "./percentile.js";

/** The recipes that look at all pixels of a channel; what each does stands at `Normalization`. */
export type FixableNormalization =
  | { readonly kind: "percentile"; readonly low: number; readonly high: number }
  | { readonly kind: "zero-mean-unit-variance" }
  | { readonly kind: "deepcell2016"; readonly window: number };

/** What a recipe comes to for one channel: `(pixel - origin - mean) / divisor`. */
export interface FixedChannel {
  /** Of the image's brightness: the low percentile, or the pixel that sums are counted from. */
  readonly origin: number;
  /** Above the origin. */
  readonly mean: number;
  /** Above 0. */
  readonly divisor: number;
}

/**
 * A recipe whose numbers were taken from a whole image, so that any part of it can be normalised by itself. One entry a
 * channel, `null` for one that becomes 0 everywhere; with `window`, `deepcell2016` with the medians as divisors.
 */
export interface FixedNormalization {
  readonly kind: "fixed";
  readonly channels: readonly (FixedChannel | null)[];
  readonly window?: number;
}

/** What recipes ask of all pixels of a channel. */
export interface Spread {
  /** As `percentilesOf` has them. */
  percentiles(percents: readonly number[]): number[];
  /** The mean, as a distance from `origin`, and the standard deviation. */
  moments(): { readonly origin: number; readonly mean: number; readonly deviation: number };
}

/** What bioimage.io adds to a divisor so that it is never 0. */
const epsilon = 1e-6;

/** A recipe with the numbers of an image of which all pixels are known; errors are those of `normalize`. */
export function fixNormalization(
  recipe: FixableNormalization,
  channels: readonly Spread[],
  names: readonly string[] = [],
): FixedNormalization {
  return {
    kind: "fixed",
    channels: channels.map((spread, c) => fixChannel(recipe, spread, names[c] ?? `channel ${c}`)),
    ...(recipe.kind === "deepcell2016" && { window: recipe.window }),
  };
}

/** The numbers of one channel; `null` where the recipe makes it 0 everywhere. */
export function fixChannel(
  recipe: FixableNormalization,
  spread: Spread,
  name: string,
): FixedChannel | null {
  if (recipe.kind === "percentile") {
    let [low, high] = spread.percentiles([recipe.low, recipe.high]);
    if (low === high) [low, high] = spread.percentiles([0, 100]);
    return { origin: low, mean: 0, divisor: high - low + epsilon };
  }
  if (recipe.kind === "zero-mean-unit-variance") {
    const { origin, mean, deviation } = spread.moments();
    return { origin, mean, divisor: deviation + epsilon };
  }
  const [darkest, median, brightest] = spread.percentiles([0, 50, 100]);
  if (darkest === brightest) return null;
  if (median <= 0)
    throw new ShapeError(
      `the median of ${name}`,
      "above 0 for this model to divide by (add the camera's offset back, or use a model with another normalization)",
      `${median}`,
    );
  return { origin: 0, mean: 0, divisor: median };
}

/** The spread of pixels that are all there. */
export function spreadOf(all: Pixels): Spread {
  return {
    percentiles: (percents) => percentilesOf(all, percents),
    moments() {
      const n = all.length;
      // Sums are of distances to the first pixel, so that they are exactly 0 where all pixels are alike.
      const origin = all[0];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += all[i] - origin;
      const mean = sum / n;
      let squares = 0;
      for (let i = 0; i < n; i++) squares += (all[i] - origin - mean) ** 2;
      return { origin, mean, deviation: Math.sqrt(squares / n) };
    },
  };
}
