/**
 * Where a round brush paints: a disc at a place, and all that it sweeps over on its way to the next one.
 * In: places of the image (the middle of the first pixel is 0.5) and a diameter. Out: stretches of rows.
 *
 * @module
 */

/** A place of the image. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** Pixels `from` … `to` − 1 of row `y`. */
export type OnSpan = (y: number, from: number, to: number) => void;

/** A brush sits on the middle of a pixel where its diameter is odd, on a corner where it is even: so a dab always looks the same. */
export function snapped(place: Place, diameter: number): Place {
  const snap = (value: number): number =>
    diameter % 2 === 1 ? Math.floor(value) + 0.5 : Math.round(value);
  return { y: snap(place.y), x: snap(place.x) };
}

/**
 * The pixels whose middles lie under a disc that moves in a straight line from `a` to `b`; those outside the image too.
 * A diameter of 1 gives one pixel a dab.
 */
export function sweep(a: Place, b: Place, diameter: number, found: OnSpan): void {
  const from = snapped(a, diameter);
  const to = snapped(b, diameter);
  const radius = diameter / 2;
  const first = Math.ceil(Math.min(from.y, to.y) - radius - 0.5 - TINY);
  const last = Math.floor(Math.max(from.y, to.y) + radius - 0.5 + TINY);
  for (let y = first; y <= last; y++) {
    const span = spanAt(from, to, radius, y + 0.5);
    if (!span) continue;
    const start = Math.ceil(span[0] - 0.5 - TINY);
    const end = Math.floor(span[1] - 0.5 + TINY) + 1;
    if (end > start) found(y, start, end);
  }
}

/** So that a pixel right on the rim counts whatever the last bit says. */
const TINY = 1e-9;

/** Left and right end of the swept shape at a height: it is convex, so these bound one stretch. */
function spanAt(a: Place, b: Place, radius: number, y: number): [number, number] | undefined {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const meet = (x: number): void => {
    left = Math.min(left, x);
    right = Math.max(right, x);
  };
  for (const { y: cy, x: cx } of [a, b]) {
    const under = radius * radius - (y - cy) * (y - cy);
    if (under < -TINY) continue;
    const half = Math.sqrt(Math.max(0, under));
    meet(cx - half);
    meet(cx + half);
  }
  const length = Math.hypot(b.y - a.y, b.x - a.x);
  if (length > 0)
    for (const side of [radius, -radius]) {
      // The straight edges: both discs' rims, a radius to the side of the way.
      const [dy, dx] = [((b.x - a.x) / length) * side, (-(b.y - a.y) / length) * side];
      const [from, to] = [a.y + dy, b.y + dy];
      if (from === to || y < Math.min(from, to) || y > Math.max(from, to)) continue;
      meet(a.x + dx + ((b.x - a.x) * (y - from)) / (to - from));
    }
  return left <= right ? [left, right] : undefined;
}
