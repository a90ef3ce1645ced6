/**
 * What lies beyond an image's border, where a step must look there.
 *
 * @module
 */
import type { Padding } from "./network.js";

/**
 * The index within 0 … length − 1 that any index stands for where the image is mirrored, its border pixel repeated:
 * d c b a | a b c d | d c b a, again and again.
 */
export function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const phase = ((index % period) + period) % period;
  return phase < length ? phase : period - 1 - phase;
}

/** The same for any mode; -1 where a constant stands. */
export function beyond(index: number, length: number, mode: Padding["mode"]): number {
  if (index >= 0 && index < length) return index;
  if (mode === "constant") return -1;
  if (mode === "edge" || length === 1) return index < 0 ? 0 : length - 1;
  if (mode === "symmetric") return mirrored(index, length);
  const period = 2 * (length - 1);
  const phase = ((index % period) + period) % period;
  return phase < length ? phase : period - phase;
}
