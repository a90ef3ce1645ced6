/**
 * How an OME-Zarr is going to be written, settled before the first pixel is read: chunks, levels, shapes.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { lengthOf } from "../image.js";
import type { Watch } from "../source.js";
import { levelSizes, levelsFor, type RegionSource } from "./tile-pyramid.js";

/** How an OME-Zarr is written. */
export interface OmeZarrOptions extends Watch {
  /** Default `"0.5"`. */
  readonly version?: "0.4" | "0.5";
  /** The name in the metadata. */
  readonly name?: string;
  /**
   * Whether the pixels are labels: then the smaller levels keep every second pixel instead of means, and the group is an
   * `image-label`. `source` is the path to the image it belongs to, such as `"../../"` within the image's `labels` folder.
   */
  readonly labels?: boolean | { readonly source?: string };
  /** Attributes of the group beside those of OME, such as what made the image; must fit JSON. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Path of the group below the store's root, such as `labels/cells`; default the root itself. */
  readonly path?: string;
  /** Pixels along a side of a chunk, even; default 512, less for a smaller image. */
  readonly chunk?: number;
  /** How many levels; default so many that the last is one chunk. */
  readonly levels?: number;
  /** So many chunks along a side of a shard, a file of its own; version 0.5 alone. Default 1: no shards. */
  readonly shard?: number;
  /** Packs a chunk, several being asked for before the first is done; without, chunks are packed here, one by one. */
  readonly pack?: (bytes: Uint8Array, as: "zlib" | "gzip") => Uint8Array | Promise<Uint8Array>;
}

/** What is decided before the first pixel is read. */
export interface OmeZarrPlan {
  readonly version: "0.4" | "0.5";
  readonly path: string;
  readonly axes: string;
  readonly type: RegionSource["type"];
  readonly chunk: number;
  readonly shard: number;
  readonly levels: number;
  /** The shape of the array of each level. */
  readonly shapes: readonly (readonly number[])[];
}

/** The plan of an image. Throws {@link ShapeError} for axes and options that cannot be. */
export function planOmeZarr(source: RegionSource, options: OmeZarrOptions): OmeZarrPlan {
  const { axes, type } = source;
  if (!/^t?c?z?yx$/.test(axes))
    throw new ShapeError("image axes", 'some of "tczyx" in this order, with "yx"', `"${axes}"`);
  const { version = "0.5", path = "", shard = 1 } = options;
  if (!Number.isInteger(shard) || shard < 1 || (shard > 1 && version === "0.4"))
    throw new ShapeError("shard", "a whole number from 1, and 1 in version 0.4", `${shard}`);
  const [height, width] = [lengthOf(source, "y"), lengthOf(source, "x")];
  const chunk = options.chunk ?? Math.min(512, 2 * Math.ceil(Math.max(height, width) / 2));
  const levels = options.levels ?? levelsFor(height, width, chunk);
  const shapes = levelSizes(height, width, levels).map((size) => [
    ...source.shape.slice(0, -2),
    ...size,
  ]);
  return { version, path, axes, type, chunk, shard, levels, shapes };
}
