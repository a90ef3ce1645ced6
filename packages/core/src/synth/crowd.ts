/**
 * Who is near whom in a crowd that moves. In: points, and how far near is. Out: pairs of their numbers.
 *
 * @module
 */

/** A place, in pixels. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** A world without edges: what leaves on one side comes back on the other. */
export interface Torus {
  readonly height: number;
  readonly width: number;
}

/** The shortest way from one coordinate to another, `difference` apart, in a world `length` pixels round. */
export function shortest(difference: number, length: number): number {
  return difference - length * Math.round(difference / length);
}

/**
 * All pairs of points nearer than `reach` pixels, as i, j, i, j, …, each once with i < j; on a torus over its edges too.
 * Points are sorted into squares of that side, so time grows with the number of pairs.
 */
export function nearPairs(points: readonly Place[], reach: number, torus?: Torus): Int32Array {
  const squareOf = squaresOf(reach, torus);
  const squares = new Map<string, number[]>();
  const pairs: number[] = [];
  for (const [j, point] of points.entries()) {
    const around = new Set<string>();
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) around.add(squareOf(point, dy, dx));
    for (const name of around)
      for (const i of squares.get(name) ?? [])
        if (isNear(points[i], point, reach, torus)) pairs.push(i, j);
    const own = squareOf(point, 0, 0);
    const square = squares.get(own);
    if (square) square.push(j);
    else squares.set(own, [j]);
  }
  return Int32Array.from(pairs);
}

/** Names the square of a point, or the one some squares further; squares are at least `reach` pixels wide. */
function squaresOf(
  reach: number,
  torus?: Torus,
): (point: Place, down: number, right: number) => string {
  if (!torus)
    return ({ y, x }, down, right) =>
      `${Math.floor(y / reach) + down} ${Math.floor(x / reach) + right}`;
  const rows = Math.max(1, Math.floor(torus.height / reach));
  const columns = Math.max(1, Math.floor(torus.width / reach));
  return ({ y, x }, down, right) => {
    const row = Math.floor((y / torus.height) * rows) + down;
    const column = Math.floor((x / torus.width) * columns) + right;
    return `${wrapped(row, rows)} ${wrapped(column, columns)}`;
  };
}

function isNear(a: Place, b: Place, reach: number, torus?: Torus): boolean {
  let dy = a.y - b.y;
  let dx = a.x - b.x;
  if (torus) {
    dy = shortest(dy, torus.height);
    dx = shortest(dx, torus.width);
  }
  return dy * dy + dx * dx < reach * reach;
}

function wrapped(i: number, length: number): number {
  return ((i % length) + length) % length;
}
