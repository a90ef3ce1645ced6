/**
 * Star-shaped polygons: a middle, and how far the border is in each of some directions, evenly spread.
 * In: stars. Out: their corners, areas, and how much of two of them is the same.
 *
 * @module
 */

/** The corners of a polygon: x, y, x, y, …; from the direction of x towards y. */
export type Corners = Float64Array;

/** The directions of `rays` rays: cosines along x, sines along y. */
export interface Directions {
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The angle between two rays, its cosine and sine, and the cosine of half of it. */
  readonly angle: number;
  readonly cosine: number;
  readonly sine: number;
  readonly half: number;
}

/** The directions of so many rays, the first along x, the others turning towards y. */
export function directionsOf(rays: number): Directions {
  const angle = (2 * Math.PI) / rays;
  return {
    x: Float64Array.from({ length: rays }, (_, k) => Math.cos(k * angle)),
    y: Float64Array.from({ length: rays }, (_, k) => Math.sin(k * angle)),
    angle,
    cosine: Math.cos(angle),
    sine: Math.sin(angle),
    half: Math.cos(angle / 2),
  };
}

/** Whether two circles share more than an area. */
export function shareMore(one: number, other: number, distance: number, area: number): boolean {
  const small = Math.min(one, other);
  if (Math.PI * small * small <= area || distance >= one + other) return false;
  return sharedByCircles(one, other, distance) > area;
}

/** The area that two circles share. */
export function sharedByCircles(one: number, other: number, distance: number): number {
  if (distance >= one + other) return 0;
  const [small, large] = one < other ? [one, other] : [other, one];
  if (distance <= large - small) return Math.PI * small * small;
  const along = (distance * distance + small * small - large * large) / (2 * distance);
  const rest = distance - along;
  const half = Math.sqrt(Math.max(0, small * small - along * along));
  return (
    small * small * Math.acos(clamped(along / small)) +
    large * large * Math.acos(clamped(rest / large)) -
    distance * half
  );
}

/** Rounding may leave the range of a cosine. */
function clamped(cosine: number): number {
  return Math.max(-1, Math.min(1, cosine));
}

/** Room for what is left of a polygon after each of three cuts. */
let rooms: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];

/**
 * The area that two polygons share, exactly: the first is cut to each of the triangles between the second's middle and
 * its sides (Sutherland & Hodgman 1974), which do not overlap.
 */
export function sharedArea(one: Corners, other: Corners, x: number, y: number): number {
  if (rooms[0].length < 8 * one.length)
    rooms = [new Float64Array(8 * one.length), new Float64Array(8 * one.length)];
  const [first, second] = rooms;
  let area = 0;
  let ax = other[other.length - 2];
  let ay = other[other.length - 1];
  for (let i = 0; i < other.length; i += 2) {
    const bx = other[i];
    const by = other[i + 1];
    let length = cut(one, one.length, x, y, ax, ay, first);
    if (length > 0) length = cut(first, length, bx, by, x, y, second);
    if (length > 0) length = cut(second, length, ax, ay, bx, by, first);
    if (length > 0) area += doubleArea(first, length);
    ax = bx;
    ay = by;
  }
  return Math.abs(area) / 2;
}

/** What of a polygon is not to the left of the line from `a` to `b`, seen with y downwards; how many numbers it takes. */
function cut(
  corners: Float64Array,
  length: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  out: Float64Array,
): number {
  const dx = bx - ax;
  const dy = by - ay;
  let n = 0;
  let px = corners[length - 2];
  let py = corners[length - 1];
  let before = dx * (py - ay) - dy * (px - ax);
  for (let i = 0; i < length; i += 2) {
    const qx = corners[i];
    const qy = corners[i + 1];
    const here = dx * (qy - ay) - dy * (qx - ax);
    if (before >= 0 !== here >= 0) {
      const share = before / (before - here);
      out[n] = px + share * (qx - px);
      out[n + 1] = py + share * (qy - py);
      n += 2;
    }
    if (here >= 0) {
      out[n] = qx;
      out[n + 1] = qy;
      n += 2;
    }
    px = qx;
    py = qy;
    before = here;
  }
  return n;
}

/** Twice the area, above 0 for corners in the order of the rays. */
function doubleArea(corners: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0, j = length - 2; i < length; j = i, i += 2)
    sum += corners[j] * corners[i + 1] - corners[i] * corners[j + 1];
  return sum;
}
