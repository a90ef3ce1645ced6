/**
 * Cuts cells of a frame along the shapes that tracked cells had before, and joins others.
 *
 * @module
 */
import type { End } from "./ends.js";
import { cellsOfRuns, type FrameCells } from "./frame-cells.js";

/** What to change in a frame. */
export interface Edits {
  /** Cells to cut, each into a part for every end given. */
  readonly cut: readonly { readonly cell: number; readonly ends: readonly number[] }[];
  /** Cells to make one. */
  readonly join: readonly (readonly number[])[];
}

/** Pixels of one cell in its box: 0 outside the cell, 1 in no part yet, 2 … the parts. */
interface Patch {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly part: Uint16Array;
}

/** The frame with these changes, measured anew. Its labels are new ones. A cell that is both cut and joined is only cut. */
export function cutAndJoin(after: FrameCells, ends: readonly End[], edits: Edits): FrameCells {
  const target = Uint32Array.from({ length: after.count }, (_, i) => i);
  const patches = new Map<number, { patch: Patch; first: number }>();
  let top = after.count;
  for (const { cell, ends: parts } of edits.cut) {
    const patch = cutCell(
      after,
      cell,
      parts.map((i) => ends[i]),
    );
    patches.set(cell, { patch, first: top });
    top += parts.length;
  }
  const joined = new Set<number>();
  for (const cells of edits.join) {
    if (cells.some((cell) => joined.has(cell) || patches.has(cell))) continue;
    for (const cell of cells) joined.add(cell);
    for (const cell of cells) target[cell] = cells[0];
  }
  const [start, end, row, cell]: number[][] = [[], [], [], []];
  const rowStart = new Uint32Array(after.height + 1);
  const add = (y: number, from: number, to: number, of: number): void => {
    start.push(from);
    end.push(to);
    row.push(y);
    cell.push(of);
    rowStart[y + 1]++;
  };
  for (let n = 0; n < after.cell.length; n++) {
    const [y, from, to] = [after.row[n], after.start[n], after.end[n]];
    const cut = patches.get(after.cell[n]);
    if (cut) addParts(cut.patch, cut.first, y, from, to, add);
    else add(y, from, to, target[after.cell[n]]);
  }
  for (let y = 0; y < after.height; y++) rowStart[y + 1] += rowStart[y];
  const used = Uint32Array.from(new Set(cell)).sort();
  const place = new Uint32Array(top);
  for (let i = 0; i < used.length; i++) place[used[i]] = i;
  const runs = {
    height: after.height,
    width: after.width,
    rowStart,
    start: Uint32Array.from(start),
    end: Uint32Array.from(end),
    row: Uint32Array.from(row),
    cell: Uint32Array.from(cell, (i) => place[i]),
  };
  return cellsOfRuns(
    runs,
    used.map((_, i) => i + 1),
  );
}

function addParts(
  { top, left, width, part }: Patch,
  first: number,
  y: number,
  from: number,
  to: number,
  add: (y: number, from: number, to: number, of: number) => void,
): void {
  const row = (y - top) * width - left;
  for (let x = from; x < to; ) {
    const value = part[row + x];
    const begin = x++;
    while (x < to && part[row + x] === value) x++;
    add(y, begin, x, first + value - 2);
  }
}

/**
 * Each pixel goes to the end whose shape, moved to where it should be, is nearest along a way within the cell. A shape
 * that misses the cell starts from the cell's pixel nearest to its middle.
 */
function cutCell(after: FrameCells, cell: number, ends: readonly End[]): Patch {
  const [top, left, bottom, right] = after.boxes.subarray(4 * cell, 4 * cell + 4);
  const [height, width] = [bottom - top, right - left];
  const part = new Uint16Array(height * width);
  for (let k = after.runStart[cell]; k < after.runStart[cell + 1]; k++) {
    const n = after.runs[k];
    const row = (after.row[n] - top) * width - left;
    part.fill(1, row + after.start[n], row + after.end[n]);
  }
  const patch = { top, left, height, width, part };
  let queue: number[] = [];
  for (const [p, end] of ends.entries()) seedPart(patch, end, p + 2, queue);
  for (const [p, end] of ends.entries())
    if (!part.includes(p + 2)) seedNearest(patch, end, p + 2, queue);
  while (queue.length > 0) queue = grow(patch, queue);
  // Pieces that no way leads to go with the first part.
  for (let i = 0; i < part.length; i++) if (part[i] === 1) part[i] = 2;
  return patch;
}

function seedPart(patch: Patch, end: End, value: number, queue: number[]): void {
  const { cells, cell, toY, toX } = end;
  const dy = Math.round(toY - cells.y[cell]) - patch.top;
  const dx = Math.round(toX - cells.x[cell]) - patch.left;
  for (let k = cells.runStart[cell]; k < cells.runStart[cell + 1]; k++) {
    const n = cells.runs[k];
    const y = cells.row[n] + dy;
    if (y < 0 || y >= patch.height) continue;
    const stop = Math.min(patch.width, cells.end[n] + dx);
    for (let x = Math.max(0, cells.start[n] + dx); x < stop; x++) {
      const i = y * patch.width + x;
      if (patch.part[i] !== 1) continue;
      patch.part[i] = value;
      queue.push(i);
    }
  }
}

function seedNearest({ top, left, width, part }: Patch, end: End, value: number, queue: number[]) {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < part.length; i++) {
    if (part[i] === 0) continue;
    const y = Math.floor(i / width) + top - end.toY;
    const x = (i % width) + left - end.toX;
    if (y * y + x * x < least) [best, least] = [i, y * y + x * x];
  }
  part[best] = value;
  queue.push(best);
}

/** One step outwards from all parts at once; answers the pixels reached. */
function grow({ height, width, part }: Patch, queue: readonly number[]): number[] {
  const next: number[] = [];
  const reach = (j: number, value: number): void => {
    if (part[j] !== 1) return;
    part[j] = value;
    next.push(j);
  };
  for (const i of queue) {
    const x = i % width;
    if (i >= width) reach(i - width, part[i]);
    if (x > 0) reach(i - 1, part[i]);
    if (x + 1 < width) reach(i + 1, part[i]);
    if (i + width < height * width) reach(i + width, part[i]);
  }
  return next;
}
