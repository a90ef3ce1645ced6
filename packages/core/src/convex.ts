/**
 * The convex area of a cell: what a rubber band around it would hold.
 * In: for each row of the cell its leftmost and rightmost pixel. Out: a number of pixels.
 *
 * @module
 */

/**
 * How many pixel centres lie in or on the convex hull of a cell. The hull is drawn around the middles of the pixels'
 * four sides, as `skimage.morphology.convex_hull_image` does, but in whole numbers (of half pixels), without rounding.
 *
 * `rows` rise without gaps or with them; `left` and `right` are the first and last x of the cell in that row.
 */
export function convexArea(
  rows: Uint32Array | readonly number[],
  left: Uint32Array | readonly number[],
  right: Uint32Array | readonly number[],
): number {
  // Of each half row the outermost point, to the left as x, to the right as −x: one routine serves both sides.
  const leftHull = hullSide(rows, left, 1);
  const rightHull = hullSide(rows, right, -1);
  let area = 0;
  let l = 0;
  let r = 0;
  for (let y = 2 * rows[0]; y <= 2 * rows[rows.length - 1]; y += 2) {
    while (leftHull[2 * l + 2] <= y) l++;
    while (rightHull[2 * r + 2] <= y) r++;
    area += 1 - firstInside(rightHull, r, y) - firstInside(leftHull, l, y);
  }
  return area;
}

/** The side of the hull as y, x, y, x, … in half pixels, y rising; `sign` −1 mirrors the cell. */
function hullSide(
  rows: Uint32Array | readonly number[],
  outermost: Uint32Array | readonly number[],
  sign: number,
): number[] {
  const hull: number[] = [];
  for (let n = 0; n < rows.length; n++) {
    const x = 2 * sign * outermost[n];
    addPoint(hull, 2 * rows[n] - 1, x);
    addPoint(hull, 2 * rows[n], x - 1);
    addPoint(hull, 2 * rows[n] + 1, x);
  }
  return hull;
}

/** Adds the next point of a side and drops those that it leaves behind. */
function addPoint(hull: number[], y: number, x: number): void {
  if (hull.length > 0 && hull[hull.length - 2] === y) {
    // The lower side of one pixel and the upper side of the next lie in one half row.
    if (hull[hull.length - 1] <= x) return;
    hull.length -= 2;
  }
  while (hull.length >= 4) {
    const n = hull.length;
    const turn =
      (hull[n - 2] - hull[n - 4]) * (x - hull[n - 3]) -
      (hull[n - 1] - hull[n - 3]) * (y - hull[n - 4]);
    if (turn > 0) break;
    hull.length -= 2;
  }
  hull.push(y, x);
}

/** The first pixel centre at or right of the side in row `y` (in half pixels), in whole pixels. */
function firstInside(hull: readonly number[], edge: number, y: number): number {
  const y0 = hull[2 * edge];
  const x0 = hull[2 * edge + 1];
  const rise = hull[2 * edge + 2] - y0;
  const run = hull[2 * edge + 3] - x0;
  return Math.ceil((x0 * rise + (y - y0) * run) / (2 * rise));
}
