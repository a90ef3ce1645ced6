/**
 * Links the open ends of tracks to the cells of a frame: one optimum over all of them at once.
 *
 * @module
 */
import { assignSparse } from "../assignment-sparse.js";
import type { End, Shared } from "./ends.js";
import type { FrameCells } from "./frame-cells.js";
import { gridOf, pointsNear } from "./near.js";
import { compareSeen } from "./seen-twice.js";

/** How far a cell may be from where it should be. */
export interface Reach {
  /** How far off predictions usually are along one axis, in pixels. */
  readonly spread: number;
  /** The farthest that is looked at, in pixels; a track that was lost for some frames may be farther. */
  readonly radius: number;
  /** The area of a typical cell, in pixels. */
  readonly typical: number;
}

/** What it costs that a track ends or begins, and at the border, where cells come and go. A link costs less. */
const alone = 7;
const aloneAtBorder = 5;
/** How much a link pays for each frame the cell was not seen. */
const unseen = 2;
/** The most a change of area costs: a cell may have divided. */
const changed = 3;
/** How much a change of area says of a cell at the border, which moves in or out by itself as well. */
const saysAtBorder = 0.3;
/** What a cell pays for sharing no pixel with where it should be. */
const apart = 3;
/** The part of a typical cell that is added to areas of which a border cut something off: slivers tell little. */
const sliver = 0.05;
/** Beyond about this many times the square of the usual error, what is farther costs hardly more: cells do jump. */
const tail = 4;

/**
 * The cell of each end, -1 for none. The cost of a link grows with the distance to where the cell should be, in units of
 * the usual error, with the change of area and with the pixels not shared, all of what both frames saw; the sum of all costs is the least there is,
 * with prices for ends and beginnings (linear assignment as in Jaqaman et al. 2008, doi:10.1038/nmeth.1237, one step
 * for links and gaps together, and no second pass over the whole movie). `frame` is the number of the frame that `after` is.
 */
export function linkEnds(
  ends: readonly End[],
  after: FrameCells,
  shared: Shared,
  reach: Reach,
  frame: number,
): Int32Array {
  const rowStart = new Uint32Array(ends.length + 1);
  const column: number[] = [];
  const cost: number[] = [];
  const ended = new Float64Array(ends.length);
  const overlap = new Float64Array(after.count);
  const grid = gridOf(after.y, after.x, reach.radius);
  const near: number[] = [];
  for (const [i, end] of ends.entries()) {
    const gap = frame - end.frame - 1;
    for (let k = shared.start[i]; k < shared.start[i + 1]; k++)
      overlap[shared.other[k]] = shared.area[k];
    pointsNear(grid, end.toY, end.toX, reach.radius * Math.sqrt(gap + 1), near);
    ended[i] = leaves(end, after) ? aloneAtBorder : alone;
    for (const j of near) {
      // What comes in there after a while may be another cell.
      if (gap > 0 && after.border[j] === 1 && end.cells.border[end.cell] === 1) continue;
      const price = linkCost(end, after, j, overlap[j], reach, gap);
      const begun = after.border[j] === 1 ? aloneAtBorder : alone;
      if (price >= ended[i] + begun) continue;
      column.push(j);
      cost.push(price - begun);
    }
    rowStart[i + 1] = column.length;
    for (let k = shared.start[i]; k < shared.start[i + 1]; k++) overlap[shared.other[k]] = 0;
  }
  return assignSparse({
    columns: after.count,
    alone: ended,
    rowStart,
    column: Uint32Array.from(column),
    cost: Float64Array.from(cost),
  });
}

function linkCost(
  { toY, toX, cells, cell }: End,
  after: FrameCells,
  j: number,
  overlap: number,
  { spread, typical }: Reach,
  gap: number,
): number {
  const seen = compareSeen(cells, cell, toY - cells.y[cell], toX - cells.x[cell], after, j);
  const squares = (seen.offY ** 2 + seen.offX ** 2) / (2 * spread * spread * (gap + 1));
  const more = seen.whole ? 0 : sliver * typical;
  const growth = Math.log((seen.after + more) / (seen.before + more));
  const says = cells.border[cell] === 1 || after.border[j] === 1 ? saysAtBorder : 1;
  return (
    tail * Math.log1p(squares / tail) +
    says * Math.min(changed, 8 * growth * growth) +
    apart * (1 - overlap / Math.min(seen.after, seen.before)) +
    unseen * gap
  );
}

/** Whether a cell touches the border, or should be over it by now. */
function leaves({ toY, toX, cells, cell }: End, { height, width }: FrameCells): boolean {
  const inside = toY >= 0 && toX >= 0 && toY <= height - 1 && toX <= width - 1;
  return cells.border[cell] === 1 || !inside;
}
