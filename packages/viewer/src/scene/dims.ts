/**
 * Commands on time and depth: where one stands, and the movie that plays. In: a scene. Out: a scene.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";
import type { Scene } from "./scene.js";

/** An axis with a slider. */
export type Axis = "t" | "z";

/** Frames a second at most. */
export const MOST_FRAMES_A_SECOND = 60;

/** As large as it is and as `size`, along each axis. */
export function withSize(scene: Scene, size: Scene["size"]): Scene {
  const empty = scene.layers.length === 0;
  return resize(scene, empty ? size : largest(scene.size, size));
}

/** Of this size; where one stands stays within it. Throws `ShapeError` unless all lengths are whole and at least 1. */
export function resize(scene: Scene, size: Scene["size"]): Scene {
  for (const [axis, length] of Object.entries(size))
    if (!Number.isSafeInteger(length) || length < 1)
      throw new ShapeError(`size of a scene along ${axis}`, "a whole number from 1", `${length}`);
  const { t, z, y, x } = size;
  const at = { t: Math.min(scene.at.t, t - 1), z: Math.min(scene.at.z, z - 1) };
  return { ...scene, size: { t, z, y, x }, at };
}

/** To a frame or plane; beyond the ends is at the ends. */
export function goTo(scene: Scene, at: Partial<Scene["at"]>): Scene {
  const t = clamp(at.t ?? scene.at.t, scene.size.t);
  const z = clamp(at.z ?? scene.at.z, scene.size.z);
  return t === scene.at.t && z === scene.at.z ? scene : { ...scene, at: { t, z } };
}

/** `by` steps on along an axis, or back; stops at the ends. */
export function step(scene: Scene, axis: Axis, by: number): Scene {
  return goTo(scene, { [axis]: scene.at[axis] + by });
}

/** One frame on; after the last comes the first. */
export function nextFrame(scene: Scene): Scene {
  return goTo(scene, { t: (scene.at.t + 1) % scene.size.t });
}

/** Plays so many frames a second; 0 stands still, as does a scene of one frame. */
export function play(scene: Scene, framesASecond: number): Scene {
  if (!(framesASecond >= 0 && framesASecond <= MOST_FRAMES_A_SECOND))
    throw new ShapeError(
      "frames a second",
      `from 0 to ${MOST_FRAMES_A_SECOND}`,
      `${framesASecond}`,
    );
  const playing = scene.size.t > 1 ? framesASecond : 0;
  return playing === scene.playing ? scene : { ...scene, playing };
}

function clamp(at: number, length: number): number {
  if (!Number.isFinite(at)) throw new ShapeError("place along an axis", "a number", `${at}`);
  return Math.min(Math.max(Math.round(at), 0), length - 1);
}

function largest(a: Scene["size"], b: Scene["size"]): Scene["size"] {
  const { max } = Math;
  return { t: max(a.t, b.t), z: max(a.z, b.z), y: max(a.y, b.y), x: max(a.x, b.x) };
}
