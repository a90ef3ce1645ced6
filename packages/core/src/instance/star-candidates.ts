/**
 * What is known of all the stars that maps suggest, without laying out their corners: sizes and circles.
 * In: maps of probability and distances. Out: numbers for each suggestion, the surest first.
 *
 * @module
 */
import type { Tensor } from "../image.js";
import { pixelsInOrder } from "../order.js";
import type { Directions } from "./star-shape.js";
import type { StardistDecoder } from "./stardist.js";

/** No distance is smaller: a star without area would overlap nothing. */
export const nearest = 1e-3;

/** All suggestions, in the order of their probability; lengths in pixels of the image. */
export interface Candidates {
  /** Flat indices of the maps' pixels. */
  readonly pixels: Uint32Array;
  /** Every point nearer to the middle than the one is inside, every one further than the other outside. */
  readonly inner: Float32Array;
  readonly outer: Float32Array;
  readonly area: Float32Array;
  /** A circle around the centre of mass, seen from the middle, that lies inside the star; 0 where that lies outside. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly radius: Float32Array;
}

/** Suggestions that are looked at together, so that what is known of them stays near at hand. */
const block = 2048;

/** Goes through each map in the order in which it lies in memory. */
export function candidatesOf(
  maps: Tensor,
  decoder: StardistDecoder,
  directions: Directions,
): Candidates {
  const pixels = pixelsAbove(maps, decoder);
  // In reading order first, then put into the order of probability.
  const raster = pixels.slice().sort();
  const found = [0, 1, 2, 3, 4, 5].map(() => new Float32Array(pixels.length));
  const place = new Uint32Array(maps.shape[1] * maps.shape[2]);
  for (let n = 0; n < raster.length; n++) place[raster[n]] = n;
  for (let from = 0; from < raster.length; from += block) {
    const part = raster.subarray(from, from + block);
    measure(
      maps,
      part,
      directions,
      found.map((values) => values.subarray(from, from + block)),
    );
  }
  const [inner, outer, area, x, y, radius] = found.map((values) => {
    const out = new Float32Array(values.length);
    for (let n = 0; n < out.length; n++) out[n] = values[place[pixels[n]]];
    return out;
  });
  return { pixels, inner, outer, area, x, y, radius };
}

/** Pixels above the threshold and away from the border; the highest first, equal ones from the end of reading order. */
function pixelsAbove(maps: Tensor, { threshold, border }: StardistDecoder): Uint32Array {
  const [, rows, columns] = maps.shape;
  const probability = maps.data.subarray(0, rows * columns);
  const mask = new Uint8Array(rows * columns);
  for (let y = border; y < rows - border; y++)
    for (let i = y * columns + border; i < (y + 1) * columns - border; i++)
      if (probability[i] > threshold) mask[i] = 1;
  return pixelsInOrder(probability, mask).reverse();
}

/** Writes inner, outer, area, x, y, radius of some suggestions. */
function measure(
  maps: Tensor,
  pixels: Uint32Array,
  { x: cosines, y: sines, angle }: Directions,
  [inner, outer, area, centreX, centreY, radius]: readonly Float32Array[],
): void {
  const rays = cosines.length;
  const size = maps.shape[1] * maps.shape[2];
  const count = pixels.length;
  const before = new Float32Array(count);
  inner.fill(Infinity);
  for (let k = 0; k <= rays; k++) {
    const plane = maps.data.subarray(((k % rays) + 1) * size, ((k % rays) + 2) * size);
    const now = k % rays;
    const last = (k + rays - 1) % rays;
    for (let n = 0; n < count; n++) {
      const distance = Math.max(nearest, plane[pixels[n]]);
      if (distance < inner[n]) inner[n] = distance;
      if (distance > outer[n]) outer[n] = distance;
      const cross = before[n] * distance;
      area[n] += cross;
      centreX[n] += cross * (before[n] * cosines[last] + distance * cosines[now]);
      centreY[n] += cross * (before[n] * sines[last] + distance * sines[now]);
      before[n] = distance;
    }
  }
  for (let n = 0; n < count; n++) {
    centreX[n] /= 3 * area[n];
    centreY[n] /= 3 * area[n];
    area[n] *= Math.sin(angle) / 2;
    // The middle of a side between two rays is at least so near.
    inner[n] *= Math.cos(angle / 2);
  }
  inscribe(maps, pixels, { x: cosines, y: sines, angle }, centreX, centreY, radius);
}

/** The distance from the centre of mass to the nearest side, where it lies inside. */
function inscribe(
  maps: Tensor,
  pixels: Uint32Array,
  { x: cosines, y: sines }: Directions,
  centreX: Float32Array,
  centreY: Float32Array,
  radius: Float32Array,
): void {
  const rays = cosines.length;
  const size = maps.shape[1] * maps.shape[2];
  const count = pixels.length;
  const inside = new Uint8Array(count);
  const before = new Float32Array(count);
  radius.fill(Infinity);
  for (let k = -1; k < rays; k++) {
    const now = (k + rays) % rays;
    const last = (now + rays - 1) % rays;
    const plane = maps.data.subarray((now + 1) * size, (now + 2) * size);
    for (let n = 0; n < count; n++) {
      const distance = Math.max(nearest, plane[pixels[n]]);
      if (k >= 0) {
        const ax = before[n] * cosines[last] - centreX[n];
        const ay = before[n] * sines[last] - centreY[n];
        const dx = distance * cosines[now] - centreX[n] - ax;
        const dy = distance * sines[now] - centreY[n] - ay;
        const share = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)));
        const nearX = ax + share * dx;
        const nearY = ay + share * dy;
        radius[n] = Math.min(radius[n], nearX * nearX + nearY * nearY);
        // How often a line from the centre along x crosses the sides.
        if (ay > 0 !== ay + dy > 0 && ax - (ay / dy) * dx > 0) inside[n] ^= 1;
      }
      before[n] = distance;
    }
  }
  for (let n = 0; n < count; n++) radius[n] = inside[n] === 1 ? Math.sqrt(radius[n]) : 0;
}
