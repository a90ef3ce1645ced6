/**
 * Tracking in the worker: a frame at a time, so that the page is heard between frames.
 *
 * @module
 */
import { type Labels, startTracker, type Track } from "@cellwright/core";
import type { Verbs } from "./protocol.js";
import type { Task } from "./task.js";

/** Gives the cells of a movie one number each over time, as `cellwright track` does. */
export async function trackFrames(
  { frames, divisions }: Verbs["track"]["input"],
  task: Task,
): Promise<{ frames: Labels[]; tracks: Track[] }> {
  const tracker = startTracker({ divisions });
  const tracked: Labels[] = [];
  for (const [i, frame] of frames.entries()) {
    await task.pause();
    task.signal.throwIfAborted();
    tracked.push(...tracker.push(frame));
    task.progress((i + 1) / frames.length, `frame ${i + 1} of ${frames.length}`);
  }
  const { frames: rest, tracks } = tracker.finish();
  return { frames: [...tracked, ...rest], tracks };
}
