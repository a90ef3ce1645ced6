/**
 * The decoder of Cellpose networks: every pixel follows the flow to the middle of its cell, and those that meet are one.
 * Stringer et al. 2021, doi:10.1038/s41592-020-01018-x; bioimage.io's `cellpose_flow_dynamics`.
 * In: maps `[3, y, x]`: the flow along y and along x (of length 5), and how likely a pixel is in a cell (a logit). Out: labels
 * `[y, x]`.
 *
 * @module
 */
import { type Labels, planeOf, type Tensor } from "../image.js";
import { fillHoles, keepLabels, relabel, removeSmall } from "../labels.js";
import { boxesOf } from "./cell-boxes.js";
import { flowErrors } from "./flow-error.js";
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
  // Both parts of a pixel's flow side by side, 0 outside cells and beyond the image.
  const flows = new Float32Array(2 * (size + width + 1));
  for (let i = 0; i < size; i++) {
    if (mask[i] === 0) continue;
    flows[2 * i] = maps.data[i] / flowLength;
    flows[2 * i + 1] = maps.data[size + i] / flowLength;
  }
  const ends = followFlows(flows, mask, height, width, decoder.steps);
  const sinks = sinksOf(ends, height, width);
  const data = ends.map((end) => (end === 0 ? 0 : sinks[end - 1]));
  const { spacing } = maps;
  const found: Labels = { data, shape: [height, width], axes: "yx", ...(spacing && { spacing }) };
  const numbered = relabel(found);
  const boxes = boxesOf(numbered.data, width);
  const errors = decoder.flowError > 0 ? flowErrors(numbered, flows, boxes) : undefined;
  const sound = keepLabels(
    numbered,
    (label) =>
      boxes[label - 1].area <= largestShare * size &&
      (errors === undefined || errors[label] <= decoder.flowError),
  );
  return relabel(removeSmall(fillHoles(sound), decoder.minArea));
}
