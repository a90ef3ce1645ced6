/**
 * An image at another pixel size, and labels back at the image's own.
 *
 * @module
 */
import type { Image, Labels } from "@cellwright/core";

/**
 * One plane `"yx"` resampled to `height` x `width`. Pixel centres keep their places. Shrinking averages the pixels that
 * fall together, so that fine detail does not turn into false structure; growing interpolates linearly.
 */
export function resample(plane: Image, height: number, width: number): Image<Float32Array> {
  const [rows, columns] = plane.shape;
  const across = weightsOf(columns, width);
  const down = weightsOf(rows, height);
  const wide = new Float32Array(rows * width);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = across.starts[x]; i < across.starts[x + 1]; i++)
        sum += across.weights[i] * plane.data[y * columns + across.places[i]];
      wide[y * width + x] = sum;
    }
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let i = down.starts[y]; i < down.starts[y + 1]; i++) {
      const [weight, row] = [down.weights[i], down.places[i] * width];
      for (let x = 0; x < width; x++) data[y * width + x] += weight * wide[row + x];
    }
  return { data, shape: [height, width], axes: "yx" };
}

/** Labels `"yx"` at another size: every pixel takes the label nearest to it. */
export function resampleLabels(labels: Labels, height: number, width: number): Labels {
  const [rows, columns] = labels.shape;
  const data = new Uint32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++)
      data[y * width + x] = labels.data[row + Math.floor(((x + 0.5) * columns) / width)];
  }
  return { data, shape: [height, width], axes: "yx" };
}

/** For each of `to` places, which of `from` places it is made of and with what weights (a triangle as wide as the step). */
function weightsOf(
  from: number,
  to: number,
): { starts: Int32Array; places: Int32Array; weights: Float32Array } {
  const step = from / to;
  const reach = Math.max(1, step);
  const starts = new Int32Array(to + 1);
  const places: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * step - 0.5;
    let sum = 0;
    for (let j = Math.ceil(centre - reach); j <= Math.floor(centre + reach); j++) {
      const weight = 1 - Math.abs(j - centre) / reach;
      if (weight <= 0) continue;
      places.push(Math.min(from - 1, Math.max(0, j)));
      weights.push(weight);
      sum += weight;
    }
    for (let j = starts[i]; j < weights.length; j++) weights[j] /= sum;
    starts[i + 1] = weights.length;
  }
  return { starts, places: Int32Array.from(places), weights: Float32Array.from(weights) };
}
