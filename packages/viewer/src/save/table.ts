/**
 * The numbers of the cells of a layer: sizes, shapes, and brightness where the image has their size.
 *
 * @module
 */
import {
  type Column,
  countRows,
  type Image,
  type LabelPlane,
  lengthOf,
  measure,
  measureMovie,
  type PyramidReader,
  type SeriesFrame,
  type Signal,
  stackPlanes,
  stackTables,
  type Table,
  type Track,
} from "@cellwright/core";
import { typeOf } from "../work/types.js";
import type { LayerTypes } from "../workspace.js";

/** A row a cell and plane, under `t` and `z` where there are several, then the columns of `measure`. */
export async function measurePlanes(
  planes: readonly LabelPlane[],
  image: PyramidReader | undefined,
  signal?: Signal,
): Promise<Table> {
  const tables: Table[] = [];
  for (const { labels, t, z } of planes) {
    const numbers = measure(labels, await channelsAt(image, labels, { t, z }, signal));
    const level = (value: number) => new Float64Array(countRows(numbers)).fill(value);
    tables.push({
      ...(t !== undefined && { t: level(t) }),
      ...(z !== undefined && { z: level(z) }),
      ...numbers,
    });
  }
  return stackTables(tables);
}

/** The columns `type` and `type_probability` beside a table of {@link measurePlanes}; empty and NaN where no model told. */
export function withTypes(table: Table, types: LayerTypes | undefined): Table<Column> {
  if (!types) return table;
  const { label, t, z } = table;
  const cells = Array.from(label, (number, row) =>
    typeOf(types, { t: t?.[row] ?? 0, z: z?.[row] ?? 0 }, number),
  );
  return {
    ...table,
    type: cells.map((cell) => cell?.name ?? ""),
    type_probability: Float64Array.from(cells, (cell) => cell?.probability ?? Number.NaN),
  };
}

/** The same of a tracked movie: a row a track and frame, with parents and generations, see `measureMovie`. */
export async function measureTracks(
  planes: readonly LabelPlane[],
  tracks: readonly Track[],
  image: PyramidReader | undefined,
  signal?: Signal,
): Promise<Table> {
  const frames: SeriesFrame[] = [];
  for (const { labels, t, z } of planes) {
    const channels = await channelsAt(image, labels, { t, z }, signal);
    frames.push({ labels, ...(channels && { image: channels }) });
  }
  return measureMovie(frames, { tracks });
}

/** All channels of a plane, where the image is of its size. */
async function channelsAt(
  image: PyramidReader | undefined,
  { shape }: Pick<Image, "shape">,
  { t = 0, z = 0 }: { readonly t?: number; readonly z?: number },
  signal?: Signal,
): Promise<Image | undefined> {
  const [height, width] = shape;
  if (!image || lengthOf(image, "y") !== height || lengthOf(image, "x") !== width) return undefined;
  if (t >= lengthOf(image, "t") || z >= lengthOf(image, "z")) return undefined;
  const box = { y: 0, x: 0, height, width };
  const planes: Image[] = [];
  for (let c = 0; c < lengthOf(image, "c"); c++) {
    const wanted = { t, z, c };
    const index = Object.fromEntries(
      Object.entries(wanted).filter(([axis]) => image.axes.includes(axis)),
    );
    planes.push(await image.readRegion({ index, box, ...(signal && { signal }) }));
  }
  return planes.length === 1 ? planes[0] : stackPlanes(planes);
}
