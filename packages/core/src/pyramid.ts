/**
 * An image too large to hold: pixels are read by region and level, as a viewer or a block of a job asks for them.
 *
 * @module
 */
import type { SampleType } from "./format/sample-type.js";
import type { Image } from "./image.js";
import type { Signal } from "./source.js";
import type { Box } from "./tile.js";

/** One resolution of an image. */
export interface PyramidLevel {
  readonly height: number;
  readonly width: number;
  /** How many pixels of level 0 lie along a side of one of these, down and across; 1 and 1 at level 0. */
  readonly scale: { readonly y: number; readonly x: number };
  /** What is stored and decoded together: regions that fit its grid are read with the least waste. */
  readonly tile: { readonly height: number; readonly width: number };
}

/** Which pixels are wanted. */
export interface Region {
  /** An index for each axis other than y and x, 0 where none is given. */
  readonly index?: Readonly<Record<string, number>>;
  /** In pixels of the level, within it. */
  readonly box: Box;
  /** Default 0, the finest. */
  readonly level?: number;
  readonly signal?: Signal;
}

/** An image whose pixels are read when they are asked for. Axes, shape (of level 0), spacing and channels are those of {@link Image}. */
export interface PyramidReader extends Omit<Image, "data"> {
  readonly type: SampleType;
  /** The finest first; at least one. */
  readonly levels: readonly PyramidLevel[];
  /** The pixels of a region, `"yx"`, of the reader's type. Throws `ShapeError` for a box that leaves its level. */
  readRegion(region: Region): Promise<Image>;
}
