/**
 * The cells of a tracked movie as numbers: what tables and the files of other programs hold instead of pixels.
 * In: tracked frames. Out: columns, a row a cell and frame.
 *
 * @module
 */
import { FormatError, ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import { checkTracks, type Track } from "../track/lineage.js";

/** Cells of a tracked movie: columns of one length, a row a cell and frame, by frame, then by track. */
export interface TrackedCells {
  readonly tracks: readonly Track[];
  /** The label of the cell's track. */
  readonly track: Uint32Array;
  /** From 0. */
  readonly frame: Uint32Array;
  /** The cell's centre in pixels: 0 is the middle of the first one. */
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** Other numbers by name, such as `area`; NaN where a cell has none. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** Names that other columns cannot have, because every file has columns or attributes of these. */
export const takenNames: readonly string[] = [
  ...["track", "track_id", "frame", "t", "z", "y", "x", "parent", "label", "id", "name"],
];

/** Gathers the cells of a movie, a frame at a time. */
export interface CellCollector {
  /** The next frame: labels `[y, x]`, whose pixels have the labels of their tracks. */
  readonly add: (labels: Labels) => void;
  /** All cells, with their `area` in pixels. Throws what {@link checkTrackedCells} throws. */
  readonly finish: (tracks: readonly Track[]) => TrackedCells;
}

/** The cells of tracked frames, with their `area` in pixels. */
export function trackedCells(frames: Iterable<Labels>, tracks: readonly Track[]): TrackedCells {
  const collector = collectCells();
  for (const frame of frames) collector.add(frame);
  return collector.finish(tracks);
}

/** Starts to gather cells; it keeps no frame. */
export function collectCells(): CellCollector {
  const rows: { track: number; frame: number; area: number; y: number; x: number }[] = [];
  let frame = 0;
  return {
    add: (labels) => {
      const sums = new Map<number, { area: number; y: number; x: number }>();
      const width = labels.shape[1];
      for (let i = 0; i < labels.data.length; ) {
        const label = labels.data[i];
        const [y, start] = [Math.floor(i / width), i++];
        while (i < (y + 1) * width && labels.data[i] === label) i++;
        if (label === 0) continue;
        const sum = sums.get(label) ?? { area: 0, y: 0, x: 0 };
        const count = i - start;
        sum.area += count;
        sum.y += y * count;
        sum.x += (start - y * width + (count - 1) / 2) * count;
        sums.set(label, sum);
      }
      for (const [track, { area, y, x }] of [...sums].sort(([a], [b]) => a - b))
        rows.push({ track, frame, area, y: y / area, x: x / area });
      frame++;
    },
    finish: (tracks) => {
      const cells: TrackedCells = {
        tracks,
        track: Uint32Array.from(rows, (row) => row.track),
        frame: Uint32Array.from(rows, (row) => row.frame),
        y: Float64Array.from(rows, (row) => row.y),
        x: Float64Array.from(rows, (row) => row.x),
        columns: { area: Float64Array.from(rows, (row) => row.area) },
      };
      checkTrackedCells(cells);
      return cells;
    },
  };
}

/**
 * Throws {@link ShapeError} where columns differ in length or have a taken name, {@link FormatError} where the tracks are
 * not sound or the rows are not theirs: each track in each of its frames once, by frame, then by track.
 */
export function checkTrackedCells(cells: TrackedCells): void {
  const { tracks, track, frame, columns } = cells;
  checkTracks(tracks);
  for (const [name, column] of Object.entries({ ...columns, frame, y: cells.y, x: cells.x }))
    if (column.length !== track.length)
      throw new ShapeError(`column ${name}`, `${track.length} rows`, `${column.length}`);
  for (const name of Object.keys(columns))
    if (name === "" || takenNames.includes(name))
      throw new ShapeError("column name", `none of ${takenNames.join(", ")}`, `"${name}"`);
  const known = new Map(tracks.map((each) => [each.label, each]));
  for (let row = 0; row < track.length; row++) {
    const own = known.get(track[row]);
    if (!own)
      throw new FormatError(
        `a cell of frame ${frame[row]} has track ${track[row]}, which is not there`,
      );
    if (frame[row] < own.begin || frame[row] > own.end)
      throw new FormatError(
        `track ${own.label} must be in frames ${own.begin} to ${own.end} only, is in frame ${frame[row]}`,
      );
    const rising =
      row === 0 ||
      frame[row] > frame[row - 1] ||
      (frame[row] === frame[row - 1] && track[row] > track[row - 1]);
    if (!rising)
      throw new FormatError(
        `cells must be in order of frame and track, each once: track ${track[row]} in frame ${frame[row]} is not`,
      );
  }
  // Rows are different and within their tracks, so that numbers agree only where none is missing.
  const expected = tracks.reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
  if (expected !== track.length)
    throw new FormatError(
      `the tracks must have ${expected} cells, one in each of their frames; there are ${track.length}`,
    );
}
