/**
 * Percentiles of pixels, the way numpy counts them.
 * In: the pixels of one channel, in any order, left as they are. Out: one brightness a percentile.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import type { Pixels } from "./image.js";

/**
 * The brightness below which `percents[i]` of a hundred pixels lie, one number a percent. Between two pixels it is
 * interpolated linearly, so 50 is the usual median. Pixels must be finite; at least one.
 *
 * Method 7 of Hyndman and Fan 1996, "Sample quantiles in statistical packages"; numpy's default.
 * Throws {@link ShapeError} for percents outside 0 … 100 and for no pixels.
 */
export function percentilesOf(pixels: Pixels, percents: readonly number[]): number[] {
  if (pixels.length === 0) throw new ShapeError("pixels", "at least one", "none");
  const valueAt = pixels.BYTES_PER_ELEMENT <= 2 ? histogramOrder(pixels) : sortedOrder(pixels);
  return percentilesBy(valueAt, pixels.length, percents);
}

/** The same of `count` pixels, of which `valueAt` tells the n-th smallest, from 0. */
export function percentilesBy(
  valueAt: (n: number) => number,
  count: number,
  percents: readonly number[],
): number[] {
  for (const percent of percents)
    if (!(percent >= 0 && percent <= 100))
      throw new ShapeError("percentile", "from 0 to 100", `${percent}`);
  return percents.map((percent) => {
    const position = (percent / 100) * (count - 1);
    const below = Math.floor(position);
    const low = valueAt(below);
    const high = valueAt(Math.min(below + 1, count - 1));
    return low + (high - low) * (position - below);
  });
}

/** The n-th smallest pixel, from a count of every value that 8 or 16 bits can have. */
function histogramOrder(pixels: Pixels): (n: number) => number {
  const lowest = pixels instanceof Int8Array ? -128 : pixels instanceof Int16Array ? -32768 : 0;
  const counts = new Uint32Array(pixels.BYTES_PER_ELEMENT === 1 ? 256 : 65536);
  for (let i = 0; i < pixels.length; i++) counts[pixels[i] - lowest]++;
  return (n) => {
    let value = 0;
    for (let seen = counts[0]; seen <= n; seen += counts[value]) value++;
    return value + lowest;
  };
}

function sortedOrder(pixels: Pixels): (n: number) => number {
  const sorted = pixels.slice().sort();
  return (n) => sorted[n];
}
