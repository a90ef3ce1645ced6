/**
 * Pooling of the reference engine: the largest, or the mean, of the pixels under a window.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { product } from "../infer-shapes.js";
import { numberAttribute, type ValueData } from "../network.js";
import { nameOf, type Window, windowOf } from "../operator.js";
import { type Call, type Family, floatInput } from "./operation.js";

/** The pixels of each window, one after the other, and from them the window's result. */
type Summary = (pixels: Float64Array, count: number, windowSize: number) => number;

function pool(call: Call, summarize: Summary): ValueData {
  const { data, shape } = floatInput(call, 0);
  if (shape.length !== 4)
    throw new UnsupportedError(`${nameOf(call.node)} must be of two dimensions`, { shape });
  const window = windowOf(call.node);
  const [, , height, width] = call.shape;
  const plane = shape[2] * shape[3];
  const pixels = new Float64Array(product(window.kernel));
  const out = new Float32Array(product(call.shape));
  let at = 0;
  for (let start = 0; start < data.length; start += plane)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const count = gather(pixels, data, start, shape, window, y, x);
        out[at++] = summarize(pixels, count, pixels.length);
      }
  return out;
}

/** Collects the pixels of the window at (y, x) that lie inside the image; returns how many. */
function gather(
  pixels: Float64Array,
  data: Float32Array,
  start: number,
  shape: readonly number[],
  { kernel, strides, dilations, before }: Window,
  y: number,
  x: number,
): number {
  let count = 0;
  for (let ky = 0; ky < kernel[0]; ky++) {
    const fromY = y * strides[0] + ky * dilations[0] - before[0];
    if (fromY < 0 || fromY >= shape[2]) continue;
    for (let kx = 0; kx < kernel[1]; kx++) {
      const fromX = x * strides[1] + kx * dilations[1] - before[1];
      if (fromX >= 0 && fromX < shape[3]) pixels[count++] = data[start + fromY * shape[3] + fromX];
    }
  }
  return count;
}

function largest(pixels: Float64Array, count: number): number {
  let result = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) result = Math.max(result, pixels[i]);
  return result;
}

function sum(pixels: Float64Array, count: number): number {
  let result = 0;
  for (let i = 0; i < count; i++) result += pixels[i];
  return result;
}

function average(call: Call): ValueData {
  const padding = numberAttribute(call.node, "count_include_pad", 0) !== 0;
  return pool(call, (pixels, count, size) => sum(pixels, count) / (padding ? size : count));
}

/** MaxPool and AveragePool of two dimensions. */
export const pooling: Family = { MaxPool: (call) => pool(call, largest), AveragePool: average };
