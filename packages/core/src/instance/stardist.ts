/**
 * The decoder of StarDist networks: each pixel suggests a star-shaped cell around it, and the surest that do not overlap
 * are the cells. Schmidt et al. 2018, doi:10.1007/978-3-030-00934-2_30; bioimage.io's `stardist_postprocessing`.
 * In: maps `[1 + rays, y, x]`: the probability of being in the middle of a cell, and how far its border is along each
 * ray, in pixels of the image. Out: labels `[y, x]`.
 *
 * @module
 */
import type { Labels, Tensor } from "../image.js";
import { checkMaps } from "./maps.js";
import { type Star, surestStars } from "./stars.js";

/** Parameters of {@link decodeStardist}. */
export interface StardistDecoder {
  readonly kind: "stardist";
  /** A pixel suggests a cell where the probability is above this. Default 0.5. */
  readonly threshold: number;
  /**
   * How large a share of the smaller cell a surer one may cover before the less sure one is dropped (StarDist's
   * `nms_thresh`). Default 0.4.
   */
  readonly overlap: number;
  /** How many rays there are, the first along x, the others turning towards y. Default 32. */
  readonly rays: number;
  /** Pixels of the image along a side of a pixel of the maps. Default 1. */
  readonly grid: number;
  /** Pixels of the maps at their border that suggest no cell. Default 2. */
  readonly border: number;
}

/**
 * Finds cells. Where the maps have a pixel for `grid` x `grid` of the image's, labels have the image's size: `size`, or the
 * maps' times the grid. A pixel that two cells cover belongs to the surer one. Numbers are 1, 2, 3, … from the surest on;
 * a cell that surer ones cover as a whole has no pixel.
 */
export function decodeStardist(
  maps: Tensor,
  decoder: StardistDecoder,
  size: readonly [height: number, width: number] = [
    maps.shape[1] * decoder.grid,
    maps.shape[2] * decoder.grid,
  ],
): Labels {
  checkMaps(maps, 1 + decoder.rays, "probability, a distance for each ray");
  const [height, width] = size;
  const data = new Uint32Array(height * width);
  surestStars(
    maps,
    decoder,
    (star, index) => fill(star, index + 1, data, height, width),
    (x, y) => {
      const label = x < width && y < height ? data[y * width + x] : 0;
      return label === 0 ? undefined : label - 1;
    },
  );
  const { spacing } = maps;
  const { y, x, ...others } = spacing ?? {};
  return {
    data,
    shape: [height, width],
    axes: "yx",
    ...(spacing && {
      spacing: { ...others, ...(y && { y: y / decoder.grid }), ...(x && { x: x / decoder.grid }) },
    }),
  };
}

/** Gives a star's pixels that nobody has its number: those whose middle is inside or on its border. */
function fill(star: Star, label: number, data: Uint32Array, height: number, width: number): void {
  const { x, y, corners, inner, outer } = star;
  const rays = corners.length / 2;
  const last = (at: number, length: number) => Math.min(length - 1, Math.floor(at + outer));
  for (let row = Math.max(0, Math.ceil(y - outer)); row <= last(y, height); row++)
    for (let column = Math.max(0, Math.ceil(x - outer)); column <= last(x, width); column++) {
      const at = row * width + column;
      if (data[at] !== 0) continue;
      const [dx, dy] = [column - x, row - y];
      const distance = dx * dx + dy * dy;
      if (distance > outer * outer + slack) continue;
      if (distance <= inner * inner || insideOf(corners, rays, dx, dy, x, y)) data[at] = label;
    }
}

/** Distances are float32: what is this near counts as on the border. */
const slack = 1e-4;

/** Whether a place `dx`, `dy` from the middle is on the inner side of the star's side between its two rays. */
function insideOf(
  corners: Float64Array,
  rays: number,
  dx: number,
  dy: number,
  x: number,
  y: number,
): boolean {
  const turn = Math.atan2(dy, dx) / (2 * Math.PI);
  const k = Math.floor((turn < 0 ? turn + 1 : turn) * rays) % rays;
  const next = (k + 1) % rays;
  const [ax, ay] = [corners[2 * k] - x, corners[2 * k + 1] - y];
  const [bx, by] = [corners[2 * next] - x, corners[2 * next + 1] - y];
  return (bx - ax) * (dy - ay) - (by - ay) * (dx - ax) >= -slack;
}
