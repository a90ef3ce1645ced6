/**
 * Labels as ImageJ's regions: outlines → `RoiSet.zip`, which the ROI Manager opens. Format: the header that ImageJ's
 * `RoiDecoder` documents, version 227.
 *
 * @module
 */
import { zipSync } from "fflate";
import { UnsupportedError } from "../errors.js";
import type { LabelPlane } from "../format/label-plane.js";
import { type CellOutline, outlinePolygons, type Ring } from "../format/polygon.js";

const [RECTANGLE, TRACED] = [1, 8];
const SUBPIXEL = 128;
const [HEADER, HEADER2] = [64, 64];
/** Steps from the corner, and the corner itself, are stored in 16 bits. */
const farthest = 32767;
/** A zip without 64-bit records has no more files. */
const most = 65535;

/**
 * The bytes of a `RoiSet.zip`: one region a cell and plane, named by its label, in the order of the planes and of the
 * labels; slice and frame are set where the planes say them. A cell of one piece without holes is a traced region, which is
 * what ImageJ's wand makes; one of several pieces or with holes is a composite. Filled, each gives the cell's pixels.
 *
 * Without cells there is no region to write: an empty zip. Throws `UnsupportedError` for more than 65 535 regions, which
 * a plain zip cannot hold.
 */
export function writeRois(planes: Iterable<LabelPlane>): Uint8Array {
  const files: Record<string, Uint8Array> = {};
  let count = 0;
  for (const { labels, t, z } of planes)
    for (const cell of outlinePolygons(labels)) {
      if (++count > most)
        throw new UnsupportedError(
          `a RoiSet.zip holds at most ${most} regions: save labels of more cells as an image`,
        );
      // The ROI Manager lists regions by the order in the zip, and its names by the files'.
      const place = [t, z].filter((n) => n !== undefined).map((n) => pad(n + 1));
      files[`${[...place, pad(cell.label)].join("-")}.roi`] = encodeRoi(cell, {
        slice: z === undefined ? 0 : z + 1,
        frame: t === undefined ? 0 : t + 1,
      });
    }
  return zipSync(files, { level: 6, mtime: new Date(1980, 0, 1) });
}

function pad(n: number): string {
  return `${n}`.padStart(4, "0");
}

/** One region as ImageJ saves it. */
function encodeRoi(
  { label, parts }: CellOutline,
  { slice, frame }: { readonly slice: number; readonly frame: number },
): Uint8Array {
  const rings = parts.flatMap(({ outer, holes }) => [outer, ...holes]);
  const bounds = boundsOf(rings);
  const simple = rings.length === 1;
  const far = bounds.some((n) => n > farthest);
  const name = `${label}`;
  const size = simple ? (rings[0].length / 2) * (far ? 12 : 4) : 4 * shapeLength(rings);
  const at = HEADER + size;
  const bytes = new Uint8Array(at + HEADER2 + 2 * name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x496f7574);
  view.setInt16(4, 227);
  view.setUint8(6, simple ? TRACED : RECTANGLE);
  for (const [i, n] of bounds.entries()) view.setInt16(8 + 2 * i, Math.min(n, farthest));
  if (simple) putRing(view, rings[0], bounds, far);
  else putShape(view, rings);
  view.setInt32(60, at);
  view.setInt32(at + 8, slice);
  view.setInt32(at + 12, frame);
  view.setInt32(at + 16, at + HEADER2);
  view.setInt32(at + 20, name.length);
  for (let i = 0; i < name.length; i++) view.setUint16(at + HEADER2 + 2 * i, name.charCodeAt(i));
  return bytes;
}

/** Top, left, bottom, right. */
function boundsOf(rings: readonly Ring[]): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, 0, 0];
  for (const ring of rings)
    for (let i = 0; i < ring.length; i += 2) {
      bounds[0] = Math.min(bounds[0], ring[i]);
      bounds[1] = Math.min(bounds[1], ring[i + 1]);
      bounds[2] = Math.max(bounds[2], ring[i]);
      bounds[3] = Math.max(bounds[3], ring[i + 1]);
    }
  return bounds;
}

/** Steps from the corner, all x and then all y; where 16 bits do not reach, the places themselves follow as floats. */
function putRing(view: DataView, ring: Ring, [top, left]: readonly number[], far: boolean): void {
  const count = ring.length / 2;
  if (count > 65535) view.setInt32(18, count);
  else view.setUint16(16, count);
  if (far) view.setInt16(50, SUBPIXEL);
  const floats = HEADER + 4 * count;
  for (let i = 0; i < count; i++) {
    const [y, x] = [ring[2 * i], ring[2 * i + 1]];
    view.setUint16(HEADER + 2 * i, Math.min(x - left, 65535));
    view.setUint16(HEADER + 2 * (count + i), Math.min(y - top, 65535));
    if (!far) continue;
    view.setFloat32(floats + 4 * i, x);
    view.setFloat32(floats + 4 * (count + i), y);
  }
}

/** Numbers in a composite: a corner is its kind, x and y; a ring ends in the kind that closes it. */
function shapeLength(rings: readonly Ring[]): number {
  return rings.reduce((sum, ring) => sum + (ring.length / 2) * 3 + 1, 0);
}

/** Java's path segments: 0 moves, 1 draws a line, 4 closes. */
function putShape(view: DataView, rings: readonly Ring[]): void {
  view.setInt32(36, shapeLength(rings));
  let at = HEADER;
  const put = (...values: number[]): void => {
    for (const value of values) {
      view.setFloat32(at, value);
      at += 4;
    }
  };
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) put(i === 0 ? 0 : 1, ring[i + 1], ring[i]);
    put(4);
  }
}
