/**
 * Cells over time: label images in, the same cells with one number from birth to division, death or loss.
 *
 * @module
 */
import type { Labels } from "../image.js";
import type { Track } from "./lineage.js";
import type { TrackOptions } from "./options.js";
import { startTracker } from "./tracker.js";

/** A tracked movie. */
export interface TrackResult {
  /** In each frame the pixels of a cell have its track's label. */
  readonly frames: Labels[];
  /** By their labels, rising. */
  readonly tracks: Track[];
}

/**
 * Tracks a movie: frames `"yx"` of one size, whose labels need not agree from frame to frame. A label in several pieces is
 * one cell. A mother's track ends where she divides and both daughters begin new ones. A cell that was missed for a few
 * frames is filled in, on background, so that a track is there in every frame from `begin` to `end`.
 *
 * Throws `ShapeError` where frames differ in size, and the signal's reason where it stops.
 */
export function track(frames: readonly Labels[], options: TrackOptions = {}): TrackResult {
  const { signal, onProgress } = options;
  const tracker = startTracker(options);
  const tracked: Labels[] = [];
  for (const [i, frame] of frames.entries()) {
    signal?.throwIfAborted();
    tracked.push(...tracker.push(frame));
    onProgress?.(i + 1, frames.length);
  }
  const { frames: rest, tracks } = tracker.finish();
  tracked.push(...rest);
  return { frames: tracked, tracks };
}

/**
 * The same for a movie that is too long for memory: gives tracked frames in order, each a few frames after it was read,
 * and returns the tracks. What is held are a few frames and a few numbers a track. `onProgress` is told the frames read;
 * their total is Infinity, as it is not known.
 */
export async function* trackStream(
  frames: AsyncIterable<Labels> | Iterable<Labels>,
  options: TrackOptions = {},
): AsyncGenerator<Labels, Track[]> {
  const { signal, onProgress } = options;
  const tracker = startTracker(options);
  let read = 0;
  for await (const frame of frames) {
    signal?.throwIfAborted();
    yield* tracker.push(frame);
    onProgress?.(++read, Number.POSITIVE_INFINITY);
  }
  const { frames: rest, tracks } = tracker.finish();
  yield* rest;
  return tracks;
}
