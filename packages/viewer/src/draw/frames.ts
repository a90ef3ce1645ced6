/**
 * Which frame is shown: after a step the old one stays until the new one can be drawn.
 *
 * @module
 */
import type { Frame } from "./image-tiles.js";

/** The frame on the screen and the one that is being loaded; the same where nothing is. */
export interface Frames {
  readonly shown: Frame;
  readonly next: Frame;
}

/** Whether two frames are one. */
export function sameFrame(a: Frame, b: Frame): boolean {
  return a.t === b.t && a.z === b.z;
}

/**
 * What to load after the scene moved to `target`. While it plays, the frame that is under way is finished first: else
 * a movie that loads slower than it plays would never show anything.
 */
export function aimAt({ shown, next }: Frames, target: Frame, isPlaying: boolean): Frames {
  const isUnderWay = !sameFrame(shown, next);
  if (sameFrame(next, target) || (isPlaying && isUnderWay)) return { shown, next };
  return { shown, next: sameFrame(shown, target) ? shown : target };
}
