/**
 * Opens an OME-Zarr or a plain Zarr array to read it by region: of its chunks only those that a region touches.
 *
 * @module
 */

import { FormatError } from "./errors.js";
import { checkDecodedSize, type ReadOptions } from "./format/format.js";
import { type FoundArrays, findArrays } from "./format/ome-zarr.js";
import type { ZarrAxis } from "./format/ome-zarr-axes.js";
import { indexOf } from "./format/page-axes.js";
import { bytesOf } from "./format/sample-type.js";
import { type CodecRegistry, type Inflater, limitCodecs } from "./format/zarr-codecs.js";
import { sayingOurs } from "./format/zarr-fault.js";
import {
  type AnyZarrArray,
  type DecodedChunk,
  readZarrBox,
  typeOfArray,
} from "./format/zarr-read.js";
import { checkZarrPath, guardedStore, type ZarrStore } from "./format/zarr-store.js";
import { type Held, holding } from "./held.js";
import type { Image } from "./image.js";
import type { PyramidLevel, PyramidReader, Region } from "./pyramid.js";
import { checkRegion, scaleBetween } from "./pyramid-box.js";

/** How to open a Zarr. */
export interface ZarrOptions extends ReadOptions {
  /** The path of the image, the labels or the array in the hierarchy; default its root. */
  readonly path?: string;
  /** `"labels"`: of an image with labels, its only labels; default `"images"`. */
  readonly shows?: "labels" | "images";
  /** Bytes of decoded chunks that are kept where a chunk holds several planes. Default 256 MiB. */
  readonly keptBytes?: number;
  /** Keep decoded chunks of one plane too: for regions that are read side by side. Default false. */
  readonly keepPlanes?: boolean;
  /** What unpacks gzip and zlib in place of our own code, from here on for all that is opened. */
  readonly inflater?: Inflater;
}

/** An image or labels in a Zarr hierarchy. */
export interface ZarrOpened {
  readonly kind: "image" | "labels";
  readonly reader: PyramidReader;
  /** Its name in the metadata, where it has one. */
  readonly name?: string;
  /** The path of the group, or of the array where there is no group; empty for the root. */
  readonly path: string;
  /** The path of the array in full resolution. */
  readonly array: string;
  /** The axes of that array, those of length 1 among them. */
  readonly arrayAxes: string;
  /** The paths of the labels that belong to an image. */
  readonly labels: readonly string[];
  /** `#rrggbb` for each channel, where the file gives them all. */
  readonly colours?: readonly string[];
  /** First and last value to draw for each channel, where the file gives them all. */
  readonly limits?: readonly (readonly [number, number])[];
}

/** A resolution. */
interface Level extends PyramidLevel {
  readonly array: AnyZarrArray;
  readonly held?: Held<DecodedChunk>;
}

/**
 * Opens an OME-Zarr (0.4 or 0.5, an image or its labels) or a plain array of version 2 or 3, sharded or not; its metadata
 * are read, no chunk is. `maxBytes` is the limit of a region and of a chunk. Chunks that are missing have the fill value.
 * Throws `FormatError` for what is no such hierarchy or is damaged, `UnsupportedError` for what we do not decode.
 */
export async function openZarr(store: ZarrStore, options: ZarrOptions = {}): Promise<ZarrOpened> {
  const { open, registry, root } = await import("zarrita");
  limitCodecs(registry as unknown as CodecRegistry, options.inflater);
  const { maxBytes = 4 * 1024 ** 3, path = "", shows = "images" } = options;
  const guarded = guardedStore(store, maxBytes);
  const found = await sayingOurs(() =>
    findArrays(
      { store: guarded, zarrita: { open, root }, shows },
      path === "" ? path : checkZarrPath(path),
    ),
  );
  const { colours, limits } = found.looks;
  return {
    kind: found.isLabels ? "labels" : "image",
    reader: readerOf(found, options),
    ...(found.name !== undefined && { name: found.name }),
    path: found.path,
    array: found.arrays[0].path.slice(1),
    arrayAxes: found.axes.join(""),
    labels: found.labels,
    ...(colours && { colours }),
    ...(limits && { limits }),
  };
}

function readerOf(found: FoundArrays, options: ZarrOptions): PyramidReader {
  const { arrays, axes, spacing, looks } = found;
  const [full] = arrays;
  if (full.shape.includes(0))
    throw new FormatError(`must have pixels, is ${full.shape.join(" x ")}`);
  const lengths = { t: 1, c: 1, z: 1, ...lengthsOf(axes, full) };
  const kept = axes.filter((axis) => axis === "y" || axis === "x" || lengths[axis] > 1);
  const known = Object.entries(spacing).filter(([axis]) => kept.includes(axis as ZarrAxis));
  const levels = levelsOf(found, options);
  const reader = {
    axes: kept.join(""),
    shape: kept.map((axis) => lengths[axis] as number),
    ...(known.length > 0 && { spacing: Object.fromEntries(known) }),
    ...(looks.channels && lengths.c > 1 && { channels: looks.channels }),
    type: typeOfArray(full),
    levels: levels.map(({ height, width, scale, tile }) => ({ height, width, scale, tile })),
  };
  return {
    ...reader,
    readRegion: async (region) => {
      checkRegion(reader, region);
      const index = indexOf(region.index ?? {}, lengths);
      const { box } = region;
      checkDecodedSize(box.height * box.width * bytesOf(reader.type), options);
      const level = levels[region.level ?? 0];
      return sayingOurs(() => readPlane(level, axes, index, lengths.z, region)).then((image) =>
        level === levels[0] && reader.spacing ? { ...image, spacing: reader.spacing } : image,
      );
    },
  };
}

async function readPlane(
  { array, held }: Level,
  axes: readonly ZarrAxis[],
  index: Readonly<Record<"t" | "c" | "z", number>>,
  slices: number,
  { box, signal }: Region,
): Promise<Image> {
  const start = axes.map((axis, i) => {
    if (axis === "y" || axis === "x") return box[axis];
    // Copies may have fewer slices than the image.
    return axis === "z" ? Math.floor((index.z * array.shape[i]) / slices) : index[axis];
  });
  const sizes = { y: box.height, x: box.width };
  const length = axes.map((axis) => (axis === "y" || axis === "x" ? sizes[axis] : 1));
  const data = await readZarrBox(array, start, length, {
    ...(signal && { signal }),
    ...(held && { held }),
  });
  return { data, shape: [box.height, box.width], axes: "yx" };
}

function levelsOf({ arrays, axes }: FoundArrays, options: ZarrOptions): Level[] {
  const [full] = arrays;
  const levels: Level[] = [];
  const kept = holding<DecodedChunk>(
    options.keptBytes ?? 256 * 1024 ** 2,
    (c) => c.data.byteLength,
  );
  for (const [n, array] of arrays.entries()) {
    const { y: height, x: width } = lengthsOf(axes, array) as Record<ZarrAxis, number>;
    const { height: fullHeight, width: fullWidth } = levels[0] ?? { height, width };
    const scale = scaleBetween({ height: fullHeight, width: fullWidth }, { height, width });
    const last = levels.at(-1);
    const smaller = last === undefined || (width <= last.width && height < last.height);
    if (!scale || !smaller || !isAlike(full, array, axes)) continue;
    const [down, across] = array.chunks.slice(-2);
    const tile = { height: Math.min(down, height), width: Math.min(across, width) };
    const held = options.keepPlanes || hasPlanes(array, axes) ? heldAt(kept, n) : undefined;
    levels.push({ height, width, scale, tile, array, ...(held && { held }) });
  }
  return levels;
}

/** Whether an array is of the same numbers, frames and channels as another. */
function isAlike(full: AnyZarrArray, array: AnyZarrArray, axes: readonly ZarrAxis[]): boolean {
  return (
    array.dtype === full.dtype &&
    array.shape.length === full.shape.length &&
    axes.every((axis, i) => !"tc".includes(axis) || array.shape[i] === full.shape[i])
  );
}

/** Whether a chunk holds several planes: the next one wants it too. */
function hasPlanes(array: AnyZarrArray, axes: readonly ZarrAxis[]): boolean {
  return axes.some(
    (axis, i) => "tcz".includes(axis) && Math.min(array.chunks[i], array.shape[i]) > 1,
  );
}

/** The chunks of a level among those that are kept. */
function heldAt(kept: Held<DecodedChunk>, level: number): Held<DecodedChunk> {
  return {
    get bytes() {
      return kept.bytes;
    },
    get: (key, make) => kept.get(`${level} ${key}`, make),
  };
}

function lengthsOf(
  axes: readonly ZarrAxis[],
  { shape }: AnyZarrArray,
): Partial<Record<ZarrAxis, number>> {
  return Object.fromEntries(axes.map((axis, i) => [axis, shape[i]]));
}
