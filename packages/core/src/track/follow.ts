/**
 * Takes the tracks one frame on: predicts, mends, links, divides. The default method of tracking.
 *
 * @module
 */
import { type Division, findDivisions } from "./divide.js";
import { type End, sharedByEnds } from "./ends.js";
import type { FrameCells } from "./frame-cells.js";
import { linkEnds } from "./link.js";
import { type MotionModel, predict } from "./motion.js";
import { type Later, mend } from "./repair.js";
import { diameterOf, type Shift } from "./shift.js";

/** A frame to link, and what is known around it. */
export interface Step {
  readonly frame: number;
  readonly cells: FrameCells;
  /** What all cells moved since the frame before. */
  readonly shift: Shift;
  /** The next frames, as found; none, where nothing shall be mended. */
  readonly later: readonly Later[];
  /** The farthest that a cell may be from where it should be, in pixels; undefined = from the data. */
  readonly maxDistance: number | undefined;
  readonly divisions: boolean;
}

/** How the cells of a frame go on from the open ends. */
export interface Links {
  /** The cells: those of the frame, mended where need be. */
  readonly cells: FrameCells;
  /** The cell of each end, -1 for none; of an end that divides it says nothing. */
  readonly cellOf: Int32Array;
  readonly divisions: readonly Pick<Division, "end" | "daughters">[];
}

/** Links one frame. Moves the ends to where they should be in it. */
export function follow(model: MotionModel, ends: readonly End[], step: Step): Links {
  const { frame, shift, later, maxDistance } = step;
  const diameter = diameterOf(step.cells) || typicalOf(ends);
  const spread = predict(model, ends, step.cells, shift, diameter);
  const radius = maxDistance ?? Math.min(3 * diameter, Math.max(diameter, 6 * spread));
  const reach = { spread, radius, typical: (Math.PI / 4) * diameter * diameter };
  let cells = step.cells;
  let shared = sharedByEnds(ends, cells);
  const mended = mend(ends, frame, cells, shared, later);
  if (mended !== cells) {
    cells = mended;
    shared = sharedByEnds(ends, cells);
  }
  const cellOf = linkEnds(ends, cells, shared, reach, frame);
  const divisions = step.divisions ? findDivisions(ends, cells, shared, cellOf, reach) : [];
  return { cells, cellOf, divisions };
}

function typicalOf(ends: readonly End[]): number {
  const area = ends.length > 0 ? ends[0].areas[0] : 1;
  return Math.sqrt((4 * area) / Math.PI);
}
