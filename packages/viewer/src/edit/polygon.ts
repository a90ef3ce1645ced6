/**
 * The pixels within an outline that was drawn. In: corners. Out: stretches of rows.
 *
 * @module
 */
import type { OnSpan, Place } from "./brush.js";

/**
 * The pixels whose middles lie within a polygon, which closes by itself; where it crosses itself, what is inside twice is
 * outside (even-odd rule). `height` bounds the rows that are looked at.
 */
export function fillPolygon(corners: readonly Place[], height: number, found: OnSpan): void {
  if (corners.length < 3) return;
  const ys = corners.map(({ y }) => y);
  const first = Math.max(0, Math.ceil(Math.min(...ys) - 0.5));
  const last = Math.min(height - 1, Math.floor(Math.max(...ys) - 0.5));
  for (let y = first; y <= last; y++) {
    const crossings = crossingsOf(corners, y + 0.5);
    for (let n = 0; n + 1 < crossings.length; n += 2) {
      const from = Math.ceil(crossings[n] - 0.5);
      const to = Math.ceil(crossings[n + 1] - 0.5);
      if (to > from) found(y, from, to);
    }
  }
}

/** Where sides cross a height, from left to right. A side has its upper end and not its lower one. */
function crossingsOf(corners: readonly Place[], y: number): number[] {
  const crossings: number[] = [];
  for (let n = 0; n < corners.length; n++) {
    const a = corners[n];
    const b = corners[(n + 1) % corners.length];
    if (a.y <= y === b.y <= y) continue;
    // Always from the upper end: a side that is gone along twice, there and back, crosses at the very same place.
    const [top, bottom] = a.y < b.y ? [a, b] : [b, a];
    crossings.push(top.x + ((bottom.x - top.x) * (y - top.y)) / (bottom.y - top.y));
  }
  return crossings.sort((p, q) => p - q);
}
