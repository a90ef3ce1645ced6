/**
 * Tracking as frames come in: holds the frames of a window as runs, and of all others only what their tracks are.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import type { End } from "./ends.js";
import { drawFrame, type Filling, fillGap } from "./fill.js";
import { follow, type Links } from "./follow.js";
import { followPaper } from "./follow-paper.js";
import { type FrameCells, frameCells } from "./frame-cells.js";
import type { Track } from "./lineage.js";
import { newMotion } from "./motion.js";
import type { TrackOptions } from "./options.js";
import { compareSeen, partSeenAfter } from "./seen-twice.js";
import { diameterOf, type Shift } from "./shift.js";
import { stageShift } from "./stage-shift.js";

/** Tracking in work. Frames go in one after another, in order; tracked frames come out in the same order, some later. */
export interface Tracker {
  /**
   * Takes the next frame; answers the frames that are done now, none to start with. Throws `ShapeError` unless it is one
   * plane `"yx"` of the size of the first.
   */
  push(labels: Labels): Labels[];
  /** The frames left, and all tracks, by their labels. Nothing may be pushed after that. */
  finish(): { frames: Labels[]; tracks: Track[] };
}

/** A frame as it was found, waiting to be linked. */
interface Found {
  readonly cells: FrameCells;
  /** What all cells moved since the frame before. */
  readonly shift: Shift;
  /** The labels it came as, without pixels. */
  readonly header: Omit<Labels, "data">;
}

/** A frame that is linked; cells that were not found in it may yet be filled in. */
interface Linked {
  readonly cells: FrameCells;
  readonly labelOf: Uint32Array;
  readonly fillings: Filling[];
  readonly header: Omit<Labels, "data">;
}

interface State {
  readonly gap: number;
  readonly options: TrackOptions;
  readonly found: Found[];
  readonly linked: Linked[];
  readonly tracks: Track[];
  readonly motion: ReturnType<typeof newMotion>;
  ends: End[];
  /** Frames pushed, linked and given out so far. */
  pushed: number;
  frame: number;
  done: number;
  labels: number;
  last?: FrameCells;
}

const still: Shift = { y: 0, x: 0 };

/** Starts tracking; see `track` for what the options mean. */
export function startTracker(options: TrackOptions = {}): Tracker {
  if (!["motion", "paper", undefined].includes(options.method))
    throw new ShapeError("method", '"motion" or "paper"', `"${options.method}"`);
  const gap = options.method === "paper" ? 0 : (options.maxGap ?? 2);
  if (!Number.isInteger(gap) || gap < 0)
    throw new ShapeError("maxGap", "a whole number from 0", `${gap}`);
  const { maxDistance } = options;
  if (maxDistance !== undefined && !(maxDistance > 0))
    throw new ShapeError("maxDistance", "above 0 pixels", `${maxDistance}`);
  const state: State = {
    gap,
    options,
    found: [],
    linked: [],
    tracks: [],
    motion: newMotion(),
    ends: [],
    pushed: 0,
    frame: 0,
    done: 0,
    labels: 0,
  };
  // To mend a frame takes as many frames after it as a gap may be long.
  const ahead = options.repair === false ? 0 : gap;
  return {
    push(labels) {
      state.found.push(take(state, labels));
      if (state.found.length > ahead) step(state);
      return give(state, state.frame - gap);
    },
    finish() {
      while (state.found.length > 0) step(state);
      for (const end of state.ends) close(state, end, end.frame);
      state.ends = [];
      const tracks = state.tracks.sort((a, b) => a.label - b.label);
      return { frames: give(state, state.frame), tracks };
    },
  };
}

function take(state: State, labels: Labels): Found {
  const number = state.pushed++;
  const { last, options } = state;
  if (labels.axes !== "yx")
    throw new ShapeError(`frame ${number} axes`, '"yx"', `"${labels.axes}"`);
  if (last && (labels.shape[0] !== last.height || labels.shape[1] !== last.width))
    throw new ShapeError(
      `frame ${number} size`,
      `${last.height} x ${last.width} like the frames before`,
      labels.shape.join(" x "),
    );
  const cells = frameCells(labels);
  state.last = cells;
  const { data: _, ...header } = labels;
  if (!last || options.drift === false) return { cells, shift: still, header };
  const reach = options.maxDistance ?? 4 * diameterOf(cells);
  return { cells, shift: stageShift(last, cells, reach), header };
}

/** Links the next frame. */
function step(state: State): void {
  const { cells, shift, header } = state.found.shift() as Found;
  const { frame, options, gap } = state;
  const links =
    options.method === "paper"
      ? followPaper(state.ends, cells, shift)
      : follow(state.motion, state.ends, {
          frame,
          cells,
          shift,
          later: options.repair === false ? [] : later(state.found.slice(0, gap)),
          maxDistance: options.maxDistance,
          divisions: options.divisions !== false,
        });
  const linked = { cells: links.cells, fillings: [], header };
  const labelOf = new Uint32Array(links.cells.count);
  state.linked.push({ ...linked, labelOf });
  goOn(state, links, shift, labelOf);
  state.frame++;
}

/** The frames to come, each with the movement from the frame before them all. */
function later(found: readonly Found[]): { cells: FrameCells; shift: Shift }[] {
  let sum = still;
  return found.map(({ cells, shift }) => {
    sum = { y: sum.y + shift.y, x: sum.x + shift.x };
    return { cells, shift: sum };
  });
}

/** Moves the ends on to the frame just linked, and numbers its cells. */
function goOn(state: State, links: Links, shift: Shift, labelOf: Uint32Array): void {
  const { cells, cellOf, divisions } = links;
  const { frame, gap } = state;
  const mothers = new Map(divisions.map(({ end, daughters }) => [end, daughters]));
  const parentOf = new Uint32Array(cells.count);
  const ends: End[] = [];
  for (const [i, end] of state.ends.entries()) {
    const daughters = mothers.get(i);
    if (daughters) {
      // A mother that was not found just before was still there: filled in up to the division.
      fill(state, end, { frame, cells, cell: daughters[0] });
      close(state, end, frame - 1);
      for (const j of daughters) parentOf[j] = end.label;
    } else if (cellOf[i] >= 0) {
      labelOf[cellOf[i]] = end.label;
      fill(state, end, { frame, cells, cell: cellOf[i] });
      see(end, frame, cells, cellOf[i], shift);
      ends.push(end);
    } else if (frame - end.frame > gap || isOut(end)) close(state, end, end.frame);
    else {
      end.velocityY /= 2;
      end.velocityX /= 2;
      end.shiftY += shift.y;
      end.shiftX += shift.x;
      ends.push(end);
    }
  }
  for (let j = 0; j < cells.count; j++) {
    if (labelOf[j] !== 0) continue;
    labelOf[j] = ++state.labels;
    ends.push(begin(state.labels, parentOf[j], frame, cells, j));
  }
  state.ends = ends;
}

/** Whether most of a cell that was not found should be outside by now: it has left, and what comes in later is another. */
function isOut({ cells, cell, toY, toX }: End): boolean {
  const { area } = partSeenAfter(cells, cell, toY - cells.y[cell], toX - cells.x[cell]);
  return area < cells.areas[cell] / 2;
}

function begin(label: number, parent: number, frame: number, cells: FrameCells, cell: number): End {
  const at = { frame, cells, cell, areas: [cells.areas[cell]] };
  const rest = { velocityY: 0, velocityX: 0, shiftY: 0, shiftX: 0 };
  return { label, begin: frame, parent, ...at, ...rest, toY: cells.y[cell], toX: cells.x[cell] };
}

function see(end: End, frame: number, cells: FrameCells, cell: number, shift: Shift): void {
  const frames = frame - end.frame;
  const moveY = end.toY - end.cells.y[end.cell];
  const moveX = end.toX - end.cells.x[end.cell];
  const { offY, offX } = compareSeen(end.cells, end.cell, moveY, moveX, cells, cell);
  const y = moveY + offY - end.shiftY - shift.y;
  const x = moveX + offX - end.shiftX - shift.x;
  const known = frames === 1 && end.areas.length > 1 ? 0.4 : 0;
  end.velocityY = known * end.velocityY + ((1 - known) * y) / frames;
  end.velocityX = known * end.velocityX + ((1 - known) * x) / frames;
  end.frame = frame;
  end.cells = cells;
  end.cell = cell;
  end.areas = [cells.areas[cell], ...end.areas.slice(0, 2)];
  [end.shiftY, end.shiftX] = [0, 0];
  [end.toY, end.toX] = [cells.y[cell], cells.x[cell]];
}

function fill(
  state: State,
  end: End,
  next: { frame: number; cells: FrameCells; cell: number },
): void {
  for (const [k, filling] of fillGap(end.label, end, next).entries())
    state.linked[end.frame + 1 + k - state.done].fillings.push(filling);
}

function close(state: State, { label, begin, parent }: End, end: number): void {
  state.tracks.push({ label, begin, end, parent });
}

/** Draws and lets go of the frames before `frame`. */
function give(state: State, frame: number): Labels[] {
  const frames: Labels[] = [];
  while (state.done < frame) {
    const { cells, labelOf, fillings, header } = state.linked.shift() as Linked;
    frames.push({ ...header, data: drawFrame(cells, labelOf, fillings) });
    state.done++;
  }
  return frames;
}
