/**
 * Time as plots tell it: hours or minutes where the interval is known, else frames; and how much of it rates need.
 *
 * @module
 */
import type { Across } from "./panels.js";

/** A rate from fewer frames than this is mostly noise, and not drawn. */
export const pointsForPlots = 5;

/** A time axis over so many frames, and the time of each frame on it. */
export function timeAxis(
  frames: number,
  interval: number | undefined,
): { readonly across: Across; readonly at: (frame: number) => number } {
  if (interval === undefined)
    return { across: { label: "frame", range: [0, Math.max(frames - 1, 1)] }, at: (t) => t };
  const whole = Math.max(frames - 1, 1) * interval;
  const [unit, label] = whole >= 3 * 3600 ? [3600, "time (h)"] : [60, "time (min)"];
  return {
    across: { label, range: [0, whole / unit], fractions: true },
    at: (frame) => (frame * interval) / unit,
  };
}
