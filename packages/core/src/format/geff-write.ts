/**
 * Tracked cells as a GEFF, the graph exchange file format of the live image tracking tools: a Zarr group with the cells as
 * nodes and the links between them as edges.
 * Specification: github.com/live-image-tracking-tools/geff, version 1.2.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { daughtersOf } from "../track/lineage.js";
import { lineagesOf, linksOf } from "./cell-graph.js";
import { arrayFiles, groupFiles } from "./geff-zarr.js";
import { checkTrackedCells, type TrackedCells } from "./tracked-cells.js";

/** What a GEFF can say of the movie. */
export interface GeffOptions {
  /** Micrometres a pixel; said as the scale of the axes, positions stay in pixels. */
  readonly pixelSize?: number;
  /** Seconds from frame to frame, said likewise. */
  readonly interval?: number;
}

/** Properties of ours that are no columns. */
export const ownProperties: readonly string[] = ["track_id", "lineage_id", "seg_id"];

/**
 * The files of a GEFF, by their path from the group: Zarr version 2, not compressed. A cell is a node (its id is the row)
 * with `t`, `y`, `x`, `track_id`, `lineage_id` (the track of the first mother), `seg_id` (its label in the masks; the
 * track's) and its other columns, where NaN is told as missing.
 */
export function writeGeff(cells: TrackedCells, options: GeffOptions = {}): Map<string, Uint8Array> {
  checkTrackedCells(cells);
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && !(value > 0 && Number.isFinite(value)))
      throw new ShapeError(name, "above 0", `${value}`);
  for (const name of Object.keys(cells.columns))
    if (!isName(name) || ownProperties.includes(name))
      throw new ShapeError("column name", "one that a GEFF can have", `"${name}"`);
  const { track, frame, y, x } = cells;
  const links = linksOf(cells);
  const founders = lineagesOf(cells.tracks);
  const ids = { data: BigUint64Array.from(track, (_, row) => BigInt(row)), shape: [track.length] };
  const edges = new BigUint64Array(2 * links.from.length);
  for (let i = 0; i < links.from.length; i++) {
    edges[2 * i] = BigInt(links.from[i]);
    edges[2 * i + 1] = BigInt(links.to[i]);
  }
  const lineage = Uint32Array.from(track, (label) => founders.get(label) as number);
  const whole = { t: frame, track_id: track, lineage_id: lineage, seg_id: track };
  return new Map([
    ...groupFiles("", { geff: metadata(cells, options) }),
    ...groupFiles("nodes"),
    ...arrayFiles("nodes/ids", "uint64", ids),
    ...groupFiles("nodes/props"),
    ...Object.entries(whole).flatMap(([name, data]) => [
      ...groupFiles(`nodes/props/${name}`),
      ...arrayFiles(`nodes/props/${name}/values`, "uint32", { data, shape: [data.length] }),
    ]),
    ...Object.entries({ y, x, ...cells.columns }).flatMap(([name, data]) =>
      columnFiles(name, data),
    ),
    ...groupFiles("edges"),
    ...arrayFiles("edges/ids", "uint64", { data: edges, shape: [links.from.length, 2] }),
  ]);
}

/** Whether a property can have this name, which is a folder too. */
export function isName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

function metadata(
  cells: TrackedCells,
  { pixelSize, interval }: GeffOptions,
): Record<string, unknown> {
  const axis = (name: "t" | "y" | "x", values: ArrayLike<number>, scale?: number) => ({
    name,
    ...(name === "t" ? { type: "time", unit: "frame" } : { type: "space", unit: "pixel" }),
    ...(values.length > 0 && rangeOf(values)),
    ...(scale !== undefined && { scale, scaled_unit: name === "t" ? "second" : "micrometer" }),
  });
  const property = (identifier: string, dtype: string) => [
    identifier,
    { identifier, dtype, varlength: false },
  ];
  const { frame, y, x } = cells;
  // A tracklet must not go on as a lone daughter: where cells were lost from sight for some frames ours do.
  const maximal = [...daughtersOf(cells.tracks).values()].every(({ length }) => length > 1);
  return {
    geff_version: "1.2",
    directed: true,
    axes: [axis("t", frame, interval), axis("y", y, pixelSize), axis("x", x, pixelSize)],
    node_props_metadata: Object.fromEntries([
      ...["t", ...ownProperties].map((name) => property(name, "uint32")),
      ...["y", "x", ...Object.keys(cells.columns)].map((name) => property(name, "float64")),
    ]),
    edge_props_metadata: {},
    track_node_props: { lineage: "lineage_id", ...(maximal && { tracklet: "track_id" }) },
    display_hints: { display_horizontal: "x", display_vertical: "y", display_time: "t" },
  };
}

function columnFiles(name: string, values: Float64Array): [string, Uint8Array][] {
  const path = `nodes/props/${name}`;
  const missing = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 1 : 0));
  const data = values.map((value) => (Number.isNaN(value) ? 0 : value));
  const shape = [values.length];
  return [
    ...groupFiles(path),
    ...arrayFiles(`${path}/values`, "float64", { data, shape }),
    ...(missing.includes(1) ? arrayFiles(`${path}/missing`, "bool", { data: missing, shape }) : []),
  ];
}

function rangeOf(values: ArrayLike<number>): { min: number; max: number } {
  const range = { min: values[0], max: values[0] };
  for (const value of Array.from(values)) {
    range.min = Math.min(range.min, value);
    range.max = Math.max(range.max, value);
  }
  return range;
}
