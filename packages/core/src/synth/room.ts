/**
 * Which places of an image rods have taken, coarsely: enough to put colonies beside each other but not upon each other.
 *
 * @module
 */
import type { Rod } from "./colony.js";

/** A coarse picture of an image: 1 where the axis of another rod would come too near. */
export interface Room {
  readonly height: number;
  readonly width: number;
  /** Pixels a side of one square. */
  readonly step: number;
  readonly columns: number;
  readonly taken: Uint8Array;
}

/** An empty image, for rods of `radius` pixels. */
export function emptyRoom(height: number, width: number, radius: number): Room {
  const columns = Math.ceil(width / radius);
  const taken = new Uint8Array(Math.ceil(height / radius) * columns);
  return { height, width, step: radius, columns, taken };
}

/** Marks the place of a rod as taken, with room for the half of a neighbour around it. */
export function takeRoom(room: Room, rod: Rod): void {
  for (const { y, x } of axisPoints(rod))
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++) {
        const i = squareOf(room, y + dy * room.step, x + dx * room.step);
        if (i >= 0) room.taken[i] = 1;
      }
}

/** Whether a rod would lie upon no other. */
export function hasRoom(room: Room, rod: Rod): boolean {
  return axisPoints(rod).every(({ y, x }) => {
    const i = squareOf(room, y, x);
    return i < 0 || room.taken[i] === 0;
  });
}

function axisPoints({ y, x, angle, length, radius }: Rod): { y: number; x: number }[] {
  const half = length / 2 + radius;
  const count = Math.ceil((2 * half) / radius);
  return Array.from({ length: count + 1 }, (_, i) => {
    const along = -half + (2 * half * i) / count;
    return { y: y + along * Math.sin(angle), x: x + along * Math.cos(angle) };
  });
}

/** The square a point lies in, -1 outside the image. */
function squareOf({ height, width, step, columns }: Room, y: number, x: number): number {
  if (y < 0 || x < 0 || y >= height || x >= width) return -1;
  return Math.floor(y / step) * columns + Math.floor(x / step);
}
