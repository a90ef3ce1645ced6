/**
 * A graph's values on a TensorFlow.js backend. A graph has its channels on axis 1, as ONNX does; TensorFlow's
 * convolutions want them last. A value is turned round only where somebody needs it the other way, so that in a
 * convolutional network it happens at the two ends.
 *
 * @module
 */
import { product, ShapeError, type ValueData, type Values } from "@cellwright/core";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";

/** TensorFlow.js itself: the copy of its core whose backend runs. */
export type Tensorflow = typeof import("@tensorflow/tfjs-core");

/** A value on the backend. Whole numbers are held in 32 bits, booleans in 8. */
export interface Held {
  readonly tensor: Tensor;
  /** The lengths of the axes in the graph's order. */
  readonly shape: readonly number[];
  /** Whether axis 1 of 4 lies last in `tensor`. */
  readonly channelsLast: boolean;
}

/** A tensor whose axes lie in the graph's order. */
export function plain(tensor: Tensor, shape: readonly number[] = tensor.shape): Held {
  return { tensor, shape, channelsLast: false };
}

/** A tensor whose channels lie last. */
export function channelsLast(tensor: Tensor): Held {
  const [n, height, width, channels] = tensor.shape;
  return { tensor, shape: [n, channels, height, width], channelsLast: true };
}

/** The value with its axes in the graph's order; the same tensor where it has them already. */
export function inOrder(tf: Tensorflow, held: Held): Tensor {
  if (!held.channelsLast) return held.tensor;
  const { shape } = held;
  return isThin(shape)
    ? tf.reshape(held.tensor, [...shape])
    : tf.transpose(held.tensor, [0, 3, 1, 2]);
}

/** The value of four axes with its channels last; the same tensor where it has them there already. */
export function lastOf(tf: Tensorflow, held: Held): Tensor4D {
  if (held.channelsLast) return held.tensor as Tensor4D;
  const [n, channels, height, width] = held.shape;
  return isThin(held.shape)
    ? tf.reshape(held.tensor, [n, height, width, channels])
    : (tf.transpose(held.tensor, [0, 2, 3, 1]) as Tensor4D);
}

/** One channel, or one pixel: both orders are the same numbers in a row. */
function isThin([, channels, height, width]: readonly number[]): boolean {
  return channels === 1 || height * width === 1;
}

/** Copies a value to the backend. Throws core's `ShapeError` for a whole number that 32 bits do not hold. */
export function upload(tf: Tensorflow, { data, shape }: Values): Held {
  if (data instanceof Float32Array) return plain(tf.tensor(data, [...shape], "float32"), shape);
  if (data instanceof Uint8Array) return plain(tf.tensor(data, [...shape], "bool"), shape);
  const numbers = Int32Array.from(data, Number);
  const wrong = data.find((value, i) => value !== BigInt(numbers[i]));
  if (wrong !== undefined)
    throw new ShapeError("whole numbers on TensorFlow.js", "within 32 bits", `${wrong}`);
  return plain(tf.tensor(numbers, [...shape], "int32"), shape);
}

/** Copies a tensor of a graph's order back. */
export async function download(tensor: Tensor, shape: readonly number[]): Promise<Values> {
  const data = await tensor.data();
  // The backend may own what it gives (the one of plain JavaScript does).
  const own: ValueData =
    tensor.dtype === "int32"
      ? BigInt64Array.from(data as Int32Array, BigInt)
      : tensor.dtype === "bool"
        ? Uint8Array.from(data)
        : Float32Array.from(data);
  if (own.length !== product(shape))
    throw new ShapeError(
      "a result of TensorFlow.js",
      `of shape [${shape}]`,
      `${own.length} values`,
    );
  return { data: own, shape };
}
