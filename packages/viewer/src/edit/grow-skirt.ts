/**
 * From the ridge of the gradient to where people draw the outline of a cell.
 * In: a cell as far as the steepest part of its slope, and the light over the background. Out: the cell with its skirt.
 *
 * @module
 */
import { sidesOf } from "./sides.js";

/** How much of the light on its border a cell still has where its skirt ends, and how wide that is in radii of the cell. */
const LEVEL = 0.6;
const WIDTH = 0.25;

/**
 * Goes on downhill from the border of a cell, until there is less light than a share of what the border has, or it rises again
 * towards a neighbour; at most a share of the cell's radius. `cell`, `light` and `blocked` are rows of `width`. Share and
 * level are those that agree best with outlines drawn by hand (Data Science Bowl 2018).
 */
export function withSkirt(
  cell: Uint8Array,
  light: Float32Array,
  width: number,
  blocked?: Uint8Array,
): Uint8Array {
  let area = 0;
  let front: number[] = [];
  for (let i = 0; i < cell.length; i++) {
    if (cell[i] === 0) continue;
    area++;
    if (sidesOf(i, width, cell.length).some((j) => cell[j] === 0)) front.push(i);
  }
  const levels = front.map((i) => light[i]).sort((a, b) => a - b);
  const least = LEVEL * levels[levels.length >> 1];
  const grown = cell.slice();
  for (let steps = Math.ceil(WIDTH * Math.sqrt(area / Math.PI)); steps > 0; steps--) {
    const next: number[] = [];
    for (const i of front)
      for (const j of sidesOf(i, width, cell.length)) {
        if (grown[j] !== 0 || blocked?.[j] || light[j] < least || light[j] > light[i]) continue;
        grown[j] = 1;
        next.push(j);
      }
    front = next;
  }
  return grown;
}
