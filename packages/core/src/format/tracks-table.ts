/**
 * Tracked cells as a table: the columns that napari's tracks layer takes (`track_id`, `t`, `y`, `x`), then the parent, the
 * label and all other numbers. CSV by `table`.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { readTable, type Table, writeTable } from "../table.js";
import { cellsFromGraph, type GraphCells } from "./cell-graph.js";
import { checkTrackedCells, type TrackedCells, takenNames } from "./tracked-cells.js";

/** What other programs call the columns, after ours. */
const names = {
  track: ["track_id", "track id", "track", "trackid", "id"],
  frame: ["t", "frame", "time"],
  y: ["y", "centroid-0"],
  x: ["x", "centroid-1"],
  parent: ["parent", "parent_id", "parent id"],
} as const;

/**
 * A row a cell and frame, by track, then by frame, as napari wants them: `track_id`, `t` (frame), `y`, `x` (pixels),
 * `parent` (0 for none), `label` (in the masks; the track's own number), then the other columns.
 */
export function tracksTable(cells: TrackedCells): Table {
  checkTrackedCells(cells);
  const { track, frame } = cells;
  const parents = new Map(cells.tracks.map(({ label, parent }) => [label, parent]));
  const order = Uint32Array.from(track.keys()).sort(
    (a, b) => track[a] - track[b] || frame[a] - frame[b],
  );
  const column = (value: (row: number) => number) => Float64Array.from(order, value);
  const others = Object.entries(cells.columns);
  return {
    track_id: column((row) => track[row]),
    t: column((row) => frame[row]),
    y: column((row) => cells.y[row]),
    x: column((row) => cells.x[row]),
    parent: column((row) => parents.get(track[row]) as number),
    label: column((row) => track[row]),
    ...Object.fromEntries(others.map(([name, values]) => [name, column((row) => values[row])])),
  };
}

/** {@link tracksTable} as comma-separated values. */
export function writeTracksTable(cells: TrackedCells): string {
  return writeTable(tracksTable(cells));
}

/**
 * Reads a table of tracks, the rows in any order. Columns go by our names or `track id`, `frame`, `centroid-0`, …; `parent`
 * may be missing. A track that misses frames goes on as a daughter with a new number, because ours have no holes.
 * Throws {@link FormatError} where a column is missing, a track, frame or parent is not a whole number, a cell is there
 * twice, or a track has several parents or one that is not there.
 */
export function readTracksTable(text: string): GraphCells {
  const table = readTable(text);
  const lower = new Map(Object.keys(table).map((name) => [name.toLowerCase().trim(), name]));
  const find = (key: keyof typeof names): Float64Array | undefined => {
    const name = names[key].find((each) => lower.has(each));
    return name === undefined ? undefined : table[lower.get(name) as string];
  };
  const must = (key: keyof typeof names): Float64Array => {
    const column = find(key);
    if (!column)
      throw new FormatError(
        `must have the column ${names[key][0]}; has ${[...lower.values()].join(", ").slice(0, 200) || "none"}`,
      );
    return column;
  };
  const [track, frame, y, x] = [must("track"), must("frame"), must("y"), must("x")];
  checkWhole(track, "track_id", 1);
  checkWhole(frame, "t", 0);
  for (const [name, column] of Object.entries({ y, x }))
    for (const value of column)
      if (!Number.isFinite(value)) throw new FormatError(`${name} must be numbers, has ${value}`);
  const parents = parentsOf(track, find("parent"));
  const known: readonly string[] = [...Object.values(names).flat(), ...takenNames];
  const columns = Object.entries(table).filter(
    ([name]) => !known.includes(name.toLowerCase().trim()),
  );
  return cellsFromGraph({
    ...linksOfRows(track, frame, parents),
    frame: Uint32Array.from(frame),
    y,
    x,
    columns: Object.fromEntries(columns),
    label: Uint32Array.from(track),
  });
}

function checkWhole(column: Float64Array, name: string, least: number): void {
  for (const [row, value] of column.entries())
    if (!Number.isInteger(value) || value < least || value > 0xffffffff)
      throw new FormatError(
        `${name} must be whole numbers from ${least}, is ${value} in row ${row + 1}`,
      );
}

function parentsOf(track: Float64Array, column: Float64Array | undefined): Map<number, number> {
  const parents = new Map<number, number>();
  for (const [row, label] of track.entries()) {
    const value = column?.[row] ?? 0;
    // An empty field and -1 are other programs' words for none.
    const parent = Number.isNaN(value) || value < 0 || value === label ? 0 : value;
    const other = parents.get(label);
    if (other !== undefined && other !== parent)
      throw new FormatError(`track ${label} must have one parent, has ${other} and ${parent}`);
    parents.set(label, parent);
  }
  for (const [label, parent] of parents)
    if (parent !== 0 && !parents.has(parent))
      throw new FormatError(`track ${label} has the parent ${parent}, which is not there`);
  return parents;
}

function linksOfRows(
  track: Float64Array,
  frame: Float64Array,
  parents: ReadonlyMap<number, number>,
): { from: Uint32Array; to: Uint32Array } {
  const byTrack = new Map<number, number[]>();
  for (const row of Array.from(track.keys()).sort((a, b) => frame[a] - frame[b])) {
    const rows = byTrack.get(track[row]);
    if (rows) rows.push(row);
    else byTrack.set(track[row], [row]);
  }
  const from: number[] = [];
  const to: number[] = [];
  for (const [label, rows] of byTrack) {
    const mother = byTrack.get(parents.get(label) ?? 0);
    if (mother) {
      const last = mother[mother.length - 1];
      if (frame[last] >= frame[rows[0]])
        throw new FormatError(
          `track ${label} must begin after its parent ${parents.get(label)} ends (${frame[last]}), begins at ${frame[rows[0]]}`,
        );
      from.push(last);
      to.push(rows[0]);
    }
    for (let i = 1; i < rows.length; i++) {
      if (frame[rows[i]] === frame[rows[i - 1]])
        throw new FormatError(`track ${label} is in frame ${frame[rows[i]]} twice`);
      from.push(rows[i - 1]);
      to.push(rows[i]);
    }
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to) };
}
