/**
 * How numbers are distributed, as bars.
 *
 * @module
 */
import { percentilesOf } from "../percentile.js";
import type { Panel } from "./panels.js";
import { numberText, ticks } from "./svg.js";

/**
 * A histogram of the finite values, marked at their median; undefined for fewer than two. Bins are as wide as Freedman &
 * Diaconis (1981) advise, 2 · interquartile range / ∛n, rounded to 1, 2 or 5 of a power of ten; at most 60.
 */
export function histogram(values: ArrayLike<number>, label: string): Panel | undefined {
  const finite = Float64Array.from(Array.from(values).filter(Number.isFinite));
  if (finite.length < 2) return undefined;
  const [least, quarter, median, threeQuarters, largest] = percentilesOf(
    finite,
    [0, 25, 50, 75, 100],
  );
  const spread = largest - least || Math.abs(largest) || 1;
  const advised = (2 * (threeQuarters - quarter)) / Math.cbrt(finite.length);
  // A tick of a range of six bins is a bin of a round width.
  const wanted = Math.min(Math.max(advised, spread / 60), spread / 4);
  const [first, second = first + wanted] = ticks([0, 6 * wanted]);
  const step = second - first;
  const start = Math.floor(least / step);
  const counts = new Array<number>(Math.floor(largest / step) - start + 1).fill(0);
  for (const value of finite) counts[Math.floor(value / step) - start]++;
  const bars = counts.map((y, i) => ({ from: (start + i) * step, to: (start + i + 1) * step, y }));
  return {
    label: "cells",
    lines: [],
    bars,
    across: { label, range: [start * step, (start + counts.length) * step], fractions: true },
    mark: { x: median, label: `median ${numberText(median)} (n = ${finite.length})` },
  };
}
