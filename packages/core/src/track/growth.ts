/**
 * How fast a cell grows: exponentially, so that the logarithm of its size rises along a line.
 * In: the sizes of one cell over time. Out: its rate with an interval.
 *
 * @module
 */
import { fitLine } from "./line-fit.js";

/** The growth of one cell; times are in the unit of what was given. */
export interface Growth {
  /** The rise of ln(size) in one unit of time; NaN for fewer than three points. */
  readonly rate: number;
  /** The 95 % interval of the rate. */
  readonly low: number;
  readonly high: number;
  /** How well a line fits, 0 to 1. */
  readonly r2: number;
  /** ln 2 / rate; NaN where the cell does not grow. */
  readonly doubling: number;
  /** How many sizes it goes by. */
  readonly points: number;
}

/**
 * Fits ln(size) over time by least squares. Sizes count as much as they are large: the error of a mask's area is made
 * at its edge, its variance grows with the length of the edge, and of rods that with the area, so that the variance
 * of ln(area) goes as 1 / area. Sizes that are not above 0 (or NaN) are left out.
 */
export function growthOf(times: ArrayLike<number>, sizes: ArrayLike<number>): Growth {
  const [x, y, weights]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < sizes.length; i++) {
    if (!(sizes[i] > 0) || Number.isNaN(times[i])) continue;
    x.push(times[i]);
    y.push(Math.log(sizes[i]));
    weights.push(sizes[i]);
  }
  const points = x.length;
  const none = Number.NaN;
  if (points < 3) return { rate: none, low: none, high: none, r2: none, doubling: none, points };
  const { slope: rate, low, high, r2 } = fitLine(x, y, weights);
  return { rate, low, high, r2, doubling: rate > 0 ? Math.LN2 / rate : none, points };
}
