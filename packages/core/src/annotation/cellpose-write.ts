/**
 * Labels as Cellpose's `_seg.npy`: a pickled dictionary in a NumPy file, as its GUI saves and opens it.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { ShapeError } from "../errors.js";
import { labelPlanes } from "../format/label-plane.js";
import type { Image } from "../image.js";
import { indexLabels, outlines } from "../labels.js";
import { type Written, writeObjectPickle } from "./pickle-write.js";

/** What Cellpose wants to know besides the labels. */
export interface CellposeSegOptions {
  /** Name of the image that the labels belong to; the GUI looks for it beside the file. */
  readonly image?: string;
  /** Mean diameter of the cells in pixels, above 0. */
  readonly diameter?: number;
}

/**
 * The bytes of a `_seg.npy`: `masks` and `outlines` of one shape (uint16, uint32 where a number is 65 535 or more),
 * `ismanual` for each cell, and empty `flows`. One plane `"yx"` or a stack `"zyx"` or `"tyx"`; throws
 * {@link ShapeError} for other axes. Labels keep their numbers in the file; Cellpose's GUI renumbers what it opens.
 */
export function writeCellposeSeg(
  labels: Image<Uint32Array>,
  options: CellposeSegOptions = {},
): Uint8Array {
  if (!/^[tz]?yx$/.test(labels.axes))
    throw new ShapeError("label axes", '"yx", "zyx" or "tyx"', `"${labels.axes}"`);
  const { data, shape } = labels;
  const edges = new Uint32Array(data.length);
  let at = 0;
  for (const { labels: plane } of labelPlanes(labels)) {
    const edge = outlines(plane).data;
    for (let i = 0; i < edge.length; i++, at++) if (edge[i] === 1) edges[at] = data[at];
  }
  const cells = indexLabels({ data, shape: [1, data.length], axes: "yx" }).numbers;
  // Cellpose itself goes to 32 bits from 65 535 on.
  const wide = (cells.at(-1) ?? 0) >= 65535;
  const narrowed = (values: Uint32Array) => (wide ? values : Uint16Array.from(values));
  const { image = "", diameter } = options;
  const content = new Map<string, Written>([
    ["outlines", { array: { shape, data: narrowed(edges) } }],
    ["masks", { array: { shape, data: narrowed(data) } }],
    ["chan_choose", [0, 0]],
    [
      "ismanual",
      { array: { shape: [cells.length], data: new Uint8Array(cells.length), boolean: true } },
    ],
    ["filename", image],
    ["flows", [[], [], [], [], [[]]]],
    ...(diameter === undefined ? [] : ([["est_diam", diameter]] as const)),
    ["diameter", diameter ?? null],
  ]);
  return npyOf(writeObjectPickle(content));
}

/** A NumPy file of version 1.0 that holds one object. */
function npyOf(pickle: Uint8Array): Uint8Array {
  const text = "{'descr': '|O', 'fortran_order': False, 'shape': (), }";
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + pickle.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  out.fill(32, 10, start - 1);
  out.set(strToU8(text), 10);
  out[start - 1] = 10;
  out.set(pickle, start);
  return out;
}
