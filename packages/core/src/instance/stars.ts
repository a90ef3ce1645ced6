/**
 * The stars that a network's maps suggest, one a pixel, and which of them are cells: the surest of all that overlap.
 * In: maps of probability and distances. Out: stars that do not overlap much, the surest first, one by one.
 *
 * @module
 */
import type { Tensor } from "../image.js";
import { candidatesOf, known, nearest } from "./star-candidates.js";
import { startPeers } from "./star-peers.js";
import {
  type Corners,
  type Directions,
  directionsOf,
  sharedArea,
  shareMore,
} from "./star-shape.js";
import type { StardistDecoder } from "./stardist.js";

/** A star that stands for a cell, in pixels of the image. */
export interface Star {
  readonly x: number;
  readonly y: number;
  readonly corners: Corners;
  /** Every point nearer to the middle than this is inside, every one further than that outside. */
  readonly inner: number;
  readonly outer: number;
  readonly area: number;
  /** A circle around the centre of mass that lies inside. */
  readonly centreX: number;
  readonly centreY: number;
  readonly radius: number;
}

/**
 * The stars whose probability is above the threshold, without those that share more than `overlap` of the smaller one's
 * area with a surer one that stays. The same as testing all pairs: near ones are found by a grid, and nearly all pairs are
 * decided by circles within and around.
 *
 * @param keep - Told of each star that stays, the surest first, with its index.
 * @param guess - Which of them a pixel of the image probably belongs to, if any: it is looked at first.
 */
export function surestStars(
  maps: Tensor,
  decoder: StardistDecoder,
  keep: (star: Star, index: number) => void,
  guess: (x: number, y: number) => number | undefined,
): void {
  const [, rows, columns] = maps.shape;
  const { grid, overlap } = decoder;
  const directions = directionsOf(decoder.rays);
  const { pixels, places, numbers } = candidatesOf(maps, decoder, directions);
  const stars: Star[] = [];
  const peers = startPeers(rows * grid, columns * grid);
  for (let n = 0; n < pixels.length; n++) {
    const pixel = pixels[n];
    const x = (pixel % columns) * grid;
    const y = Math.floor(pixel / columns) * grid;
    const place = places[pixel];
    const centreX = x + numbers[place + known.x];
    const centreY = y + numbers[place + known.y];
    const radius = numbers[place + known.radius];
    const area = numbers[place + known.area];
    // First what is surely covered: nearly all are, by the star that they are in.
    const isCovered = (star: Star) => {
      const most = overlap * Math.min(star.area, area);
      const [dx, dy] = [star.centreX - centreX, star.centreY - centreY];
      return shareMore(star.radius, radius, Math.sqrt(dx * dx + dy * dy), most);
    };
    const first = guess(x, y);
    if (first !== undefined && isCovered(stars[first])) continue;
    const outer = numbers[place + known.outer];
    const near = peers.near(x, y, outer);
    if (near.some((index) => isCovered(stars[index]))) continue;
    const corners = cornersOf(maps, pixel, x, y, directions);
    const inner = numbers[place + known.inner];
    const star = { x, y, corners, inner, outer, area, centreX, centreY, radius };
    if (near.some((index) => covers(stars[index], star, overlap))) continue;
    peers.add(x, y, outer, stars.length);
    keep(star, stars.length);
    stars.push(star);
  }
}

/** Whether two stars share too much; not looked at where not even the circles around them do. */
function covers(star: Star, other: Star, overlap: number): boolean {
  const most = overlap * Math.min(star.area, other.area);
  const distance = Math.sqrt((star.x - other.x) ** 2 + (star.y - other.y) ** 2);
  if (!shareMore(star.outer, other.outer, distance, most)) return false;
  return sharedArea(other.corners, star.corners, star.x, star.y) > most;
}

function cornersOf(
  maps: Tensor,
  pixel: number,
  x: number,
  y: number,
  directions: Directions,
): Corners {
  const size = maps.shape[1] * maps.shape[2];
  const rays = directions.x.length;
  const corners = new Float64Array(2 * rays);
  for (let k = 0; k < rays; k++) {
    const distance = Math.max(nearest, maps.data[(k + 1) * size + pixel]);
    corners[2 * k] = x + distance * directions.x[k];
    corners[2 * k + 1] = y + distance * directions.y[k];
  }
  return corners;
}
