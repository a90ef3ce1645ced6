/**
 * The outlines of cells as polygons that run along the sides of pixels: filling them gives the same pixels again.
 * In: labels `[y, x]`. Out: for each cell its parts, each with an outer ring and holes.
 *
 * @module
 */
import { numberComponents } from "../components.js";
import type { Labels } from "../image.js";
import { checkPlane } from "../plane.js";

/**
 * The corners of a closed line: y, x, y, x, … in pixels, where pixel 0 reaches from 0 to 1; the first is not repeated at the
 * end. No corner is there twice, and no three in a row lie on one line.
 */
export type Ring = Float64Array;

/** What hangs together by the sides of pixels. Its inside is to the right of all rings, seen with y downwards. */
export interface Polygon {
  readonly outer: Ring;
  readonly holes: readonly Ring[];
}

/** A cell by its outlines. */
export interface CellOutline {
  readonly label: number;
  /** From the one whose first pixel comes first in reading order. Several where the cell is torn, or joined by corners only. */
  readonly parts: readonly Polygon[];
}

/**
 * The outlines of all cells, in the order of their labels. Rings do not cross or touch themselves; where pixels of a cell
 * meet at a corner only, two rings touch there: valid geometry (OGC Simple Features), and exact.
 *
 * Follows the sides of pixels with the cell on the right hand, each side once: time goes with the pixels.
 */
export function outlinePolygons(labels: Labels): CellOutline[] {
  checkPlane(labels, "labels");
  const [height, width] = labels.shape;
  const pieces = new Uint32Array(labels.data.length);
  const count = numberComponents(labels.data, height, width, 4, pieces);
  const parts = traceParts(pieces, count, height, width);
  const first = new Float64Array(count + 1).fill(-1);
  for (let i = 0; i < pieces.length; i++)
    if (pieces[i] !== 0 && first[pieces[i]] < 0) first[pieces[i]] = labels.data[i];
  const cells = new Map<number, Polygon[]>();
  for (let piece = 1; piece <= count; piece++) {
    const mine = cells.get(first[piece]);
    if (mine) mine.push(parts[piece]);
    else cells.set(first[piece], [parts[piece]]);
  }
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([label, polygons]) => ({ label, parts: polygons }));
}

/** Twice the area of a ring, above 0 where its inside is on the right hand. */
export function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
    sum += ring[j + 1] * ring[i] - ring[i + 1] * ring[j];
  return sum;
}

/** The polygon of each piece, by its number. Pieces are numbered from 1. */
function traceParts(
  pieces: Uint32Array,
  count: number,
  height: number,
  width: number,
): { outer: Ring; holes: Ring[] }[] {
  const parts = Array.from({ length: count + 1 }, () => ({
    outer: new Float64Array(0) as Ring,
    holes: [] as Ring[],
  }));
  // A frame of background, so that no neighbour is missing.
  const wide = width + 2;
  const framed = new Uint32Array(wide * (height + 2));
  for (let y = 0; y < height; y++)
    framed.set(pieces.subarray(y * width, (y + 1) * width), (y + 1) * wide + 1);
  const seen = new Uint8Array(framed.length);
  for (let at = wide; at < framed.length - wide; at++) {
    const piece = framed[at];
    if (piece === 0 || seen[at] === 1 || framed[at - wide] === piece) continue;
    const { corners, pinched } = follow(framed, wide, at, seen);
    for (const ring of pinched ? untie(corners, wide) : [toRing(corners, wide)])
      if (doubleArea(ring) > 0) parts[piece].outer = ring;
      else parts[piece].holes.push(ring);
  }
  return parts;
}

/**
 * One way round from the upper side of a pixel: the framed indices of the pixels to whose upper left the line turns.
 * `pinched` says that it may come by a corner twice.
 */
function follow(
  framed: Uint32Array,
  wide: number,
  start: number,
  seen: Uint8Array,
): { corners: number[]; pinched: boolean } {
  const piece = framed[start];
  const corners: number[] = [];
  let meetings = 0;
  // Going right, down, left, up: the next pixel on the right hand, and the one on the left.
  const ahead = [1, wide, -1, -wide];
  // From a pixel, where the corner that lies ahead on the line is: the pixel to whose upper left it is.
  const corner = [1, wide + 1, wide, 0];
  let at = start;
  let direction = 0;
  do {
    if (direction === 0) seen[at] = 1;
    const onward = at + ahead[direction];
    const left = onward + ahead[(direction + 3) % 4];
    if (framed[onward] !== piece) {
      corners.push(at + corner[direction]);
      if (framed[left] === piece) meetings++;
      direction = (direction + 1) % 4;
    } else if (framed[left] === piece) {
      corners.push(at + corner[direction]);
      direction = (direction + 3) % 4;
      at = left;
    } else at = onward;
  } while (at !== start || direction !== 0);
  return { corners, pinched: meetings > 1 };
}

/** Parts a way round where it comes by a corner again, into rings that do not. */
function untie(corners: readonly number[], wide: number): Ring[] {
  const rings: Ring[] = [];
  const open: number[] = [];
  const place = new Map<number, number>();
  for (const corner of corners) {
    const before = place.get(corner);
    if (before !== undefined) {
      const loop = open.splice(before);
      for (const passed of loop) place.delete(passed);
      rings.push(toRing(loop, wide));
    }
    place.set(corner, open.length);
    open.push(corner);
  }
  rings.push(toRing(open, wide));
  return rings;
}

function toRing(corners: readonly number[], wide: number): Ring {
  const ring = new Float64Array(2 * corners.length);
  for (const [i, at] of corners.entries()) {
    const y = Math.floor(at / wide);
    ring[2 * i] = y - 1;
    ring[2 * i + 1] = at - y * wide - 1;
  }
  return ring;
}
