/**
 * The open ends of tracks: where each was last seen, and where it should be by now. What the next frame is linked to.
 *
 * @module
 */
import { type FrameCells, firstEndingAfter } from "./frame-cells.js";

/** A track that may go on. The tracker moves it from frame to frame. */
export interface End {
  readonly label: number;
  readonly begin: number;
  readonly parent: number;
  /** Where it was last seen: frame, cells of that frame, place among them. */
  frame: number;
  cells: FrameCells;
  cell: number;
  /** Pixels a frame, without what all cells moved. */
  velocityY: number;
  velocityX: number;
  /** Its areas in the last frames it was seen in, the newest first. */
  areas: readonly number[];
  /** What all cells moved since it was last seen. */
  shiftY: number;
  shiftX: number;
  /** Where its centroid should be in the frame that is linked now. */
  toY: number;
  toX: number;
}

/** Shared pixels of each of some cells with the cells of a frame. Pairs that share none are not listed. */
export interface Shared {
  /** The pairs of the i-th of the cells are at `start[i]` … `start[i + 1] - 1`. */
  readonly start: Uint32Array;
  readonly other: Uint32Array;
  readonly area: Float64Array;
}

/** Cells of some frame, each with a way to move it, in whole pixels. */
export interface Moved {
  readonly cells: FrameCells;
  readonly cell: number;
  readonly dy: number;
  readonly dx: number;
}

/** Lays moved cells over the cells of a frame, run by run. */
export function sharedWith(count: number, moved: (i: number) => Moved, after: FrameCells): Shared {
  const start = new Uint32Array(count + 1);
  const other: number[] = [];
  const area: number[] = [];
  const place = new Int32Array(after.count).fill(-1);
  for (let i = 0; i < count; i++) {
    addShared(moved(i), after, place, other, area);
    for (let k = start[i]; k < other.length; k++) place[other[k]] = -1;
    start[i + 1] = other.length;
  }
  return { start, other: Uint32Array.from(other), area: Float64Array.from(area) };
}

function addShared(
  { cells, cell, dy, dx }: Moved,
  after: FrameCells,
  place: Int32Array,
  other: number[],
  area: number[],
): void {
  for (let k = cells.runStart[cell]; k < cells.runStart[cell + 1]; k++) {
    const n = cells.runs[k];
    const y = cells.row[n] + dy;
    if (y < 0 || y >= after.height) continue;
    const [from, to] = [cells.start[n] + dx, cells.end[n] + dx];
    const stop = after.rowStart[y + 1];
    for (let m = firstEndingAfter(after, y, from); m < stop && after.start[m] < to; m++) {
      const pixels = Math.min(to, after.end[m]) - Math.max(from, after.start[m]);
      const j = after.cell[m];
      if (place[j] < 0) {
        place[j] = other.length;
        other.push(j);
        area.push(pixels);
      } else area[place[j]] += pixels;
    }
  }
}

/** The pixels that a moved cell shares with cell `j` of a frame. */
export function sharedArea({ cells, cell, dy, dx }: Moved, after: FrameCells, j: number): number {
  let area = 0;
  for (let k = cells.runStart[cell]; k < cells.runStart[cell + 1]; k++) {
    const n = cells.runs[k];
    const y = cells.row[n] + dy;
    if (y < 0 || y >= after.height) continue;
    const [from, to] = [cells.start[n] + dx, cells.end[n] + dx];
    const stop = after.rowStart[y + 1];
    for (let m = firstEndingAfter(after, y, from); m < stop && after.start[m] < to; m++)
      if (after.cell[m] === j) area += Math.min(to, after.end[m]) - Math.max(from, after.start[m]);
  }
  return area;
}

/** The ends, each moved to where it should be, laid over a frame. */
export function sharedByEnds(ends: readonly End[], after: FrameCells): Shared {
  const moved = (i: number): Moved => {
    const { cells, cell, toY, toX } = ends[i];
    const dy = Math.round(toY - cells.y[cell]);
    return { cells, cell, dy, dx: Math.round(toX - cells.x[cell]) };
  };
  return sharedWith(ends.length, moved, after);
}

/** All cells of a frame, moved alike, laid over another. */
export function sharedByFrames(
  before: FrameCells,
  after: FrameCells,
  dy: number,
  dx: number,
): Shared {
  const [down, right] = [Math.round(dy), Math.round(dx)];
  return sharedWith(before.count, (cell) => ({ cells: before, cell, dy: down, dx: right }), after);
}

/** The pairs the other way round: by the cells of the frame. */
export function turned({ start, other, area }: Shared, count: number): Shared {
  const starts = new Uint32Array(count + 1);
  for (let k = 0; k < other.length; k++) starts[other[k] + 1]++;
  for (let j = 0; j < count; j++) starts[j + 1] += starts[j];
  const next = starts.slice();
  const from = new Uint32Array(other.length);
  const areas = new Float64Array(other.length);
  for (let i = 0; i + 1 < start.length; i++)
    for (let k = start[i]; k < start[i + 1]; k++) {
      from[next[other[k]]] = i;
      areas[next[other[k]]++] = area[k];
    }
  return { start: starts, other: from, area: areas };
}
