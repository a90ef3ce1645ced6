/**
 * Labels on their way to a caller: as an array of the numbers it can take, as polygons, as a table.
 *
 * @module
 */
import {
  type Column,
  type Image,
  type Labels,
  labelPlanes,
  narrowLabels,
  outlinePolygons,
  type Ring,
  type Table,
} from "@cellwright/core";
import { Fault } from "./fault.js";
import { type NdArray, type Wire, writeNdArray } from "./wire.js";

/**
 * Numbers of labels. `auto`: uint16, or uint32 where a label is above 65535. ImageJ.JS shows uint16 and float32 alone.
 */
export type LabelsAs = "auto" | "uint16" | "uint32" | "int32" | "float32";

/** All of them. */
export const LABELS_AS: readonly LabelsAs[] = ["auto", "uint16", "uint32", "int32", "float32"];

/** Cells by their outlines, as Kaibu's shapes. */
export interface Outlines {
  /** Closed lines along the sides of pixels, `[x, y]` each, pixel 0 from 0 to 1; the first corner is not repeated. */
  readonly polygons: readonly (readonly (readonly [number, number])[])[];
  /** The label of each polygon; several have the same where a cell is torn. */
  readonly polygon_labels: readonly number[];
  /** The frame of each polygon, where there are several planes, counted from z to z within a frame. */
  readonly polygon_planes?: readonly number[];
}

/** Labels as an array on the wire. Throws {@link Fault} where the type that was asked for cannot hold them. */
export function writeLabels(
  labels: Image<Uint32Array>,
  as: LabelsAs,
  shape: readonly number[],
  wire: Wire,
): NdArray {
  return writeNdArray(numbersAs(labels, as), shape, wire);
}

function numbersAs(labels: Image<Uint32Array>, as: LabelsAs): Image["data"] {
  if (as === "uint32") return labels.data;
  const narrow = narrowLabels(labels).data;
  if (as === "auto") return narrow;
  if (as === "int32") return Int32Array.from(checked(labels.data, 2 ** 31 - 1, as));
  if (as === "float32") return Float32Array.from(checked(labels.data, 2 ** 24, as));
  if (narrow instanceof Uint16Array) return narrow;
  throw tooLarge("65535", as);
}

function checked(data: Uint32Array, most: number, as: string): Uint32Array {
  if (data.some((label) => label > most)) throw tooLarge(`${most}`, as);
  return data;
}

function tooLarge(most: string, as: string): Fault {
  return new Fault(
    "unsupported",
    `${as} holds labels up to ${most}, here are larger ones: ask for uint32`,
  );
}

/** The outer outlines of all cells; holes are left out, as shapes have none. */
export function outlinesOf(labels: Image<Uint32Array>): Outlines {
  const planes = labelPlanes(labels);
  const found = planes.flatMap(({ labels: plane }, n) =>
    outlinePolygons(plane).flatMap(({ label, parts }) =>
      parts.map(({ outer }) => ({ n, label, points: pointsOf(outer) })),
    ),
  );
  return {
    polygons: found.map(({ points }) => points),
    polygon_labels: found.map(({ label }) => label),
    ...(planes.length > 1 && { polygon_planes: found.map(({ n }) => n) }),
  };
}

function pointsOf(ring: Ring): [number, number][] {
  return Array.from({ length: ring.length / 2 }, (_, i) => [ring[2 * i + 1], ring[2 * i]]);
}

/** A table as lists of numbers and words by the names of their columns: `pandas.DataFrame(table)` takes it as it is. */
export function writeColumns(table: Table<Column>): Record<string, (number | string)[]> {
  return Object.fromEntries(
    Object.entries(table).map(([name, column]) => [
      name,
      Array.from(column as ArrayLike<number | string>),
    ]),
  );
}

/** How many different labels there are, in all planes together where numbers go on, else in each. */
export function countCells(planes: readonly Labels[]): number {
  let cells = 0;
  for (const { data } of planes) {
    const seen = new Set<number>();
    let last = 0;
    for (let i = 0; i < data.length; i++)
      if (data[i] !== last) {
        last = data[i];
        if (last !== 0) seen.add(last);
      }
    cells += seen.size;
  }
  return cells;
}
