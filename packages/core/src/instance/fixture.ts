/**
 * Maps whose cells are known, for the tests of the decoders: discs, as StarDist's and Cellpose's networks would draw them.
 *
 * @module
 */
import type { Labels, Tensor } from "../image.js";

/** A disc: all pixels whose middle is at most `radius` away. */
export interface Disc {
  readonly y: number;
  readonly x: number;
  readonly radius: number;
}

/** Discs as labels 1, 2, 3, …; a pixel of several belongs to the nearest middle. */
export function discLabels(discs: readonly Disc[], height: number, width: number): Labels {
  const data = new Uint32Array(height * width);
  const nearest = new Float64Array(data.length).fill(Infinity);
  for (const [n, { y, x, radius }] of discs.entries())
    for (
      let row = Math.max(0, Math.ceil(y - radius));
      row <= Math.min(height - 1, y + radius);
      row++
    )
      for (let c = Math.max(0, Math.ceil(x - radius)); c <= Math.min(width - 1, x + radius); c++) {
        const distance = Math.hypot(row - y, c - x);
        const at = row * width + c;
        if (distance > radius || distance >= nearest[at]) continue;
        nearest[at] = distance;
        data[at] = n + 1;
      }
  return { data, shape: [height, width], axes: "yx" };
}

/** What a Cellpose network would say: flows of length 5 to the middle, and 6 inside cells, -6 outside. */
export function flowMaps(labels: Labels, discs: readonly Disc[]): Tensor {
  const [height, width] = labels.shape;
  const size = height * width;
  const data = new Float32Array(3 * size);
  for (let i = 0; i < size; i++) {
    const disc = discs[labels.data[i] - 1];
    data[2 * size + i] = disc ? 6 : -6;
    if (!disc) continue;
    const [dy, dx] = [disc.y - Math.floor(i / width), disc.x - (i % width)];
    const length = Math.hypot(dy, dx) || 1;
    data[i] = (5 * dy) / length;
    data[size + i] = (5 * dx) / length;
  }
  return { data, shape: [3, height, width], axes: "cyx" };
}

/**
 * What a StarDist network would say, a pixel for `grid` x `grid`: how far it is along each ray to the border of the disc
 * that a pixel is in, and a probability that falls from 1 in the middle to 0 at the border.
 */
export function starMaps(labels: Labels, discs: readonly Disc[], rays: number, grid = 1): Tensor {
  const [height, width] = labels.shape;
  const [rows, columns] = [Math.ceil(height / grid), Math.ceil(width / grid)];
  const size = rows * columns;
  const data = new Float32Array((1 + rays) * size);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [y, x, i] = [row * grid, column * grid, row * columns + column];
      const disc = discs[labels.data[y * width + x] - 1];
      if (!disc) continue;
      const [dy, dx] = [y - disc.y, x - disc.x];
      data[i] = 1 - Math.hypot(dy, dx) / (disc.radius + 1);
      for (let k = 0; k < rays; k++) {
        const [cos, sin] = [Math.cos((2 * Math.PI * k) / rays), Math.sin((2 * Math.PI * k) / rays)];
        const along = dx * cos + dy * sin;
        const room = along * along - (dx * dx + dy * dy - disc.radius ** 2);
        data[(1 + k) * size + i] = Math.sqrt(Math.max(0, room)) - along;
      }
    }
  return { data, shape: [1 + rays, rows, columns], axes: "cyx" };
}
