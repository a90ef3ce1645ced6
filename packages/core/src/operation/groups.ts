/**
 * Which numbers of a tensor belong together when some of its axes are taken as one: a channel's pixels, say.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { NamedTensor } from "./operation.js";

/** Groups of equal size: number `i` of group `g` lies at `starts[g] + steps[i]`. */
export interface Groups {
  readonly starts: Uint32Array;
  readonly steps: Uint32Array;
}

/**
 * The groups of a tensor over `axes` (all of its axes where `undefined`). Throws {@link ShapeError} for an axis that it has
 * not.
 */
export function groupsOver(tensor: NamedTensor, axes: readonly string[] = tensor.axes): Groups {
  for (const axis of axes) axisIndex(tensor, axis);
  return {
    starts: placesAlong(tensor, (axis) => !axes.includes(axis)),
    steps: placesAlong(tensor, (axis) => axes.includes(axis)),
  };
}

/** Where an axis stands. Throws {@link ShapeError} where the tensor has none of this name. */
export function axisIndex({ axes }: NamedTensor, axis: string): number {
  const at = axes.indexOf(axis);
  if (at < 0) throw new ShapeError("axis", `one of ${axes.join(", ")}`, axis);
  return at;
}

/** The numbers of group `g`, one after the other; a view where they lie so already. */
export function membersOf(
  { data }: NamedTensor,
  { starts, steps }: Groups,
  g: number,
): Float32Array {
  const start = starts[g];
  const { length } = steps;
  if (steps[length - 1] === length - 1) return data.subarray(start, start + length);
  const members = new Float32Array(length);
  for (let i = 0; i < length; i++) members[i] = data[start + steps[i]];
  return members;
}

/** The offsets of all places along the chosen axes, the other axes at 0; rising. */
function placesAlong({ shape, axes }: NamedTensor, chosen: (axis: string) => boolean): Uint32Array {
  let places = Uint32Array.of(0);
  let stride = shape.reduce((a, b) => a * b, 1);
  for (const [i, length] of shape.entries()) {
    stride /= length;
    if (!chosen(axes[i]) || length === 1) continue;
    const next = new Uint32Array(places.length * length);
    for (let p = 0, n = 0; p < places.length; p++)
      for (let k = 0; k < length; k++) next[n++] = places[p] + k * stride;
    places = next;
  }
  return places;
}
