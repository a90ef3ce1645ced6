/**
 * The planes of a movie or a stack, one after the other, and their results put together again.
 *
 * @module
 */
import {
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

/** The tables of planes as one, with a column for each axis that tells planes apart. */
export function joinTables(planes: readonly PlaneIndex[], tables: readonly Table[]): Table {
  const axes = Object.keys(planes[0] ?? {});
  const rows = tables.map(countRows);
  const total = rows.reduce((a, b) => a + b, 0);
  const joined: Record<string, Float64Array> = {};
  for (const axis of axes) joined[axis] = new Float64Array(total);
  for (const name of Object.keys(tables[0] ?? {})) joined[name] = new Float64Array(total);
  let at = 0;
  for (const [i, table] of tables.entries()) {
    for (const axis of axes) joined[axis].fill(planes[i][axis], at, at + rows[i]);
    for (const [name, column] of Object.entries(table)) joined[name].set(column, at);
    at += rows[i];
  }
  return joined;
}
