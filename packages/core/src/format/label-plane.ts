/**
 * Labels of a movie or a stack plane by plane, as the writers of outlines take them.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { type Image, type Labels, lengthOf, planeOf } from "../image.js";

/** One plane, and where it stands; both count from 0 and are absent where there is no such axis. */
export interface LabelPlane {
  readonly labels: Labels;
  readonly t?: number;
  readonly z?: number;
}

/**
 * The planes of labels with the axes `"yx"`, `"zyx"`, `"tyx"` or `"tzyx"`, views on the same pixels. Throws
 * {@link ShapeError} for other axes.
 */
export function labelPlanes(stack: Image<Uint32Array>): LabelPlane[] {
  if (!/^t?z?yx$/.test(stack.axes))
    throw new ShapeError(
      "label axes",
      'some of "tzyx" in this order, with "yx"',
      `"${stack.axes}"`,
    );
  const planes: LabelPlane[] = [];
  for (let t = 0; t < lengthOf(stack, "t"); t++)
    for (let z = 0; z < lengthOf(stack, "z"); z++) {
      const place = {
        ...(stack.axes.includes("t") && { t }),
        ...(stack.axes.includes("z") && { z }),
      };
      planes.push({ labels: planeOf(stack, place), ...place });
    }
  return planes;
}
