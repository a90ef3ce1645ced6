/**
 * Reads a GEFF: a Zarr group with cells as nodes and links as edges, written by us or another tracking tool.
 * Specification: github.com/live-image-tracking-tools/geff, version 1.2.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { type CellLinks, cellsFromGraph, type GraphCells } from "./cell-graph.js";
import type { ReadOptions } from "./format.js";
import { isName, ownProperties } from "./geff-write.js";
import { readAttributes, readZarrNumbers, type ZarrFiles, type ZarrNumbers } from "./geff-zarr.js";
import { type Step, spacingOf } from "./graph-spacing.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import { takenNames } from "./tracked-cells.js";

/** A Zarr group that is a GEFF, opened by whoever can read it. */
export interface GeffGroup {
  /** The group's attributes, as JSON has them. */
  readonly attributes: unknown;
  /** An array by its path from the group, such as `nodes/ids`; undefined where there is none. */
  readonly array: (path: string) => Promise<ZarrNumbers | undefined>;
}

/** Number types of properties that can be columns. */
const numeric = /^(bool|u?int(8|16|32|64)|float(32|64))$/;

/** A GEFF in memory, such as {@link writeGeff} made, or any that is not compressed. */
export function geffFiles(files: ZarrFiles, options: ReadOptions = {}): GeffGroup {
  return {
    attributes: readAttributes(files, ""),
    array: async (path) => readZarrNumbers(files, path, options),
  };
}

/**
 * The cells of a GEFF. Positions come in the unit of the file, frames must be whole numbers from 0; z is left out. Where
 * the file names tracks (as `tracklet`, or a property `track_id`) they keep their numbers. Properties of one number a
 * node are columns. Throws {@link FormatError} where metadata and arrays contradict each other.
 */
export async function readGeff(group: GeffGroup): Promise<GraphCells> {
  const geff = fieldsOf(fieldsOf(group.attributes).geff);
  if (typeof geff.geff_version !== "string" && typeof geff.version !== "string")
    throw new FormatError(
      "must be a GEFF: a Zarr group whose attributes have geff and geff_version",
    );
  if (geff.directed === false)
    throw new FormatError("must be a directed graph, from early to late");
  const { links, count } = await linksIn(group);
  const axes = axesOf(geff);
  const property = (name: string) => propertyOf(group, name, count);
  const place = async (name: string): Promise<Float64Array> => {
    const values = await property(name);
    if (!values?.every(Number.isFinite))
      throw new FormatError(`every node must have a number as ${name}`);
    return values;
  };
  const [t, y, x] = [await place(axes.t), await place(axes.y), await place(axes.x)];
  for (const frame of t)
    if (!Number.isInteger(frame) || frame < 0 || frame > 0x7fffffff)
      throw new FormatError(`${axes.t} must be frames, whole numbers from 0, has ${frame}`);
  const names = propertyNames(geff);
  const trackName = `${fieldsOf(geff.track_node_props).tracklet ?? "track_id"}`;
  const label = names.has(trackName) ? labelsOf(await property(trackName)) : undefined;
  const others = [...Object.values(axes), ...ownProperties, trackName, ...takenNames];
  const columns: [string, Float64Array][] = [];
  for (const name of names) {
    const values = others.includes(name) ? undefined : await property(name);
    if (values) columns.push([name, values]);
  }
  const cells = cellsFromGraph({
    ...{ frame: Uint32Array.from(t), y, x, ...links },
    columns: Object.fromEntries(columns),
    ...(label && { label }),
  });
  const step = (name: string) => stepOf(geff, name);
  return { ...cells, ...spacingOf({ t: step(axes.t), y: step(axes.y), x: step(axes.x) }) };
}

/** The edges as rows of nodes, and how many nodes there are. */
async function linksIn(group: GeffGroup): Promise<{ links: CellLinks; count: number }> {
  const ids = await mustHave(group, "nodes/ids");
  const edges = await mustHave(group, "edges/ids");
  if (ids.shape.length !== 1)
    throw new FormatError(`nodes/ids must have one axis, has ${ids.shape.length}`);
  if (edges.shape.length !== 2 || edges.shape[1] !== 2)
    throw new FormatError(`edges/ids must have the shape [edges,2], has [${edges.shape}]`);
  const nodes = Array.from(ids.data as ArrayLike<number | bigint>, exact);
  const rows = new Map(nodes.map((id, row) => [id, row]));
  if (rows.size !== nodes.length)
    throw new FormatError("nodes/ids must be different, one is there twice");
  const ends = Uint32Array.from(edges.data as ArrayLike<number>, (id: number | bigint) => {
    const row = rows.get(exact(id));
    if (row === undefined)
      throw new FormatError(`edges/ids names the node ${id}, which is not there`);
    return row;
  });
  const links = {
    from: ends.filter((_, i) => i % 2 === 0),
    to: ends.filter((_, i) => i % 2 === 1),
  };
  return { links, count: nodes.length };
}

/** A property of one number a node, NaN where a node has none; undefined where there is no such property. */
async function propertyOf(
  group: GeffGroup,
  name: string,
  count: number,
): Promise<Float64Array | undefined> {
  if (!isName(name))
    throw new FormatError(`has a property "${name.slice(0, 40)}", which cannot be a name`);
  const values = await group.array(`nodes/props/${name}/values`);
  if (values?.shape.length !== 1) return undefined;
  const missing = await group.array(`nodes/props/${name}/missing`);
  for (const { shape } of missing ? [values, missing] : [values])
    if (shape.length !== 1 || shape[0] !== count)
      throw new FormatError(
        `property ${name} must have ${count} values, one a node, has [${shape}]`,
      );
  return Float64Array.from(values.data as ArrayLike<number>, (value, row) =>
    missing && Number(missing.data[row]) !== 0 ? Number.NaN : Number(value),
  );
}

async function mustHave(group: GeffGroup, path: string): Promise<ZarrNumbers> {
  const array = await group.array(path);
  if (!array) throw new FormatError(`must have the array ${path}`);
  return array;
}

/** The names of time, y and x: by the axes' types, else by their usual names. */
function axesOf(geff: Fields): { t: string; y: string; x: string } {
  const axes = Array.isArray(geff.axes) ? geff.axes.map(fieldsOf) : [];
  const names = (type: string) =>
    axes.filter((axis) => axis.type === type).map(({ name }) => `${name}`);
  const [time, space] = [names("time"), names("space")];
  const plane = space.length >= 2 ? space.slice(-2) : ["y", "x"];
  // Some writers list x before y.
  const [y, x] =
    plane.join() === "x,y" ? ["y", "x"] : space.join() === "x,y,z" ? ["y", "x"] : plane;
  return { t: time[0] ?? "t", y, x };
}

/** What one is along an axis whose positions have a scale. */
function stepOf(geff: Fields, name: string): Step {
  const axes = Array.isArray(geff.axes) ? geff.axes.map(fieldsOf) : [];
  const axis = fieldsOf(axes.find((each) => each.name === name));
  return { value: Number(axis.scale ?? Number.NaN), unit: `${axis.scaled_unit}` };
}

/** Properties that can be columns. */
function propertyNames(geff: Fields): Set<string> {
  const names = Object.entries(fieldsOf(geff.node_props_metadata))
    .filter(([, value]) => {
      const { dtype, varlength } = fieldsOf(value);
      return varlength !== true && numeric.test(`${dtype}`);
    })
    .map(([name]) => name);
  return new Set(names);
}

function labelsOf(values: Float64Array | undefined): Uint32Array | undefined {
  const sound = values?.every((n) => Number.isInteger(n) && n >= 0 && n <= 0xfffffff0);
  return values && sound ? Uint32Array.from(values) : undefined;
}

/** Ids as they are, also beyond what a float64 holds. */
function exact(id: number | bigint): number | bigint {
  return typeof id === "bigint" && id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : id;
}
