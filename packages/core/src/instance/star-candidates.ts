/**
 * What is known of all the stars that maps suggest, without keeping their corners: sizes and circles.
 * In: maps of probability and distances. Out: numbers for each suggestion, and the order in which to look at them.
 *
 * @module
 */
import type { Tensor } from "../image.js";
import { pixelsInOrder } from "../order.js";
import type { Directions } from "./star-shape.js";
import type { StardistDecoder } from "./stardist.js";

/** No distance is smaller: a star without area would overlap nothing. */
export const nearest = 1e-3;

/** All suggestions; lengths in pixels of the image. */
export interface Candidates {
  /** Flat indices of the maps' pixels, the surest first. */
  readonly pixels: Uint32Array;
  /** Where the numbers of a pixel's suggestion begin, for each pixel of the maps that has one. */
  readonly places: Uint32Array;
  /** For each suggestion the numbers that {@link known} names. */
  readonly numbers: Float32Array;
}

/**
 * Where each number stands behind a suggestion's place. Every point nearer to the middle than `inner` is inside, every one
 * further than `outer` is outside; a circle of `radius` around the centre of mass, `x` and `y` from the middle, lies inside
 * (0 where that centre is outside).
 */
export const known = { inner: 0, outer: 1, area: 2, x: 3, y: 4, radius: 5, count: 6 } as const;

/** Suggestions that are looked at together, so that their distances stay near at hand. */
const block = 512;

/** Reads each map in the order in which it lies in memory, a block of suggestions at a time. */
export function candidatesOf(
  maps: Tensor,
  decoder: StardistDecoder,
  directions: Directions,
): Candidates {
  const { rays } = decoder;
  const size = maps.shape[1] * maps.shape[2];
  const { mask, count } = pixelsAbove(maps, decoder);
  const numbers = new Float32Array(known.count * count);
  const places = new Uint32Array(size);
  const part = new Uint32Array(block);
  const distances = new Float32Array(block * rays);
  const corners = new Float64Array(2 * rays);
  let measured = 0;
  for (let from = 0; measured < count; ) {
    let length = 0;
    for (; length < block && from < size; from++) if (mask[from] === 1) part[length++] = from;
    for (let k = 0; k < rays; k++) {
      const plane = maps.data.subarray((k + 1) * size, (k + 2) * size);
      for (let n = 0, to = k; n < length; n++, to += rays) distances[to] = plane[part[n]];
    }
    for (let n = 0; n < length; n++, measured++) {
      places[part[n]] = known.count * measured;
      measure(distances, n * rays, directions, corners, numbers, known.count * measured);
    }
  }
  // The highest first, equal ones from the end of reading order.
  const pixels = pixelsInOrder(maps.data.subarray(0, size), mask).reverse();
  return { pixels, places, numbers };
}

/** 1 for pixels above the threshold and away from the border, and how many these are. */
function pixelsAbove(
  maps: Tensor,
  { threshold, border }: StardistDecoder,
): { mask: Uint8Array; count: number } {
  const [, rows, columns] = maps.shape;
  const probability = maps.data;
  const mask = new Uint8Array(rows * columns);
  let count = 0;
  for (let y = border; y < rows - border; y++)
    for (let i = y * columns + border; i < (y + 1) * columns - border; i++)
      if (probability[i] > threshold) {
        mask[i] = 1;
        count++;
      }
  return { mask, count };
}

/** Writes what is known of the star whose distances begin at `from`; `corners` is room to work in. */
function measure(
  distances: Float32Array,
  from: number,
  { x: cosines, y: sines, angle, cosine, sine, half }: Directions,
  corners: Float64Array,
  numbers: Float32Array,
  to: number,
): void {
  const rays = cosines.length;
  let before = atLeast(distances[from + rays - 1]);
  let lastX = before * cosines[rays - 1];
  let lastY = before * sines[rays - 1];
  let inner = before;
  let outer = before;
  let longest = 0;
  let area = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k < rays; k++) {
    const distance = atLeast(distances[from + k]);
    const cornerX = distance * cosines[k];
    const cornerY = distance * sines[k];
    if (distance < inner) inner = distance;
    if (distance > outer) outer = distance;
    const cross = before * distance;
    const side = before * before + distance * distance - 2 * cosine * cross;
    if (side > longest) longest = side;
    area += cross;
    x += cross * (lastX + cornerX);
    y += cross * (lastY + cornerY);
    corners[2 * k] = cornerX;
    corners[2 * k + 1] = cornerY;
    before = distance;
    lastX = cornerX;
    lastY = cornerY;
  }
  x /= 3 * area;
  y /= 3 * area;
  // The middle of a side between two rays is at least so near.
  numbers[to + known.inner] = inner * half;
  numbers[to + known.outer] = outer;
  numbers[to + known.area] = (area * sine) / 2;
  numbers[to + known.x] = x;
  numbers[to + known.y] = y;
  numbers[to + known.radius] = inscribed(corners, x, y, longest, angle);
}

/** NaN, which no comparison lets through, counts as no distance. */
function atLeast(distance: number): number {
  return distance > nearest ? distance : nearest;
}

/**
 * The radius of a circle around a place that lies inside a star: no point of a side is nearer than its nearer corner by
 * more than half a side's length allows (Pythagoras). 0 where the place is outside. `longest` is a side's length squared.
 */
function inscribed(
  corners: Float64Array,
  x: number,
  y: number,
  longest: number,
  angle: number,
): number {
  const rays = corners.length / 2;
  const turn = Math.atan2(y, x) / angle;
  const k = Math.floor(turn < 0 ? turn + rays : turn) % rays;
  const next = (k + 1) % rays;
  const [ax, ay] = [corners[2 * k], corners[2 * k + 1]];
  const [bx, by] = [corners[2 * next], corners[2 * next + 1]];
  if ((bx - ax) * (y - ay) - (by - ay) * (x - ax) < 0) return 0;
  let nearestCorner = Infinity;
  for (let i = 0; i < corners.length; i += 2) {
    const dx = corners[i] - x;
    const dy = corners[i + 1] - y;
    const squared = dx * dx + dy * dy;
    if (squared < nearestCorner) nearestCorner = squared;
  }
  return Math.sqrt(Math.max(0, nearestCorner - longest / 4));
}
