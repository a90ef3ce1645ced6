/**
 * Compares a cell with one of a later frame by what both frames saw of it: a cell that comes in over the border, or
 * leaves, changes its area and its centroid without growing or moving.
 *
 * @module
 */
import type { FrameCells } from "./frame-cells.js";

/** A cell and one of a later frame, each without the pixels that lie outside the other frame. */
export interface SeenTwice {
  /** Pixels of the two. */
  readonly before: number;
  readonly after: number;
  /** Where the later one's centroid is, from where the earlier one's should be; in pixels. */
  readonly offY: number;
  readonly offX: number;
  /** Whether both are whole: neither frame cuts off what the other saw. */
  readonly whole: boolean;
}

/** A cell, or what is left of it: pixels and centroid. */
export interface CellPart {
  readonly area: number;
  readonly y: number;
  readonly x: number;
}

/** Rows and columns, half open. */
interface Window {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/**
 * Compares cell `i`, which should have moved by `moveY`, `moveX` pixels since its frame `before`, with cell `j` of the
 * frame `after`, which has the same size. Where nothing of one of them was seen in both frames, they are compared as they are.
 */
export function compareSeen(
  before: FrameCells,
  i: number,
  moveY: number,
  moveX: number,
  after: FrameCells,
  j: number,
): SeenTwice {
  const old = partSeenAfter(before, i, moveY, moveX);
  const now = partSeenAfter(after, j, -moveY, -moveX);
  const apart = old.area === 0 || now.area === 0;
  const one = apart ? whole(before, i) : old;
  const other = apart ? whole(after, j) : now;
  return {
    before: one.area,
    after: other.area,
    offY: other.y - one.y - moveY,
    offX: other.x - one.x - moveX,
    whole: old.area === before.areas[i] && now.area === after.areas[j],
  };
}

/** What of a cell still lies in the frame when it is moved by so many pixels; its centroid before it moves. */
export function partSeenAfter(
  cells: FrameCells,
  cell: number,
  moveY: number,
  moveX: number,
): CellPart {
  const [dy, dx] = [Math.round(moveY), Math.round(moveX)];
  const { height, width } = cells;
  return partWithin(cells, cell, { top: -dy, left: -dx, bottom: height - dy, right: width - dx });
}

function partWithin(cells: FrameCells, cell: number, window: Window): CellPart {
  const { top, left, bottom, right } = window;
  const { boxes, row, start, end, runs, runStart } = cells;
  const at = 4 * cell;
  const inside =
    boxes[at] >= top && boxes[at + 1] >= left && boxes[at + 2] <= bottom && boxes[at + 3] <= right;
  if (inside) return whole(cells, cell);
  let [area, y, x] = [0, 0, 0];
  for (let k = runStart[cell]; k < runStart[cell + 1]; k++) {
    const n = runs[k];
    const [from, to] = [Math.max(left, start[n]), Math.min(right, end[n])];
    if (row[n] < top || row[n] >= bottom || from >= to) continue;
    area += to - from;
    y += (to - from) * row[n];
    x += ((to - from) * (from + to - 1)) / 2;
  }
  return area === 0 ? { area, y, x } : { area, y: y / area, x: x / area };
}

function whole({ areas, y, x }: FrameCells, cell: number): CellPart {
  return { area: areas[cell], y: y[cell], x: x[cell] };
}
