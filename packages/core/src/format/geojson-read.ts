/**
 * GeoJSON as QuPath and {@link writeGeoJson} write it → the outlines of cells. Format: RFC 7946, in pixels.
 *
 * @module
 */
import type { OutlinedCell } from "../annotation/outlined-cells.js";
import { FormatError, UnsupportedError } from "../errors.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import { parseJson } from "./json-text.js";

/** Whether parsed JSON is GeoJSON: a collection of features, one, or a list of them. */
function isGeoJson(value: unknown): boolean {
  const first = Array.isArray(value) ? value[0] : value;
  return /^Feature(Collection)?$/.test(`${fieldsOf(first).type}`);
}

/**
 * The cells of a file, in its order: features with a `Polygon` or `MultiPolygon`, named by their `name`, on the plane that the
 * geometry tells. Where there are detections or cells, QuPath's annotations around them are left out.
 * Throws {@link FormatError} for what is no such file, {@link UnsupportedError} for points and lines, which have no inside.
 */
export function readGeoJson(text: string): OutlinedCell[] {
  const value = parseJson(text);
  if (!isGeoJson(value)) throw new FormatError("must be GeoJSON: a FeatureCollection or a Feature");
  const features = (Array.isArray(value) ? value : [value]).flatMap((item) => {
    const { type, features } = fieldsOf(item);
    return type === "FeatureCollection" && Array.isArray(features) ? features : [item];
  });
  const kinds = features.map((feature) => `${fieldsOf(fieldsOf(feature).properties).objectType}`);
  const hasCells = kinds.some(isCell);
  return features
    .map((feature, i) => ({ feature: fieldsOf(feature), i }))
    .filter(({ i }) => !hasCells || isCell(kinds[i]))
    .map(({ feature, i }) => cellOf(feature, i));
}

function isCell(kind: string): boolean {
  return kind === "detection" || kind === "cell";
}

function cellOf(feature: Fields, i: number): OutlinedCell {
  const geometry = fieldsOf(feature.geometry);
  const name = `${fieldsOf(feature.properties).name ?? ""}`;
  const { type, coordinates } = geometry;
  if (type !== "Polygon" && type !== "MultiPolygon")
    throw new UnsupportedError(
      `feature ${i} must be a Polygon or MultiPolygon, is ${`${type}`.slice(0, 40)}`,
    );
  const polygons: unknown[] = type === "Polygon" ? [coordinates] : listOf(coordinates, i);
  const { t, z } = fieldsOf(geometry.plane);
  return {
    name,
    paths: polygons.flatMap((rings) => listOf(rings, i)).map((ring) => pathOf(ring, i)),
    t: indexOf(t, i),
    z: indexOf(z, i),
  };
}

function indexOf(value: unknown, i: number): number {
  // -1 is QuPath's word for all planes.
  if (value === undefined || value === -1) return 0;
  if (!Number.isInteger(value) || (value as number) < 0)
    throw new FormatError(`feature ${i} must be on a plane from 0, is on ${value}`);
  return value as number;
}

function listOf(value: unknown, i: number): unknown[] {
  if (!Array.isArray(value)) throw new FormatError(`feature ${i} must have lists of coordinates`);
  return value;
}

/** x, y pairs, the first repeated at the end, as y, x, y, x, … without that. */
function pathOf(ring: unknown, i: number): Float64Array {
  const places = listOf(ring, i);
  const path = new Float64Array(2 * Math.max(0, places.length - 1));
  for (const [n, place] of places.entries()) {
    const [x, y] = listOf(place, i);
    if (!Number.isFinite(x) || !Number.isFinite(y))
      throw new FormatError(`feature ${i} must have numbers as coordinates`);
    if (2 * n < path.length) [path[2 * n], path[2 * n + 1]] = [y as number, x as number];
  }
  return path;
}
