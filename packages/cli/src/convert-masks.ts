/**
 * Cells of which only the place is known, and the labels of a movie: which label is which cell.
 *
 * @module
 */
import { FormatError, type Labels, type TrackedCells, trackedCells } from "@cellwright/core";

/** A cell's label has its centre this near, in pixels: where numbers were rounded, hardly more. */
const same = 0.5;

/** The labels of a movie, frame by frame, under the numbers of tracks. */
export interface MaskMatcher {
  /**
   * The next frame with the numbers of the tracks. A cell is the label whose centre lies at its place, else the one that
   * the place lies in. Throws {@link FormatError} where there is none, or two cells are one label. Labels that are no
   * tracked cell are left out.
   */
  readonly take: (labels: Labels) => Labels;
  /** How many labels were left out. Throws {@link FormatError} where the tracks go on after the last frame. */
  readonly finish: () => number;
}

/** Begins at the first frame. */
export function matchMasks(cells: TrackedCells): MaskMatcher {
  let frame = 0;
  let row = 0;
  let left = 0;
  return {
    take(labels) {
      const own = ownLabels(labels);
      const tracks = new Map<number, number>();
      for (; row < cells.track.length && cells.frame[row] === frame; row++) {
        const [track, y, x] = [cells.track[row], cells.y[row], cells.x[row]];
        const label = own.centredAt(y, x) ?? own.labelAt(y, x);
        const where = `track ${track} at y ${short(y)}, x ${short(x)} of frame ${frame}`;
        if (label === undefined)
          throw new FormatError(`${where} must lie in a labelled cell, there is background`);
        const other = tracks.get(label);
        if (other !== undefined)
          throw new FormatError(`${where} lies in one cell with track ${other} (label ${label})`);
        tracks.set(label, track);
      }
      left += own.count - tracks.size;
      frame++;
      return { ...labels, data: labels.data.map((label) => tracks.get(label) ?? 0) };
    },
    finish() {
      if (row < cells.track.length)
        throw new FormatError(
          `the tracks go to frame ${cells.frame[cells.frame.length - 1]}, the labels have ${frame} frames (from 0)`,
        );
      return left;
    },
  };
}

/** The labels of a frame by their places. */
function ownLabels(labels: Labels) {
  const [height, width] = labels.shape;
  const numbers = [...new Set(labels.data)].filter((label) => label > 0);
  const found = trackedCells(
    [labels],
    numbers.map((label) => ({ label, begin: 0, end: 0, parent: 0 })),
  );
  // Centres by the pixel they are in: those near a place are in it or in one beside it.
  const centres = new Map<number, number[]>();
  for (let i = 0; i < found.track.length; i++) {
    const at = Math.round(found.y[i]) * width + Math.round(found.x[i]);
    centres.set(at, [...(centres.get(at) ?? []), i]);
  }
  return {
    count: numbers.length,
    centredAt(y: number, x: number): number | undefined {
      let [best, nearest]: [number | undefined, number] = [undefined, same];
      for (let row = Math.round(y) - 1; row <= Math.round(y) + 1; row++)
        for (let column = Math.round(x) - 1; column <= Math.round(x) + 1; column++)
          for (const i of centres.get(row * width + column) ?? []) {
            const distance = Math.hypot(found.y[i] - y, found.x[i] - x);
            if (distance <= nearest) [best, nearest] = [found.track[i], distance];
          }
      return best;
    },
    labelAt(y: number, x: number): number | undefined {
      const [row, column] = [Math.round(y), Math.round(x)];
      if (row < 0 || row >= height || column < 0 || column >= width) return undefined;
      return labels.data[row * width + column] || undefined;
    },
  };
}

function short(value: number): string {
  return `${Math.round(value * 10) / 10}`;
}
