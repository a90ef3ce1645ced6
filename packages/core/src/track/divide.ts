/**
 * Finds divisions among links: cells that begin beside a track which goes on too small, or beside one that ends.
 *
 * @module
 */

import type { End, Shared } from "./ends.js";
import { axesOf, type FrameCells } from "./frame-cells.js";
import type { Reach } from "./link.js";
import { gridOf, pointsNear } from "./near.js";
import { partSeenAfter } from "./seen-twice.js";

/** One end and the two cells it became. */
export interface Division {
  readonly end: number;
  readonly daughters: readonly [number, number];
  /** How unlikely it looks; 0 = just as divisions should be. */
  readonly cost: number;
}

/** The dearest division that is believed; less for cells at the border, which may have come in. */
const dearest = 8;
const dearestAtBorder = 3;

/** The part of the mother's area that a daughter may have; the least also where the border may cut most of it off. */
const smallest = 0.15;
const smallestSliced = 0.05;
const largest = 0.85;

/**
 * The divisions in a frame, given the cell each end was linked to. Two daughters together have about their mother's area
 * (her area in one of the last frames: she may be smaller while she divides), are of about one size, lie on opposite sides
 * of her, not far apart, and mostly where she was. `shared` are the ends laid over the frame. Of divisions that share a mother or a daughter the likeliest is taken.
 */
export function findDivisions(
  ends: readonly End[],
  after: FrameCells,
  shared: Shared,
  cellOf: Int32Array,
  reach: Reach,
): Division[] {
  const linked = new Uint8Array(after.count);
  for (const j of cellOf) if (j >= 0) linked[j] = 1;
  const born = [...linked.keys()].filter((j) => linked[j] === 0);
  if (born.length === 0 || ends.length === 0) return [];
  const possible = possibleDivisions(ends, after, shared, cellOf, reach, born);
  possible.sort((a, b) => a.cost - b.cost);
  const mothers = new Set<number>();
  const daughters = new Set<number>();
  return possible.filter(({ end, daughters: [one, other] }) => {
    if (mothers.has(end) || daughters.has(one) || daughters.has(other)) return false;
    mothers.add(end);
    daughters.add(one).add(other);
    return true;
  });
}

function possibleDivisions(
  ends: readonly End[],
  after: FrameCells,
  shared: Shared,
  cellOf: Int32Array,
  reach: Reach,
  born: readonly number[],
): Division[] {
  const lengths = ends.map(({ cells, cell }) => axesOf(cells, cell).major);
  const far = 1.5 * lengths.reduce((a, b) => Math.max(a, b), 0) + 2 * reach.spread;
  const mothers = gridOf(
    ends.map(({ toY }) => toY),
    ends.map(({ toX }) => toX),
    far,
  );
  const bornGrid = gridOf(
    born.map((j) => after.y[j]),
    born.map((j) => after.x[j]),
    far,
  );
  const [near, others]: [number[], number[]] = [[], []];
  const found: Division[] = [];
  const consider = (i: number, one: number, other: number): void => {
    let cost = shapeCost(ends[i], lengths[i], after, one, other, reach.spread);
    for (const j of [one, other]) {
      const outside = 1 - sharedArea(shared, i, j) / after.areas[j];
      cost += 1.5 * outside * outside;
    }
    const edge = after.border[one] === 1 || after.border[other] === 1;
    if (cost < (edge ? dearestAtBorder : dearest))
      found.push({ end: i, daughters: [one, other], cost });
  };
  for (const j of born) {
    pointsNear(mothers, after.y[j], after.x[j], far, near);
    for (const i of near) {
      const radius = 1.5 * lengths[i] + 2 * reach.spread;
      if (Math.hypot(ends[i].toY - after.y[j], ends[i].toX - after.x[j]) > radius) continue;
      if (cellOf[i] >= 0) consider(i, cellOf[i], j);
      else {
        pointsNear(bornGrid, ends[i].toY, ends[i].toX, radius, others);
        for (const k of others) if (born[k] > j) consider(i, j, born[k]);
      }
    }
  }
  return found;
}

/** The pixels that an end, moved to where it should be, shares with a cell. */
function sharedArea({ start, other, area }: Shared, end: number, cell: number): number {
  for (let k = start[end]; k < start[end + 1]; k++) if (other[k] === cell) return area[k];
  return 0;
}

/** Sum of squares of what is not as it should be, each in units of what is usual; of what both frames saw. */
function shapeCost(
  end: End,
  length: number,
  after: FrameCells,
  one: number,
  other: number,
  spread: number,
): number {
  const [moveY, moveX] = [end.toY - end.cells.y[end.cell], end.toX - end.cells.x[end.cell]];
  const mother = partSeenAfter(end.cells, end.cell, moveY, moveX);
  const first = partSeenAfter(after, one, -moveY, -moveX);
  const second = partSeenAfter(after, other, -moveY, -moveX);
  const cut = mother.area < end.cells.areas[end.cell];
  const areas = cut ? [mother.area] : end.areas;
  const most = Math.max(...areas);
  const [small, large] = [first.area, second.area].sort((a, b) => a - b);
  const smaller = small === first.area ? one : other;
  // The smaller daughter of a mother at the border may be mostly outside.
  const sliced = after.border[smaller] === 1 && reachesOut(end, moveY, moveX);
  if (small < (sliced ? smallestSliced : smallest) * most || large > largest * most)
    return Number.POSITIVE_INFINITY;
  const sum = first.area + second.area;
  const change = Math.min(...areas.map((area) => Math.abs(Math.log(sum / area))));
  const likeness = (sliced ? 0.5 : 1) * Math.log(small / large);
  const middleY = (first.area * first.y + second.area * second.y) / sum - mother.y - moveY;
  const middleX = (first.area * first.x + second.area * second.x) / sum - mother.x - moveX;
  const off = Math.hypot(middleY, middleX) / (length / 5 + spread);
  const apart = Math.hypot(first.y - second.y, first.x - second.x);
  const tooFar = Math.max(0, apart / length - 0.8);
  return (
    (change / 0.35) ** 2 / 2 + (likeness / 0.4) ** 2 / 2 + off ** 2 / 2 + (tooFar / 0.3) ** 2 / 2
  );
}

/** Whether a cell touches the border of the frame where it should be. */
function reachesOut({ cells, cell }: End, moveY: number, moveX: number): boolean {
  const { boxes, height, width } = cells;
  const [top, left, bottom, right] = boxes.subarray(4 * cell, 4 * cell + 4);
  return (
    Math.round(top + moveY) <= 0 ||
    Math.round(left + moveX) <= 0 ||
    Math.round(bottom + moveY) >= height ||
    Math.round(right + moveX) >= width
  );
}
