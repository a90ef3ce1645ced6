/**
 * A straight line through points, by weighted least squares, and how sure its slope is.
 * In: numbers. Out: slope, interval, share of the variance explained.
 *
 * @module
 */
import { ShapeError } from "../errors.js";

/** A line y = intercept + slope · x. */
export interface LineFit {
  readonly slope: number;
  readonly intercept: number;
  /** The interval that holds the true slope in so many of a hundred cases; NaN for fewer than three points. */
  readonly low: number;
  readonly high: number;
  /** Share of the variance of y that the line explains, 0 to 1; NaN where y does not vary. */
  readonly r2: number;
}

/**
 * Fits a line to points that each count as much as their weight, which is proportional to 1 / variance of y; default all
 * alike. The interval is Student's with n − 2 degrees of freedom, from the scatter of the points themselves; points whose
 * errors go together make it too narrow. All is NaN for fewer than two different x.
 * Throws {@link ShapeError} where numbers of points differ.
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights?: ArrayLike<number>,
  confidence = 0.95,
): LineFit {
  const n = x.length;
  for (const [what, values] of [
    ["y", y],
    ["weights", weights],
  ] as const)
    if (values && values.length !== n)
      throw new ShapeError(what, `${n} like x`, `${values.length}`);
  const weight = (i: number) => weights?.[i] ?? 1;
  let [all, middle, level] = [0, 0, 0];
  for (let i = 0; i < n; i++) all += weight(i);
  for (let i = 0; i < n; i++) {
    middle += (weight(i) / all) * x[i];
    level += (weight(i) / all) * y[i];
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += weight(i) * (x[i] - middle) ** 2;
    xy += weight(i) * (x[i] - middle) * (y[i] - level);
    yy += weight(i) * (y[i] - level) ** 2;
  }
  const slope = xx > 0 ? xy / xx : Number.NaN;
  const intercept = level - slope * middle;
  let rest = 0;
  for (let i = 0; i < n; i++) rest += weight(i) * (y[i] - intercept - slope * x[i]) ** 2;
  const error = n > 2 ? Math.sqrt(rest / (n - 2) / xx) : Number.NaN;
  const reach = n > 2 ? studentQuantile(confidence, n - 2) * error : Number.NaN;
  const r2 = yy > 0 ? Math.max(0, 1 - rest / yy) : Number.NaN;
  return { slope, intercept, low: slope - reach, high: slope + reach, r2 };
}

/**
 * The t that Student's distribution with a whole number of degrees of freedom stays within, −t … t, in a share
 * `confidence` of all cases (0 < confidence < 1). By bisection on the finite series of Abramowitz & Stegun 1964, 26.7.3
 * and 26.7.4; right to nine digits.
 */
export function studentQuantile(confidence: number, degrees: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new ShapeError("confidence", "between 0 and 1", `${confidence}`);
  if (!Number.isSafeInteger(degrees) || degrees < 1)
    throw new ShapeError("degrees of freedom", "a whole number from 1", `${degrees}`);
  // θ = atan(t / √ν). Beyond some thousand degrees nothing changes any more that anybody sees.
  const nu = Math.min(degrees, 20000);
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (studentShare(middle, nu) < confidence) low = middle;
    else high = middle;
  }
  return Math.sqrt(nu) * Math.tan((low + high) / 2);
}

/** The probability of −t … t for t = √ν tan θ. */
function studentShare(theta: number, nu: number): number {
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const odd = nu % 2;
  let term = odd ? cos : 1;
  let sum = nu === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= nu - 2; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}
