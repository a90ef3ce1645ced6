/**
 * An image in memory as one that is read by region.
 *
 * @module
 */
import { typeOf } from "./format/sample-type.js";
import { checkImage, type Image, lengthOf, type Pixels, planeOf } from "./image.js";
import type { PyramidReader } from "./pyramid.js";
import { checkRegion } from "./pyramid-box.js";

/** What is read together: nothing is stored in tiles, so any size will do. */
const tile = 512;

/** A reader over pixels that are there. Axes end in `"yx"`. Regions are copies. */
export function pyramidOf(image: Image): PyramidReader {
  checkImage(image);
  const { data, ...rest } = image;
  const [height, width] = [lengthOf(image, "y"), lengthOf(image, "x")];
  const size = { height: Math.min(height, tile), width: Math.min(width, tile) };
  const levels = [{ height, width, scale: { y: 1, x: 1 }, tile: size }];
  return {
    ...rest,
    type: typeOf(data),
    levels,
    readRegion: async (region) => {
      checkRegion({ levels }, region);
      const plane = planeOf(image, region.index);
      const { box } = region;
      const kept = new (data.constructor as new (length: number) => Pixels)(box.height * box.width);
      for (let row = 0; row < box.height; row++) {
        const start = (box.y + row) * width + box.x;
        kept.set(plane.data.subarray(start, start + box.width), row * box.width);
      }
      return { ...plane, data: kept, shape: [box.height, box.width] };
    },
  };
}
