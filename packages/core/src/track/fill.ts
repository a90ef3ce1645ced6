/**
 * Draws a tracked frame: the cells with the numbers of their tracks, and those that were not found where they must have
 * been.
 *
 * @module
 */
import type { Moved } from "./ends.js";
import type { FrameCells } from "./frame-cells.js";

/** A cell to draw in a frame where it was not found. */
export interface Filling extends Moved {
  readonly label: number;
}

/**
 * The frame as labels. A filling is drawn on background only, one pixel at least: where it finds none, the background
 * pixel nearest to its middle; in a frame without background, a pixel of a cell that has others.
 */
export function drawFrame(
  cells: FrameCells,
  labelOf: Uint32Array,
  fillings: readonly Filling[],
): Uint32Array {
  const { height, width, start, end, row, cell } = cells;
  const data = new Uint32Array(height * width);
  for (let n = 0; n < cell.length; n++) {
    const first = row[n] * width;
    data.fill(labelOf[cell[n]], first + start[n], first + end[n]);
  }
  for (const filling of fillings)
    if (!drawFilling(data, height, width, filling)) drawPixel(data, height, width, filling);
  return data;
}

function drawFilling(
  data: Uint32Array,
  height: number,
  width: number,
  { cells, cell, dy, dx, label }: Filling,
): boolean {
  let drawn = false;
  for (let k = cells.runStart[cell]; k < cells.runStart[cell + 1]; k++) {
    const n = cells.runs[k];
    const y = cells.row[n] + dy;
    if (y < 0 || y >= height) continue;
    const stop = Math.min(width, cells.end[n] + dx);
    for (let x = Math.max(0, cells.start[n] + dx); x < stop; x++) {
      if (data[y * width + x] !== 0) continue;
      data[y * width + x] = label;
      drawn = true;
    }
  }
  return drawn;
}

function drawPixel(
  data: Uint32Array,
  height: number,
  width: number,
  { cells, cell, dy, dx, label }: Filling,
): void {
  const [middleY, middleX] = [cells.y[cell] + dy, cells.x[cell] + dx];
  const nearest = (may: (i: number) => boolean): number => {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let y = 0, i = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        const distance = (y - middleY) ** 2 + (x - middleX) ** 2;
        if (distance < least && may(i)) [best, least] = [i, distance];
      }
    return best;
  };
  let at = nearest((i) => data[i] === 0);
  if (at < 0) {
    const areas = new Map<number, number>();
    for (const value of data) areas.set(value, (areas.get(value) ?? 0) + 1);
    at = nearest((i) => (areas.get(data[i]) as number) > 1);
  }
  if (at >= 0) data[at] = label;
}

/**
 * A cell between the last time it was seen and the next, in the frames between: the nearer of the two shapes, on the
 * straight way from one centroid to the other. In the order of the frames.
 */
export function fillGap(
  label: number,
  last: { readonly frame: number; readonly cells: FrameCells; readonly cell: number },
  next: { readonly frame: number; readonly cells: FrameCells; readonly cell: number },
): Filling[] {
  const frames = next.frame - last.frame;
  const fillings: Filling[] = [];
  for (let k = 1; k < frames; k++) {
    const part = k / frames;
    const { cells, cell } = part <= 0.5 ? last : next;
    const y = (1 - part) * last.cells.y[last.cell] + part * next.cells.y[next.cell];
    const x = (1 - part) * last.cells.x[last.cell] + part * next.cells.x[next.cell];
    const dy = Math.round(y - cells.y[cell]);
    fillings.push({ label, cells, cell, dy, dx: Math.round(x - cells.x[cell]) });
  }
  return fillings;
}
