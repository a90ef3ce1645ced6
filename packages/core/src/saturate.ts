/**
 * Bright spots brought down to the rest. In: an image. Out: the same, no channel brighter than a percentile of its own.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import { checkImage, type Image, lengthOf, type Pixels } from "./image.js";
import { percentilesOf } from "./percentile.js";

/**
 * The image `"yx"` or `"cyx"` with the brightest `percent` (from 0 to below 100) of the pixels of each channel as bright as the
 * darkest of them. What lies in cells as a few very bright spots, or beside them as dust, then hides them no more. Pixels must be
 * finite. Percentiles are those of `sample`: the image itself, or pixels of a larger one that it is a part of, of as many
 * channels. Throws {@link ShapeError} for another percent or other axes.
 */
export function saturate(image: Image, percent: number, sample: Image = image): Image {
  if (image.axes !== "yx" && image.axes !== "cyx")
    throw new ShapeError("image axes", '"yx" or "cyx"', `"${image.axes}"`);
  checkImage(image);
  if (!(percent >= 0 && percent < 100))
    throw new ShapeError("saturated percent", "from 0 to below 100", `${percent}`);
  if (percent === 0) return image;
  const data = image.data.slice() as Pixels;
  const channels = lengthOf(image, "c");
  const [area, sampled] = [data.length / channels, sample.data.length / channels];
  for (let c = 0; c < channels; c++) {
    const pixels = data.subarray(c * area, (c + 1) * area);
    const [most] = percentilesOf(sample.data.subarray(c * sampled, (c + 1) * sampled), [
      100 - percent,
    ]);
    for (let i = 0; i < area; i++) if (pixels[i] > most) pixels[i] = most;
  }
  return { ...image, data };
}
