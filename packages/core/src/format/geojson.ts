/**
 * Labels as GeoJSON, the way QuPath reads objects: each cell a feature with its outline, measurements and class.
 * Formats: RFC 7946; QuPath's properties since version 0.4.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { type Column, countRows, type Table } from "../table.js";
import type { LabelPlane } from "./label-plane.js";
import { type CellOutline, outlinePolygons, type Polygon, type Ring } from "./polygon.js";

/** What to say of the cells besides their outlines. */
export interface GeoJsonOptions {
  /** What QuPath makes of them; default `"detection"`. */
  readonly objectType?: "detection" | "cell" | "annotation";
  /**
   * Rows of measurements, found by the columns `label` and, where they are there, `t` and `z`. Numbers become measurements
   * under the names of their columns, NaN is left out; the words of the column `type` become classes.
   */
  readonly table?: Table<Column>;
  /** The colour of each class, 0 … 255; without, QuPath chooses. */
  readonly colours?: Readonly<Record<string, readonly [red: number, green: number, blue: number]>>;
}

/**
 * The bytes of a feature collection, a line a feature: one a cell and plane, in the order of the planes and of the labels.
 * Coordinates are x and y in pixels of the image, the upper left corner of the first pixel at 0, 0. A cell of several
 * parts is a `MultiPolygon`, holes are inner rings. The label is the name of the object. On a stack or movie the outline says
 * its plane, as QuPath does (`z` and `t` from 0, all channels).
 */
export function writeGeoJson(
  planes: Iterable<LabelPlane>,
  options: GeoJsonOptions = {},
): Uint8Array {
  const rows = options.table && rowsByCell(options.table);
  const lines: Uint8Array[] = [strToU8('{"type":"FeatureCollection","features":[')];
  for (const plane of planes)
    for (const cell of outlinePolygons(plane.labels)) {
      const properties = propertiesOf(cell, rows?.(cell.label, plane), options);
      const feature = JSON.stringify({
        type: "Feature",
        geometry: geometryOf(cell, plane),
        properties,
      });
      lines.push(strToU8(`${lines.length > 1 ? "," : ""}\n${feature}`));
    }
  lines.push(strToU8("\n]}\n"));
  const bytes = new Uint8Array(lines.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
  }
  return bytes;
}

/** The outline; a ring ends where it begins. */
function geometryOf({ parts }: CellOutline, { t, z }: LabelPlane): object {
  const closed = (ring: Ring): number[][] => {
    const places: number[][] = [];
    for (let i = 0; i < ring.length; i += 2) places.push([ring[i + 1], ring[i]]);
    places.push([ring[1], ring[0]]);
    return places;
  };
  const rings = ({ outer, holes }: Polygon) => [outer, ...holes].map(closed);
  const plane = (t ?? z) === undefined ? {} : { plane: { c: -1, z: z ?? 0, t: t ?? 0 } };
  return parts.length === 1
    ? { type: "Polygon", coordinates: rings(parts[0]), ...plane }
    : { type: "MultiPolygon", coordinates: parts.map(rings), ...plane };
}

function propertiesOf(
  { label }: CellOutline,
  row: Readonly<Record<string, number | string>> | undefined,
  { objectType = "detection", colours }: GeoJsonOptions,
): object {
  const { label: _, t: __, z: ___, type, ...values } = row ?? {};
  const measurements = Object.fromEntries(
    Object.entries(values).filter(([, value]) => Number.isFinite(value)),
  );
  const name = `${type ?? ""}`;
  const colour = colours && Object.hasOwn(colours, name) ? colours[name] : undefined;
  return {
    objectType,
    name: `${label}`,
    ...(name !== "" && { classification: { name, ...(colour && { color: colour }) } }),
    ...(Object.keys(measurements).length > 0 && { measurements }),
  };
}

/** Finds the row of a cell. */
function rowsByCell(
  table: Table<Column>,
): (label: number, plane: LabelPlane) => Readonly<Record<string, number | string>> | undefined {
  const { t, z } = table;
  const names = Object.keys(table);
  const key = (label: unknown, time: unknown, depth: unknown) =>
    `${label} ${t ? (time ?? 0) : 0} ${z ? (depth ?? 0) : 0}`;
  const rows = new Map<string, number>();
  for (let row = 0; row < countRows(table); row++)
    rows.set(key(table.label?.[row], t?.[row], z?.[row]), row);
  return (label, plane) => {
    const row = rows.get(key(label, plane.t, plane.z));
    if (row === undefined) return undefined;
    return Object.fromEntries(names.map((name) => [name, table[name][row]]));
  };
}
