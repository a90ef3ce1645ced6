/**
 * What the steps after the network ask of their arrays: one plane, `[y, x]`, of one size.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import { checkImage, type Image } from "./image.js";

/** Throws {@link ShapeError} unless the image is sound and has the axes `"yx"`. */
export function checkPlane(image: Image, what: string): void {
  checkImage(image, what);
  if (image.axes !== "yx") throw new ShapeError(`${what} axes`, '"yx"', `"${image.axes}"`);
}

/** Throws {@link ShapeError} unless both are planes of one height and width. */
export function checkSameSize(image: Image, what: string, other: Image, whose: string): void {
  checkPlane(image, what);
  const [height, width] = other.shape.slice(-2);
  if (image.shape[0] !== height || image.shape[1] !== width)
    throw new ShapeError(
      `${what} size`,
      `${height} x ${width} like the ${whose}`,
      `${image.shape[0]} x ${image.shape[1]}`,
    );
}
