/**
 * Tracks as a graph of cells: what other programs store. A link goes from a cell to the same cell in a later frame, or
 * from the last of a mother to the first of a daughter.
 * In: tracked cells ↔ cells and links.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Track } from "../track/lineage.js";
import { checkTrackedCells, type TrackedCells } from "./tracked-cells.js";

/** Links between rows: `from[i]` is the earlier cell. */
export interface CellLinks {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** Cells and links as they come from a file, in any order. */
export interface CellGraph extends CellLinks {
  readonly frame: Uint32Array;
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** The number that each cell's track would like to have; 0 or absent for any. */
  readonly label?: Uint32Array;
}

/** Tracked cells that were made from a graph. */
export interface GraphCells extends TrackedCells {
  /** Cells into which several others merge. A track has one parent at most, so theirs begin without. */
  readonly merges: number;
  /** Micrometres a pixel for y and x, seconds a frame for t, where the file tells them. */
  readonly spacing?: Readonly<Record<string, number>>;
}

/** The links of tracked cells, in the order of the later cell. */
export function linksOf(cells: TrackedCells): CellLinks {
  const parents = new Map(cells.tracks.map(({ label, parent }) => [label, parent]));
  const latest = new Map<number, number>();
  const from: number[] = [];
  const to: number[] = [];
  for (let row = 0; row < cells.track.length; row++) {
    const label = cells.track[row];
    const before = latest.get(label) ?? latest.get(parents.get(label) ?? 0);
    if (before !== undefined) {
      from.push(before);
      to.push(row);
    }
    latest.set(label, row);
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to) };
}

/** The first mother of each track's family, by the track's label; of a track without parent it is itself. */
export function lineagesOf(tracks: readonly Track[]): Map<number, number> {
  const founders = new Map<number, number>();
  for (const { label, parent } of [...tracks].sort((a, b) => a.begin - b.begin))
    founders.set(label, founders.get(parent) ?? label);
  return founders;
}

/**
 * Tracks from links. A track goes on where a cell has one link to the next frame, its target has no other, and both ask
 * for one label; every other link makes a daughter: at divisions, over missed frames, where labels change.
 * A track has the label that its first cell asks for, if that is free; others get the numbers after the largest.
 * Throws {@link FormatError} for links within a frame or to cells that are not there.
 */
export function cellsFromGraph(graph: CellGraph): GraphCells {
  const { frame, label } = graph;
  const links = forward(graph);
  const count = frame.length;
  const outs = new Uint32Array(count);
  const ins = new Uint32Array(count);
  const before = new Int32Array(count).fill(-1);
  for (const [a, b] of links) {
    outs[a]++;
    ins[b]++;
    before[b] = a;
  }
  const order = Array.from(frame.keys()).sort(
    (a, b) => frame[a] - frame[b] || (label ? label[a] - label[b] : 0) || a - b,
  );
  const goesOn = (row: number): boolean => {
    const from = before[row];
    if (ins[row] !== 1 || outs[from] !== 1 || frame[row] !== frame[from] + 1) return false;
    return !label || label[row] === label[from];
  };
  const number = numbering(label);
  const track = new Uint32Array(count);
  const tracks: { label: number; begin: number; end: number; parent: number }[] = [];
  const byLabel = new Map<number, { end: number }>();
  let merges = 0;
  for (const row of order) {
    if (ins[row] > 1) merges++;
    if (goesOn(row)) {
      track[row] = track[before[row]];
      (byLabel.get(track[row]) as { end: number }).end = frame[row];
      continue;
    }
    track[row] = number(row);
    const parent = ins[row] === 1 ? track[before[row]] : 0;
    const fresh = { label: track[row], begin: frame[row], end: frame[row], parent };
    tracks.push(fresh);
    byLabel.set(fresh.label, fresh);
  }
  return { ...sorted(graph, track, tracks), merges };
}

/** The links once each, from the earlier cell to the later. */
function forward({ from, to, frame }: CellGraph): [number, number][] {
  const seen = new Set<number>();
  const links: [number, number][] = [];
  for (let i = 0; i < from.length; i++) {
    const [a, b] = frame[from[i]] <= frame[to[i]] ? [from[i], to[i]] : [to[i], from[i]];
    if (a >= frame.length || b >= frame.length || from.length !== to.length)
      throw new FormatError(`has a link to a cell that is not there: ${from[i]} to ${to[i]}`);
    if (frame[a] === frame[b])
      throw new FormatError(
        `has a link within frame ${frame[a]}; links must lead to a later frame`,
      );
    const key = a * frame.length + b;
    if (seen.has(key)) continue;
    seen.add(key);
    links.push([a, b]);
  }
  return links;
}

/** Gives each new track the label its first cell asks for, where no other has it. */
function numbering(label: Uint32Array | undefined): (row: number) => number {
  const taken = new Set<number>();
  let largest = 0;
  for (const each of label ?? []) largest = Math.max(largest, each);
  return (row) => {
    const wanted = label?.[row] ?? 0;
    if (wanted === 0 || taken.has(wanted)) return ++largest;
    taken.add(wanted);
    return wanted;
  };
}

function sorted(graph: CellGraph, track: Uint32Array, tracks: Track[]): TrackedCells {
  const { frame } = graph;
  const order = Uint32Array.from(frame.keys()).sort(
    (a, b) => frame[a] - frame[b] || track[a] - track[b],
  );
  const columns = Object.entries(graph.columns).map(([name, column]) => [
    name,
    Float64Array.from(order, (row) => column[row]),
  ]);
  const cells: TrackedCells = {
    tracks: tracks.sort((a, b) => a.label - b.label),
    track: Uint32Array.from(order, (row) => track[row]),
    frame: Uint32Array.from(order, (row) => frame[row]),
    y: Float64Array.from(order, (row) => graph.y[row]),
    x: Float64Array.from(order, (row) => graph.x[row]),
    columns: Object.fromEntries(columns),
  };
  checkTrackedCells(cells);
  return cells;
}
