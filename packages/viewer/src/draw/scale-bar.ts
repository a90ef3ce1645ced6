/**
 * The scale bar: a round length, and how long it is on the screen.
 *
 * @module
 */

/** A bar and what to write at it. */
export interface ScaleBar {
  /** CSS pixels. */
  readonly length: number;
  /** In `unit`. */
  readonly value: number;
  readonly unit: "px" | "nm" | "µm" | "mm" | "cm" | "m";
  /** Value and unit: "50 µm". */
  readonly text: string;
}

/** Metric units that a bar may have, in micrometres. */
const units = [
  ["nm", 1e-3],
  ["µm", 1],
  ["mm", 1e3],
  ["cm", 1e4],
  ["m", 1e6],
] as const;

/**
 * The longest bar of 1, 2 or 5 times a power of ten that is at most `most` CSS pixels long, at `zoom` CSS pixels for one
 * of the image. In micrometres and their kin where the size of a pixel is known, else in pixels.
 */
export function scaleBarOf(zoom: number, micrometresAPixel?: number, most = 160): ScaleBar {
  const isMetric = micrometresAPixel !== undefined && micrometresAPixel > 0;
  const perPixel = isMetric ? zoom / micrometresAPixel : zoom;
  const length = roundDown(most / perPixel);
  const [unit, size] = isMetric
    ? (units.findLast(([, least]) => length >= least * 0.999_999) ?? units[0])
    : (["px", 1] as const);
  const value = Number((length / size).toPrecision(3));
  return { length: length * perPixel, value, unit, text: `${value} ${unit}` };
}

/** The largest of 1, 2, 5, 10, 20 … (and below 1 likewise) that is no more than `value`. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [5, 2, 1].find((step) => step * power <= value * 1.000_001) ?? 1;
  return digit * power;
}
