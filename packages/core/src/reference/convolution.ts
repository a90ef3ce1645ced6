/**
 * The convolution of the reference engine: every output pixel is a weighted sum of the pixels under its kernel.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { product } from "../infer-shapes.js";
import { numberAttribute, type ValueData } from "../network.js";
import { nameOf, type Window, windowOf } from "../operator.js";
import { type Call, type Family, floatInput } from "./operation.js";

function convolve(call: Call): ValueData {
  const layers = layersOf(call);
  const [count, channels, height, width] = call.shape;
  const out = new Float32Array(product(call.shape));
  const row = new Float64Array(width);
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let o = 0; o < channels; o++)
      for (let y = 0; y < height; y++) {
        addRow(row, layers, n, o, y);
        out.set(row, at);
        at += width;
      }
  return out;
}

/** The image, the kernel and how one slides over the other. */
interface Layers {
  readonly image: Float32Array;
  readonly imageShape: readonly number[];
  readonly kernel: Float32Array;
  readonly kernelShape: readonly number[];
  readonly bias: Float32Array;
  readonly window: Window;
}

function layersOf(call: Call): Layers {
  const { data: image, shape: imageShape } = floatInput(call, 0);
  const { data: kernel, shape: kernelShape } = floatInput(call, 1);
  const bias = call.inputs[2] ? floatInput(call, 2).data : new Float32Array(kernelShape[0]);
  if (imageShape.length !== 4 || numberAttribute(call.node, "group", 1) !== 1)
    throw new UnsupportedError(`${nameOf(call.node)} must be of two dimensions and one group`, {
      shape: imageShape,
    });
  const window = windowOf(call.node, kernelShape.slice(2));
  return { image, imageShape, kernel, kernelShape, bias, window };
}

/** One row of the output, added up in float64, one kernel element after the other. */
function addRow(row: Float64Array, layers: Layers, n: number, o: number, y: number): void {
  const { image, kernel, window } = layers;
  const { strides, dilations, before } = window;
  const [, channels, height, width] = layers.imageShape;
  const [kernelHeight, kernelWidth] = window.kernel;
  row.fill(layers.bias[o]);
  for (let c = 0; c < channels; c++)
    for (let ky = 0; ky < kernelHeight; ky++) {
      const fromY = y * strides[0] + ky * dilations[0] - before[0];
      if (fromY < 0 || fromY >= height) continue;
      const line = ((n * channels + c) * height + fromY) * width;
      const weights = ((o * channels + c) * kernelHeight + ky) * kernelWidth;
      for (let kx = 0; kx < kernelWidth; kx++) {
        const shift = kx * dilations[1] - before[1];
        addScaled(row, kernel[weights + kx], image, line, shift, strides[1], width);
      }
    }
}

/** row[x] += weight · image[line + x·stride + shift], where that pixel is within the line of `width`. */
function addScaled(
  row: Float64Array,
  weight: number,
  image: Float32Array,
  line: number,
  shift: number,
  stride: number,
  width: number,
): void {
  const first = Math.max(0, Math.ceil(-shift / stride));
  const end = Math.min(row.length, Math.floor((width - 1 - shift) / stride) + 1);
  if (stride === 1) {
    const start = line + shift;
    for (let x = first; x < end; x++) row[x] += weight * image[start + x];
  } else for (let x = first; x < end; x++) row[x] += weight * image[line + shift + x * stride];
}

/** Conv of two dimensions with strides, dilations and pads. */
export const convolution: Family = { Conv: convolve };
