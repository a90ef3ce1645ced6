/**
 * Operators that slide a window over an image: convolution and pooling of two dimensions.
 *
 * @module
 */
import { nameOf, numberAttribute, UnsupportedError, type Window, windowOf } from "@cellwright/core";
import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import { RECTIFIED } from "./fuse.js";
import { channelsLast, type Held, lastOf, type Tensorflow } from "./held.js";
import { type Call, type Family, floatInput, floatTensor } from "./operation.js";

type Pair = [number, number];

function convolve(call: Call, activation: "linear" | "relu"): Held {
  const { tf, node } = call;
  const image = floatInput(call, 0);
  if (image.shape.length !== 4 || numberAttribute(node, "group", 1) !== 1)
    throw new UnsupportedError(`${nameOf(node)} must be of two dimensions and one group`, {
      shape: image.shape,
    });
  const window = windowOf(node, floatInput(call, 1).shape.slice(2));
  const bias = call.input(2) && (floatTensor(call, 2) as Tensor1D);
  const { strides, dilations, before, after } = window;
  // TensorFlow strides or dilates, not both: then every place is computed and some are taken.
  const thinned = strides.some((n) => n > 1) && dilations.some((n) => n > 1);
  const result = tf.fused.conv2d({
    x: lastOf(tf, image),
    filter: call.kernel(1),
    strides: thinned ? 1 : (strides as Pair),
    pad: [
      [0, 0],
      [before[0], after[0]],
      [before[1], after[1]],
      [0, 0],
    ],
    dilations: dilations as Pair,
    activation,
    ...(bias && { bias }),
  });
  return channelsLast(thinned ? pixelsFrom(tf, result, [0, 0], strides, call.shape) : result);
}

/** Every `strides`-th pixel from `start` on, as many as the output of `shape` has. */
function pixelsFrom(
  tf: Tensorflow,
  image: Tensor4D,
  [top, left]: Pair,
  strides: readonly number[],
  shape: readonly number[],
): Tensor4D {
  const [n, , , channels] = image.shape;
  const [height, width] = shape.slice(2);
  if (strides.every((stride) => stride === 1))
    return tf.slice(image, [0, top, left, 0], [n, height, width, channels]);
  const end = [
    n,
    top + (height - 1) * strides[0] + 1,
    left + (width - 1) * strides[1] + 1,
    channels,
  ];
  return tf.stridedSlice(image, [0, top, left, 0], end, [1, ...strides, 1]) as Tensor4D;
}

/** The image with `value` around it, as wide as the window's pads. */
function framed(tf: Tensorflow, image: Tensor4D, window: Window, value: number): Tensor4D {
  const { before, after } = window;
  if ([...before, ...after].every((n) => n === 0)) return image;
  return tf.pad(
    image,
    [
      [0, 0],
      [before[0], after[0]],
      [before[1], after[1]],
      [0, 0],
    ],
    value,
  );
}

/** Whether TensorFlow's own pooling does it: no holes, and more than one pixel (of which XNNPACK wants to hear nothing). */
function isPlain({ kernel, dilations }: Window): boolean {
  return dilations.every((n) => n === 1) && kernel[0] * kernel[1] > 1;
}

/** For every element of the window, the pixels under it at all places: as many images as the window has elements. */
function* shifted(
  tf: Tensorflow,
  image: Tensor4D,
  { kernel, strides, dilations }: Window,
  shape: readonly number[],
): Generator<Tensor4D> {
  for (let ky = 0; ky < kernel[0]; ky++)
    for (let kx = 0; kx < kernel[1]; kx++)
      yield pixelsFrom(tf, image, [ky * dilations[0], kx * dilations[1]], strides, shape);
}

function checked(call: Call): Tensor4D {
  const image = floatInput(call, 0);
  if (image.shape.length === 4) return lastOf(call.tf, image);
  throw new UnsupportedError(`${nameOf(call.node)} must be of two dimensions`, {
    shape: image.shape,
  });
}

function largest(call: Call): Held {
  const { tf } = call;
  const window = windowOf(call.node);
  const image = framed(tf, checked(call), window, Number.NEGATIVE_INFINITY);
  const { kernel, strides } = window;
  if (isPlain(window))
    return channelsLast(tf.maxPool(image, kernel as Pair, strides as Pair, "valid"));
  const [first, ...rest] = shifted(tf, image, window, call.shape);
  return channelsLast(rest.reduce((a, b) => tf.maximum(a, b), first));
}

/** The mean of the pixels under the window; of those inside the image alone where padding does not count. */
function average(call: Call): Held {
  const { tf } = call;
  const window = windowOf(call.node);
  const image = checked(call);
  const sums = meanUnder(tf, framed(tf, image, window, 0), window, call.shape);
  const whole =
    [...window.before, ...window.after].every((n) => n === 0) ||
    numberAttribute(call.node, "count_include_pad", 0) !== 0;
  if (whole) return channelsLast(sums);
  const ones = tf.ones([1, image.shape[1], image.shape[2], 1]) as Tensor4D;
  const shares = meanUnder(tf, framed(tf, ones, window, 0), window, call.shape);
  return channelsLast(tf.div(sums, shares));
}

function meanUnder(
  tf: Tensorflow,
  image: Tensor4D,
  window: Window,
  shape: readonly number[],
): Tensor4D {
  const { kernel, strides } = window;
  if (isPlain(window)) return tf.avgPool(image, kernel as Pair, strides as Pair, "valid");
  const [first, ...rest] = shifted(tf, image, window, shape);
  return tf.div(
    rest.reduce((a, b) => tf.add(a, b), first),
    kernel[0] * kernel[1],
  );
}

/** Conv (with a rectifier too), MaxPool and AveragePool of two dimensions, with strides, dilations and pads. */
export const sliding: Family = {
  Conv: (call) => convolve(call, "linear"),
  [RECTIFIED]: (call) => convolve(call, "relu"),
  MaxPool: largest,
  AveragePool: average,
};
