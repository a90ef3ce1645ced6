/**
 * Blurring, to quieten a map before its peaks are counted.
 * In: a plane `[y, x]`. Out: the same size, float32.
 *
 * @module
 */

import { ShapeError } from "./errors.js";
import type { Image } from "./image.js";
import { mirrored } from "./mirror.js";
import { checkPlane } from "./plane.js";

/**
 * The image blurred by a Gaussian of standard deviation `sigma` pixels, cut at four of them; at the border the image is
 * mirrored with its edge pixel repeated (as `scipy.ndimage.gaussian_filter`). NaN counts as 0; 0 blurs nothing.
 */
export function gaussian(image: Image, sigma: number): Image<Float32Array> {
  checkPlane(image, "image");
  if (!(sigma >= 0 && sigma < 1e4)) throw new ShapeError("sigma", "0 or more pixels", `${sigma}`);
  const [height, width] = image.shape;
  const data = new Float32Array(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = image.data[i] || 0;
  const weights = kernel(sigma);
  if (weights.length > 1) {
    blurColumns(data, height, width, weights);
    blurRows(data, height, width, weights);
  }
  return { ...image, data };
}

/** Weights of the middle pixel and of those 1, 2, … away; together with their mirror images they sum to 1. */
function kernel(sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = new Float64Array(radius + 1);
  let sum = 0;
  for (let d = 0; d <= radius; d++) {
    weights[d] = d === 0 ? 1 : Math.exp((-0.5 * d * d) / (sigma * sigma));
    sum += d === 0 ? 1 : 2 * weights[d];
  }
  return weights.map((w) => w / sum);
}

function blurRows(data: Float32Array, height: number, width: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let n = 0; n < line.length; n++) line[n] = data[row + mirrored(n - radius, width)];
    for (let x = 0; x < width; x++) {
      const middle = x + radius;
      let sum = weights[0] * line[middle];
      for (let d = 1; d <= radius; d++) sum += weights[d] * (line[middle - d] + line[middle + d]);
      data[row + x] = sum;
    }
  }
}

/** Whole rows at a time, so that memory is read in order. */
function blurColumns(
  data: Float32Array,
  height: number,
  width: number,
  weights: Float64Array,
): void {
  const source = data.slice();
  const sums = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) sums[x] = weights[0] * source[y * width + x];
    for (let d = 1; d < weights.length; d++) {
      const above = mirrored(y - d, height) * width;
      const below = mirrored(y + d, height) * width;
      const weight = weights[d];
      for (let x = 0; x < width; x++) sums[x] += weight * (source[above + x] + source[below + x]);
    }
    data.set(sums, y * width);
  }
}
