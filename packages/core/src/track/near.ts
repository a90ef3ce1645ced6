/**
 * Who is near: points sorted into the squares of a grid, so that looking around takes no longer in a large frame.
 *
 * @module
 */

/** Points in the squares of a grid. */
export interface Grid {
  readonly y: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  /** The side of a square, and the grid's own first y and x, in pixels. */
  readonly side: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  /** The points of square k are `points[start[k]]` … `points[start[k + 1] - 1]`. */
  readonly start: Uint32Array;
  readonly points: Uint32Array;
}

/** Sorts points into squares of about `side` pixels; wider where that would give many more squares than points. */
export function gridOf(y: ArrayLike<number>, x: ArrayLike<number>, side: number): Grid {
  const count = y.length;
  const [top, bottom] = rangeOf(y);
  const [left, right] = rangeOf(x);
  const area = (bottom - top) * (right - left);
  const longest = Math.max(bottom - top, right - left);
  const wide = Math.max(side, Math.sqrt(area / (4 * count + 16)), longest / (4 * count + 16), 1e-9);
  const rows = 1 + Math.floor((bottom - top) / wide);
  const columns = 1 + Math.floor((right - left) / wide);
  const start = new Uint32Array(rows * columns + 1);
  const square = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    square[i] = Math.floor((y[i] - top) / wide) * columns + Math.floor((x[i] - left) / wide);
    start[square[i] + 1]++;
  }
  for (let k = 0; k < rows * columns; k++) start[k + 1] += start[k];
  const next = start.slice();
  const points = new Uint32Array(count);
  for (let i = 0; i < count; i++) points[next[square[i]]++] = i;
  return { y, x, side: wide, top, left, rows, columns, start, points };
}

/**
 * Writes the points no farther than `radius` from a place into `found`, which is emptied first. Their order is the
 * grid's: the same points give the same order.
 */
export function pointsNear(
  grid: Grid,
  y: number,
  x: number,
  radius: number,
  found: number[],
): void {
  found.length = 0;
  const { top, left, side, rows, columns, start, points } = grid;
  const first = Math.max(0, Math.floor((y - radius - top) / side));
  const last = Math.min(rows - 1, Math.floor((y + radius - top) / side));
  const from = Math.max(0, Math.floor((x - radius - left) / side));
  const to = Math.min(columns - 1, Math.floor((x + radius - left) / side));
  const squared = radius * radius;
  for (let row = first; row <= last; row++) {
    const stop = start[row * columns + to + 1];
    if (from > to) continue;
    for (let k = start[row * columns + from]; k < stop; k++) {
      const i = points[k];
      const [dy, dx] = [grid.y[i] - y, grid.x[i] - x];
      if (dy * dy + dx * dx <= squared) found.push(i);
    }
  }
}

function rangeOf(values: ArrayLike<number>): [number, number] {
  if (values.length === 0) return [0, 0];
  let [low, high] = [values[0], values[0]];
  for (let i = 1; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return [low, high];
}
