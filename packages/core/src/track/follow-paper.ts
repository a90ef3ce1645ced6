/**
 * Takes the tracks one frame on as the paper does. Both daughters get numbers of their own, as in all tracked movies;
 * the paper lets one keep its mother's.
 *
 * @module
 */
import type { End } from "./ends.js";
import type { Links } from "./follow.js";
import type { FrameCells } from "./frame-cells.js";
import { linkPaper } from "./paper.js";

/** Links one frame. All ends must have been seen in the frame before. Centroids are moved by `shift` before. */
export function followPaper(
  ends: readonly End[],
  cells: FrameCells,
  shift: { readonly y: number; readonly x: number },
): Links {
  const cellOf = new Int32Array(ends.length).fill(-1);
  const divisions: { end: number; daughters: [number, number] }[] = [];
  if (ends.length === 0) return { cells, cellOf, divisions };
  const before = ends[0].cells;
  const endOf = new Int32Array(before.count);
  for (const [i, { cell }] of ends.entries()) endOf[cell] = i;
  const { same, mother } = linkPaper(before, movedBack(cells, shift));
  for (let j = 0; j < cells.count; j++) if (same[j] >= 0) cellOf[endOf[same[j]]] = j;
  for (let j = 0; j < cells.count; j++) {
    if (mother[j] < 0) continue;
    const end = endOf[mother[j]];
    divisions.push({ end, daughters: [cellOf[end], j] });
  }
  return { cells, cellOf, divisions };
}

/** The cells where they would be had the stage not moved. Cells that leave the frame by that are cut at its border. */
function movedBack(
  cells: FrameCells,
  shift: { readonly y: number; readonly x: number },
): FrameCells {
  const [dy, dx] = [Math.round(shift.y), Math.round(shift.x)];
  if (dy === 0 && dx === 0) return cells;
  const { height } = cells;
  const rowStart = new Uint32Array(height + 1);
  for (let y = 0; y <= height; y++)
    rowStart[y] = cells.rowStart[Math.min(height, Math.max(0, y + dy))];
  return {
    ...cells,
    rowStart,
    row: cells.row.map((y) => y - dy),
    start: cells.start.map((x) => x - dx),
    end: cells.end.map((x) => x - dx),
    y: cells.y.map((y) => y - dy),
    x: cells.x.map((x) => x - dx),
  };
}
