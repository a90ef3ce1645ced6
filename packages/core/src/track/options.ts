/**
 * What a caller may say about tracking. Nothing must be said.
 *
 * @module
 */
import type { Watch } from "../source.js";

/** How cells are linked from frame to frame. */
export type TrackMethod = "motion" | "paper";

/** How to track; every field may be left out. */
export interface TrackOptions extends Watch {
  /**
   * `"motion"` (default): one linear assignment over where cells should be, overlap and area, with gaps and repairs.
   * `"paper"`: the linear assignment of Van Valen et al. 2016, from each frame to the next and nothing else; of the
   * other fields only `drift`, `signal` and `onProgress` mean something to it.
   */
  readonly method?: TrackMethod;
  /** The farthest that a cell may be from where it should be, in pixels above 0; default from the data. */
  readonly maxDistance?: number;
  /** Whether cells may divide; default true. */
  readonly divisions?: boolean;
  /** The most frames in a row in which a cell may be missed; from 0, default 2. */
  readonly maxGap?: number;
  /** Whether to cut cells that were found as one for a frame or a few, and to join pieces of one; default true. */
  readonly repair?: boolean;
  /** Whether to look for a movement that all cells share; default true. */
  readonly drift?: boolean;
}
