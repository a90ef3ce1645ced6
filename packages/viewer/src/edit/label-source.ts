/**
 * Label stores over what there is already: planes in memory, or a file or address that is read page by page.
 *
 * @module
 */
import {
  type Box,
  type Labels,
  lengthOf,
  type PyramidLevel,
  type PyramidReader,
  ShapeError,
  type Signal,
  toLabels,
} from "@cellwright/core";
import { type LabelPages, labelPages, type PageSource } from "./label-pages.js";
import { PAGE, type PlaneAt } from "./label-store.js";
import { type MemoryOptions, WHOLE_PAGE } from "./page-memory.js";
import { piecesOf, type StoreSize, wholePlane } from "./pages.js";
import { packRuns } from "./runs.js";

/**
 * Labels that are in memory: planes `"yx"`, frame by frame and within a frame from z to z; planes that are missing at the
 * end are empty. They are packed: the arrays given are not kept. Throws {@link ShapeError} for planes of another size.
 */
export function labelStoreOf(
  size: StoreSize,
  planes: readonly Labels[] = [],
  options: MemoryOptions = {},
): LabelPages {
  if (planes.length > size.t * size.z)
    throw new ShapeError("planes of labels", `at most ${size.t * size.z}`, `${planes.length}`);
  const store = labelPages(size, undefined, options);
  for (const [n, plane] of planes.entries()) {
    const [height, width] = plane.shape;
    if (plane.axes !== "yx" || height !== size.y || width !== size.x)
      throw new ShapeError(
        `labels of plane ${n}`,
        `"yx" of ${size.y} x ${size.x}`,
        `"${plane.axes}" of ${plane.shape.join(" x ")}`,
      );
    const at = { t: Math.floor(n / size.z), z: n % size.z };
    for (const { row, column, inImage } of piecesOf(size, wholePlane(size))) {
      const runs = packPage(plane.data, width, inImage);
      if (runs.length > 2 || runs[1] !== 0) store.put({ at, row, column, runs });
    }
  }
  return store;
}

/**
 * Labels behind a reader, read as they are asked for, and edited on top of it. `address` says where it can be opened again.
 * Numbers of cells that nobody has looked at are not known: until all were read, new labels begin above all that 8 or 16 bits
 * can say, for other types at 2³¹.
 */
export function labelStoreOver(
  reader: PyramidReader,
  options: MemoryOptions & { readonly address?: string } = {},
): LabelPages {
  const along = (axis: string) => lengthOf(reader, axis);
  const size = { t: along("t"), z: along("z"), y: along("y"), x: along("x") };
  return labelPages(size, sourceOf(reader, size, options.address), options);
}

function sourceOf(reader: PyramidReader, size: StoreSize, address?: string): PageSource {
  const read = async (at: PlaneAt, box: Box, level: number, signal?: Signal): Promise<Labels> => {
    const index: Record<string, number> = {};
    for (const axis of ["t", "z"] as const) if (reader.axes.includes(axis)) index[axis] = at[axis];
    return toLabels(await reader.readRegion({ index, box, level, signal }));
  };
  return {
    ...(address === undefined ? {} : { address }),
    largest: /8|16/.test(reader.type) ? 0xffff : 2 ** 31,
    readPage: async (at, row, column, signal) => {
      const [piece] = piecesOf(size, { ...WHOLE_PAGE, y: row * PAGE, x: column * PAGE });
      const { data } = await read(at, piece.inImage, 0, signal);
      const { height, width } = piece.inImage;
      return packPage(data, width, { y: 0, x: 0, height, width });
    },
    readOverview: (at, scale) => {
      const level = reader.levels.findIndex((each) => isScaled(each, size, scale));
      if (level < 1) return undefined;
      const { height, width } = reader.levels[level];
      return read(at, { y: 0, x: 0, height, width }, level);
    },
  };
}

function isScaled({ height, width }: PyramidLevel, size: StoreSize, scale: number): boolean {
  return height === Math.ceil(size.y / scale) && width === Math.ceil(size.x / scale);
}

/** A box of at most a page as the runs of a whole page, background around it. */
function packPage(data: Uint32Array, width: number, box: Box): Uint32Array {
  const page = new Uint32Array(PAGE * PAGE);
  for (let y = 0; y < box.height; y++) {
    const from = (box.y + y) * width + box.x;
    page.set(data.subarray(from, from + box.width), y * PAGE);
  }
  return packRuns(page, PAGE, WHOLE_PAGE);
}
