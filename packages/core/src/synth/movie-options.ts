/**
 * What the movie simulators share: their options, and what a made-up world answers.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { checkSynthOptions, type SynthOptions } from "./synthetic.js";

/** The kinds of cells that can be filmed. */
export type MovieKind = "nuclei" | "bacteria";

/** What to film. The same options give the same movie. */
export interface MovieOptions extends SynthOptions {
  readonly kind: MovieKind;
  /** How many frames; default 40. */
  readonly frames?: number;
  /** Share of the image that nuclei cover in the first frame, 0 to 0.7; default 0.15. Bacteria go by `count` alone. */
  readonly density?: number;
  /** How many cells there are at first, in and near the image; default by the density; of bacteria 1. */
  readonly count?: number;
  /** Frames in which a cell doubles its area, on average; Infinity = none grows or divides. Default 60; bacteria 20. */
  readonly doubling?: number;
  /** Standard deviation of the cells' growth rates as a share of their mean, 0 to 0.5; default 0.1. */
  readonly spread?: number;
  /**
   * How far cells move by themselves from one frame to the next: standard deviation along each axis in pixels. Default
   * 0.06 diameters for nuclei; 0.01 for bacteria, which are mostly pushed.
   */
  readonly speed?: number;
  /** How far the stage moves from one frame to the next: standard deviation along each axis in pixels; default 0. */
  readonly drift?: number;
}

/** The options with all defaults filled in. Throws {@link ShapeError} for what cannot be filmed. */
export function checkMovieOptions(options: MovieOptions): Required<MovieOptions> {
  const { kind, frames = 40, spread = 0.1, drift = 0, density = 0.15 } = options;
  if (kind !== "nuclei" && kind !== "bacteria")
    throw new ShapeError("kind", "nuclei or bacteria", `${kind}`);
  const rods = kind === "bacteria";
  const checked = checkSynthOptions({ ...options, density }, rods ? 9 : 28);
  const { doubling = rods ? 20 : 60, count = rods ? 1 : Infinity } = options;
  const { speed = (rods ? 0.01 : 0.06) * checked.diameter } = options;
  if (!Number.isSafeInteger(frames) || frames < 1)
    throw new ShapeError("frames", "a whole number from 1", `${frames}`);
  if (density > 0.7) throw new ShapeError("density of a movie", "from 0 to 0.7", `${density}`);
  // Faster than that a cell would divide in every frame or two.
  if (!(doubling >= 4)) throw new ShapeError("doubling", "4 frames or more", `${doubling}`);
  if (!(spread >= 0 && spread <= 0.5)) throw new ShapeError("spread", "from 0 to 0.5", `${spread}`);
  for (const [what, value] of [
    ["speed", speed],
    ["drift", drift],
  ] as const)
    if (!(value >= 0 && value <= 1000))
      throw new ShapeError(what, "from 0 to 1000 pixels a frame", `${value}`);
  if (rods && count > 1e6) throw new ShapeError("count of bacteria", "1000000 or less", `${count}`);
  return { ...checked, kind, frames, spread, drift, count, doubling, speed };
}

/** A cell of a world, as the film sees it. */
export interface WorldCell {
  /** Its own number from 1, never given again. */
  readonly id: number;
  /** The number of its mother, 0 for none. */
  readonly mother: number;
  /** Its true area in pixels, which grows exponentially from birth to division, whatever its mask shows. */
  readonly area: number;
}

/** Cells that live. The film steps from frame to frame and looks. */
export interface World {
  /** The cells that are there now. */
  readonly cells: readonly WorldCell[];
  /** Goes on to the next frame. */
  step(): void;
  /** Which cell has each pixel of the view whose upper left corner is at y, x: 0 for none, else 1 + its position. */
  look(y: number, x: number): Look;
}

/** What is in view. */
export interface Look {
  readonly owners: Uint32Array;
  /** Pixels that each cell would have if all of it were in view and nothing lay over it. */
  readonly whole: Float64Array;
  /** The picture that the camera takes of it; its noise is made of `frame`. */
  photograph(frame: number): Uint16Array;
}
