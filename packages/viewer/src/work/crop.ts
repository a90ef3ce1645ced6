/**
 * Boxes of planes: cut out, grown, kept inside.
 *
 * @module
 */
import type { Box, Image, Pixels } from "@cellwright/core";

/** The pixels of a box of an image, of all its other axes. The box lies inside. */
export function crop<P extends Pixels>(image: Image<P>, box: Box): Image<P> {
  const [height, width] = image.shape.slice(-2);
  const planes = image.data.length / (height * width);
  const size = box.height * box.width;
  const type = image.data.constructor as new (length: number) => P;
  const data = new type(planes * size);
  for (let plane = 0; plane < planes; plane++)
    for (let r = 0; r < box.height; r++) {
      const from = (plane * height + box.y + r) * width + box.x;
      data.set(image.data.subarray(from, from + box.width), plane * size + r * box.width);
    }
  return { ...image, data, shape: [...image.shape.slice(0, -2), box.height, box.width] };
}

/** A box with so many pixels more on each side, cut at the border of a plane of `height` x `width`. */
export function grown(box: Box, by: number, height: number, width: number): Box {
  const y = Math.max(0, box.y - by);
  const x = Math.max(0, box.x - by);
  return {
    y,
    x,
    height: Math.min(height, box.y + box.height + by) - y,
    width: Math.min(width, box.x + box.width + by) - x,
  };
}

/** Whether a place lies in a box: its upper and left sides are inside, the others not. */
export function holds(box: Box, y: number, x: number): boolean {
  return y >= box.y && y < box.y + box.height && x >= box.x && x < box.x + box.width;
}
