/**
 * Operators that add many values up: sums, means, matrix products, and what rests on them.
 *
 * @module
 */
import { axesOf, axisOf, numberAttribute } from "@cellwright/core";
import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import { channelsLast, type Held, inOrder, lastOf, plain, type Tensorflow } from "./held.js";
import { type Call, type Family, floatInput, floatTensor, type Operation } from "./operation.js";

function reduce(compute: (tf: Tensorflow, x: Tensor, axes?: number[]) => Tensor): Operation {
  return (call) => {
    const tensor = floatTensor(call, 0);
    const axes = axesOf(call.node, call.graph, tensor.rank);
    const result = compute(call.tf, tensor, axes);
    return plain(call.tf.reshape(result, [...call.shape]), call.shape);
  };
}

/** alpha · A · B for every pair of matrices, each turned first where its attribute says so. */
function multiply(call: Call): Held {
  const { tf, node } = call;
  const turned = (name: string) => numberAttribute(node, name, 0) !== 0;
  // Stretched here: where both batches must be, TensorFlow.js makes fewer products than there are pairs.
  const [a, b] = [0, 1].map((index) => {
    const tensor = floatTensor(call, index);
    return tf.broadcastTo(tensor, [...call.shape.slice(0, -2), ...tensor.shape.slice(-2)]);
  });
  const result = tf.matMul(a, b, turned("transA"), turned("transB"));
  const alpha = numberAttribute(node, "alpha", 1);
  return plain(
    tf.reshape(alpha === 1 ? result : tf.mul(result, alpha), [...call.shape]),
    call.shape,
  );
}

/** scale · (x − mean) / √(variance + epsilon) + shift, a channel at a time. */
function normalizeBatch(call: Call): Held {
  const { tf } = call;
  const held = floatInput(call, 0);
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => floatTensor(call, i) as Tensor1D);
  const epsilon = numberAttribute(call.node, "epsilon", 1e-5);
  if (held.shape.length === 4)
    return channelsLast(tf.batchNorm(lastOf(tf, held), mean, variance, shift, scale, epsilon));
  const channels = held.shape.map((n, axis) => (axis === 1 ? n : 1));
  const factor = tf.div(scale, tf.sqrt(tf.add(variance, epsilon)));
  const centred = tf.sub(held.tensor, tf.reshape(mean, channels));
  const scaled = tf.mul(centred, tf.reshape(factor, channels));
  return plain(tf.add(scaled, tf.reshape(shift, channels)), held.shape);
}

function softmax(call: Call): Held {
  const { tf, node } = call;
  const held = floatInput(call, 0);
  const rank = held.shape.length;
  const axis = axisOf(node, numberAttribute(node, "axis", -1), rank);
  if (rank === 4 && axis === 1) return channelsLast(tf.softmax(lastOf(tf, held)));
  const tensor = inOrder(tf, held);
  if (axis === rank - 1) return plain(tf.softmax(tensor), held.shape);
  const swapped = held.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  const along = tf.softmax(tf.transpose(tensor, swapped));
  return plain(tf.transpose(along, swapped), held.shape);
}

/** ReduceSum, ReduceMean, MatMul, FusedMatMul, BatchNormalization (inference) and Softmax. */
export const reduction: Family = {
  ReduceSum: reduce((tf, x, axes) => tf.sum(x, axes)),
  ReduceMean: reduce((tf, x, axes) => tf.mean(x, axes)),
  MatMul: multiply,
  FusedMatMul: multiply,
  BatchNormalization: normalizeBatch,
  Softmax: softmax,
};
