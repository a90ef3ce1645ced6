/**
 * Which array of a Zarr hierarchy holds the pixels, and what its axes mean: OME-Zarr 0.4 and 0.5, or a plain array.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "@cellwright/core";
import type { AsyncReadable, DataType, Group, Location, open, Array as ZarrArray } from "zarrita";
import { checkZarrPath } from "./zarr-store.js";

/** The axes that a movie may have. */
export type ZarrAxis = "t" | "c" | "z" | "y" | "x";

type Store = AsyncReadable;
type Node = ZarrArray<DataType, Store> | Group<Store>;
type Fields = Readonly<Record<string, unknown>>;

/** The array of the pixels in full resolution. */
export interface FoundArray {
  readonly array: ZarrArray<DataType, Store>;
  /** One an axis of the array, in the order `t c z y x`. */
  readonly axes: readonly ZarrAxis[];
  /** Micrometres for z, y and x, seconds for t; only what is known. */
  readonly spacing: Readonly<Record<string, number>>;
}

/** Finds the array in the hierarchy that begins at `location`. */
export async function findArray(
  location: Location<Store>,
  shows: "labels" | "images",
  opened: typeof open,
): Promise<FoundArray> {
  const node: Node = await opened(location);
  if (node.kind === "array") return { array: node, axes: axesOfPlain(node), spacing: {} };
  const attributes = fieldsOf(node.attrs);
  const ome = fieldsOf(attributes.ome ?? attributes);
  const image = firstOf(ome.multiscales);
  if (!image) {
    if (typeof fieldsOf(ome)["bioformats2raw.layout"] === "number")
      return findArray(node.resolve("0"), shows, opened);
    throw new FormatError(
      "is a Zarr group without OME-Zarr's multiscales: name the image or the labels in it",
    );
  }
  if (shows === "labels" && !("image-label" in ome)) {
    const labels = await labelsIn(node, opened);
    if (labels) return findArray(labels, shows, opened);
  }
  const dataset = firstOf(image.datasets);
  if (typeof dataset?.path !== "string")
    throw new FormatError("must name its arrays in multiscales (datasets, path), does not");
  const array = await opened(node.resolve(checkZarrPath(dataset.path)), { kind: "array" });
  const axes = axesOf(image.axes, array.shape.length);
  return { array, axes, spacing: spacingOf(axes, image, dataset) };
}

/** The group of the only labels of an image; undefined where there are none. */
async function labelsIn(
  group: Group<Store>,
  opened: typeof open,
): Promise<Location<Store> | undefined> {
  const folder = await opened(group.resolve("labels"), { kind: "group" }).catch(() => undefined);
  if (!folder) return undefined;
  const attributes = fieldsOf(folder.attrs);
  const { labels } = fieldsOf(attributes.ome ?? attributes);
  if (!Array.isArray(labels) || labels.length === 0) return undefined;
  if (labels.length > 1)
    throw new FormatError(
      `has several labels (${labels.join(", ")}): name one, such as labels/${labels[0]}`,
    );
  return folder.resolve(checkZarrPath(`${labels[0]}`));
}

/** The names of the axes: those of a plain array are its own, or by their number. */
function axesOfPlain(array: ZarrArray<DataType, Store>): ZarrAxis[] {
  const { shape, dimensionNames } = array;
  if (dimensionNames?.every((name) => /^[tczyx]$/.test(name))) return checked(dimensionNames);
  return byNumber(shape.length);
}

function axesOf(axes: unknown, count: number): ZarrAxis[] {
  // Version 0.4 has them always; before that there were five in this order.
  if (!Array.isArray(axes)) return byNumber(count);
  const names = axes.map((axis) => (typeof axis === "string" ? axis : `${fieldsOf(axis).name}`));
  if (names.length !== count)
    throw new FormatError(`must name ${count} axes, names ${names.length}: ${names.join(", ")}`);
  return checked(names);
}

function byNumber(count: number): ZarrAxis[] {
  const names = { 2: "yx", 3: "tyx", 4: "tcyx", 5: "tczyx" }[count];
  if (names) return [...names] as ZarrAxis[];
  throw new UnsupportedError(`has ${count} axes: a movie has t, y and x`);
}

function checked(names: readonly string[]): ZarrAxis[] {
  const order = names.join("");
  if (!/^t?c?z?yx$/.test(order))
    throw new UnsupportedError(
      `has the axes ${names.join(", ")}: must be some of t, c, z, y, x in this order`,
    );
  return [...names] as ZarrAxis[];
}

/** What lengths and times in OME-Zarr's units are in micrometres and seconds. */
const units: Readonly<Record<string, number>> = {
  nanometer: 1e-3,
  micrometer: 1,
  millimeter: 1e3,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
};

function spacingOf(
  axes: readonly ZarrAxis[],
  image: Fields,
  dataset: Fields,
): Record<string, number> {
  const scales = [dataset, image].map((fields) => scaleOf(fields.coordinateTransformations));
  const spacing: Record<string, number> = {};
  for (const [i, axis] of axes.entries()) {
    const unit = Array.isArray(image.axes) ? units[`${fieldsOf(image.axes[i]).unit}`] : undefined;
    const step = scales.reduce((product, scale) => product * (scale?.[i] ?? 1), unit ?? Number.NaN);
    if (axis !== "c" && step > 0 && Number.isFinite(step)) spacing[axis] = step;
  }
  return spacing;
}

function scaleOf(transformations: unknown): number[] | undefined {
  if (!Array.isArray(transformations)) return undefined;
  const found = transformations.map(fieldsOf).find(({ type }) => type === "scale")?.scale;
  return Array.isArray(found) ? found.map(Number) : undefined;
}

function firstOf(list: unknown): Fields | undefined {
  return Array.isArray(list) && list.length > 0 ? fieldsOf(list[0]) : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
