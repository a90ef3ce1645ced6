/**
 * The decoder of Cellpose networks: every pixel follows the flow to the middle of its cell, and those that meet are one.
 * Stringer et al. 2021, doi:10.1038/s41592-020-01018-x; bioimage.io's `cellpose_flow_dynamics`.
 * In: maps `[3, y, x]`: the flow along y and along x (of length 5), and how likely a pixel is in a cell (a logit). Out: labels
 * `[y, x]`.
 *
 * @module
 */
import { type Labels, planeOf, type Tensor } from "../image.js";
import { fillHoles, relabel } from "../labels.js";
import { boxesOf } from "./cell-boxes.js";
import { flowsAstray } from "./flow-error.js";
import { followFlows } from "./flow-follow.js";
import { sinksOf } from "./flow-sinks.js";
import { above, checkMaps } from "./maps.js";

/** Parameters of {@link decodeCellpose}. */
export interface CellposeDecoder {
  readonly kind: "cellpose";
  /** A pixel is in a cell where the third map is above this. Default 0. */
  readonly threshold: number;
  /** Cells whose flows are further than this from those their shape asks for are dropped; 0 keeps all. Default 0.4. */
  readonly flowError: number;
  /** Cells of fewer pixels are dropped. Default 15. */
  readonly minArea: number;
  /** Steps that a pixel is followed for, each at most a pixel long. Default 200. */
  readonly steps: number;
}

/** What the network's flows are divided by to be one pixel long. */
const flowLength = 5;

/** A cell that is more than this of the image is none. */
const largestShare = 0.4;

/** Finds cells; numbers are 1, 2, 3, … by first pixel. As in Cellpose, what fills more than 0.4 of the image is dropped. */
export function decodeCellpose(maps: Tensor, decoder: CellposeDecoder): Labels {
  checkMaps(maps, 3, "flow along y, flow along x, probability");
  const [, height, width] = maps.shape;
  const mask = above(planeOf(maps, { c: 2 }), decoder.threshold).data;
  const size = height * width;
  const flows = sideBySide(maps.data, mask, width);
  const ends = followFlows(flows, mask, height, width, decoder.steps);
  const sinks = sinksOf(ends, height, width);
  const data = new Uint32Array(size);
  for (let i = 0; i < size; i++) if (ends[i] !== 0) data[i] = sinks[ends[i] - 1];
  const { spacing } = maps;
  const found: Labels = { data, shape: [height, width], axes: "yx", ...(spacing && { spacing }) };
  // Each middle has pixels that end there, so numbers are without gaps.
  const boxes = boxesOf(data, width);
  const { flowError } = decoder;
  const dropped =
    flowError > 0 ? flowsAstray(found, flows, boxes, flowError) : new Uint8Array(boxes.length + 1);
  for (const [n, { area }] of boxes.entries()) if (area > largestShare * size) dropped[n + 1] = 1;
  for (let i = 0; i < size; i++) if (dropped[data[i]] === 1) data[i] = 0;
  return relabel(fillHoles(found), decoder.minArea);
}

/** Both parts of a pixel's flow side by side, in pixels; 0 outside cells, and for a row and a pixel beyond the image. */
function sideBySide(maps: Tensor["data"], mask: Uint8Array, width: number): Float32Array {
  const size = mask.length;
  const flows = new Float32Array(2 * (size + width + 1));
  for (let i = 0; i < size; i++) {
    if (mask[i] === 0) continue;
    flows[2 * i] = maps[i] / flowLength;
    flows[2 * i + 1] = maps[size + i] / flowLength;
  }
  return flows;
}
