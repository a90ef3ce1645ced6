/**
 * The size of a pixel and the time of a frame, as files of tracks tell them in units of their own.
 *
 * @module
 */
import { micrometresOf } from "./page-axes.js";

const secondsOf: ReadonlyMap<string, number> = new Map([
  ...["s", "sec", "second", "seconds"].map((unit) => [unit, 1] as const),
  ...["ms", "msec", "millisecond", "milliseconds"].map((unit) => [unit, 1e-3] as const),
  ...["min", "minute", "minutes"].map((unit) => [unit, 60] as const),
  ...["h", "hr", "hour", "hours"].map((unit) => [unit, 3600] as const),
]);

/** A step along an axis: `value` in a unit of length or time. */
export interface Step {
  readonly value: number;
  readonly unit: string;
}

/**
 * The steps in micrometres and seconds, as an object with a `spacing` to be spread into what was read; without one where
 * nothing is told in a unit that is one (a pixel or a frame is none).
 */
export function spacingOf(steps: Readonly<Partial<Record<"t" | "y" | "x", Step>>>): {
  readonly spacing?: Readonly<Record<string, number>>;
} {
  const spacing: Record<string, number> = {};
  for (const axis of ["t", "y", "x"] as const) {
    const { value, unit } = steps[axis] ?? { value: Number.NaN, unit: "" };
    const factor = axis === "t" ? secondsOf.get(unit) : micrometresOf(unit);
    const size = value * (factor ?? Number.NaN);
    if (size > 0 && Number.isFinite(size)) spacing[axis] = size;
  }
  return Object.keys(spacing).length > 0 ? { spacing } : {};
}
