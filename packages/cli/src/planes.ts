/**
 * The planes of a movie or a stack, one after the other, and their results put together again.
 *
 * @module
 */
import {
  type Column,
  countRows,
  type Image,
  lengthOf,
  planeOf,
  stackPlanes,
  type Table,
} from "@cellwright/core";

/** Where a plane stands along the axes that are neither channel nor y nor x. */
export type PlaneIndex = Readonly<Record<string, number>>;

/** The indices of all planes, slowest axis first; one empty index for a single plane. */
export function planesOf(image: Image): PlaneIndex[] {
  let indices: PlaneIndex[] = [{}];
  for (const axis of image.axes) {
    if ("cyx".includes(axis)) continue;
    const steps = Array.from({ length: lengthOf(image, axis) }, (_, i) => i);
    indices = indices.flatMap((index) => steps.map((i) => ({ ...index, [axis]: i })));
  }
  return indices;
}

/** Some channels of a plane, as `"cyx"`, with the numbers and the type of the file. */
export function channelsOf(image: Image, plane: PlaneIndex, channels: readonly number[]): Image {
  return stackPlanes(
    channels.map((c) => planeOf(image, { ...plane, ...(image.axes.includes("c") ? { c } : {}) })),
    image.channels && channels.map((c) => image.channels?.[c] ?? `${c}`),
  );
}

/** An image's axes, shape and spacing without its channels: what its labels have. */
export function labelShape(image: Image): Pick<Image, "axes" | "shape" | "spacing"> {
  return {
    axes: image.axes.replace("c", ""),
    shape: image.shape.filter((_, i) => image.axes[i] !== "c"),
    ...(image.spacing && { spacing: image.spacing }),
  };
}

/** The tables of planes as one, with a column for each axis that tells planes apart. All have the same columns. */
export function joinTables<C extends Column>(
  planes: readonly PlaneIndex[],
  tables: readonly Table<C>[],
): Table<C | Float64Array> {
  const joined: Record<string, C | Float64Array> = {};
  for (const axis of Object.keys(planes[0] ?? {}))
    joined[axis] = Float64Array.from(
      tables.flatMap((table, i) => Array.from({ length: countRows(table) }, () => planes[i][axis])),
    );
  for (const name of Object.keys(tables[0] ?? {}))
    joined[name] = joinColumns(tables.map((table) => table[name])) as C;
  return joined;
}

/** Columns one after the other; of numbers they stay numbers. */
function joinColumns(columns: readonly Column[]): Column {
  const parts = columns.filter((column) => column instanceof Float64Array);
  if (parts.length < columns.length) return columns.flatMap((column) => [...column] as string[]);
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
