/**
 * Composite regions: Java's list of path segments → closed outlines of straight lines.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/** How many numbers follow each kind of segment: move, line, parabola, cubic curve, close. */
const lengths = [2, 2, 4, 6, 0];

/** Straight lines a curve is made of. */
const PIECES = 16;

/**
 * The outlines of a composite, each y, x, y, x, … In: segments, a kind and its points x, y one after the other.
 * Curves become straight lines. Throws {@link FormatError} for segments of another kind or cut off.
 */
export function flattenShape(segments: Float64Array): Float64Array[] {
  const paths: Float64Array[] = [];
  let points: number[] = [];
  const close = () => {
    if (points.length >= 6) paths.push(Float64Array.from(points));
    points = [];
  };
  let at = 0;
  while (at < segments.length) {
    const kind = segments[at];
    const length = lengths[kind];
    if (length === undefined || at + 1 + length > segments.length)
      throw new FormatError(
        `has a damaged composite: segment ${at} must be of kind 0 to 4 with all its points, is ${kind}`,
      );
    const given = segments.subarray(at + 1, at + 1 + length);
    at += 1 + length;
    if (kind === 0) close();
    if (kind === 4) close();
    else if (kind < 2) points.push(given[1], given[0]);
    else bend(points, given);
  }
  close();
  if (paths.length === 0) throw new FormatError("has a composite without any closed outline");
  return paths;
}

/** Adds a curve of degree 2 or 3 from the last point on, by de Casteljau's construction. */
function bend(points: number[], given: Float64Array): void {
  if (points.length < 2) throw new FormatError("has a damaged composite: a curve without a start");
  const controls = [points.at(-1) as number, points.at(-2) as number, ...given];
  for (let piece = 1; piece <= PIECES; piece++) {
    const share = piece / PIECES;
    let left = controls;
    while (left.length > 2) {
      const shorter: number[] = [];
      for (let i = 0; i + 2 < left.length; i++)
        shorter.push(left[i] + share * (left[i + 2] - left[i]));
      left = shorter;
    }
    points.push(left[1], left[0]);
  }
}
