/**
 * What lies beyond an image's border, where a step must look there: the image mirrored, its border pixel repeated.
 *
 * @module
 */

/** The index within 0 … length − 1 that any index stands for: d c b a | a b c d | d c b a, again and again. */
export function mirrored(index: number, length: number): number {
  const period = 2 * length;
  const phase = ((index % period) + period) % period;
  return phase < length ? phase : period - 1 - phase;
}
