/**
 * Operators of the reference engine that add many values up: sums, means, matrix products, and what rests on them.
 *
 * @module
 */
import { product } from "../infer-shapes.js";
import { numberAttribute, type ValueData, type Values } from "../network.js";
import { axesOf, axisOf } from "../operator.js";
import { type Call, type Family, floatInput } from "./operation.js";
import { readStrided, stridesOf } from "./rearrange.js";

/** The sum over the named axes, divided by `divide` of how many were added. */
function reduce(call: Call, divide: (count: number) => number): ValueData {
  const { data, shape } = floatInput(call, 0);
  const axes = axesOf(call.node, call.graph, shape.length) ?? shape.map((_, i) => i);
  const kept = shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const order = [...kept, ...axes];
  const strides = stridesOf(shape);
  const count = product(axes.map((axis) => shape[axis]));
  const runs = readStrided(
    data,
    order.map((axis) => shape[axis]),
    order.map((axis) => strides[axis]),
  );
  const out = new Float32Array(product(call.shape));
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let at = i * count; at < (i + 1) * count; at++) sum += runs[at];
    out[i] = sum / divide(count);
  }
  return out;
}

/** alpha · A · B for every pair of matrices; each is first laid out so that a product runs along memory. */
function multiply(call: Call): ValueData {
  const rows = matrices(call, 0, numberAttribute(call.node, "transA", 0) !== 0);
  const columns = matrices(call, 1, numberAttribute(call.node, "transB", 0) === 0);
  const alpha = numberAttribute(call.node, "alpha", 1);
  const [height, width] = call.shape.slice(-2);
  const length = rows.shape[rows.shape.length - 1];
  const out = new Float32Array(product(call.shape));
  for (let i = 0; i < out.length; i++) {
    const matrix = Math.floor(i / (height * width));
    const a = (matrix * height + (Math.floor(i / width) % height)) * length;
    const b = (matrix * width + (i % width)) * length;
    let sum = 0;
    for (let k = 0; k < length; k++) sum += rows.data[a + k] * columns.data[b + k];
    out[i] = alpha * sum;
  }
  return out;
}

/** An input's matrices, repeated for every matrix of the output, rows and columns swapped where asked. */
function matrices(call: Call, index: number, swapped: boolean): Values<Float32Array> {
  const { data, shape } = floatInput(call, index);
  const rank = shape.length;
  const batch = call.shape.slice(0, -2);
  const lead = batch.length - (rank - 2);
  const strides = stridesOf(shape);
  const steps = batch.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead]));
  const [row, column] = swapped ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  const out = [...batch, shape[row], shape[column]];
  return { data: readStrided(data, out, [...steps, strides[row], strides[column]]), shape: out };
}

/** y = scale · (x − mean) / √(variance + epsilon) + shift, a channel at a time. */
function normalizeBatch(call: Call): ValueData {
  const { data, shape } = floatInput(call, 0);
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => floatInput(call, i).data);
  const epsilon = numberAttribute(call.node, "epsilon", 1e-5);
  const plane = product(shape.slice(2));
  const out = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += plane) {
    const c = (start / plane) % shape[1];
    const factor = scale[c] / Math.sqrt(variance[c] + epsilon);
    for (let i = start; i < start + plane; i++) out[i] = (data[i] - mean[c]) * factor + shift[c];
  }
  return out;
}

/** exp(x) / Σ exp(x) along one axis; the largest x is taken away first so that nothing overflows. */
function softmax(call: Call): ValueData {
  const { data, shape } = floatInput(call, 0);
  const axis = axisOf(call.node, numberAttribute(call.node, "axis", -1), shape.length);
  const step = product(shape.slice(axis + 1));
  const length = shape[axis];
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length / length; i++) {
    const start = Math.floor(i / step) * step * length + (i % step);
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < length; k++) largest = Math.max(largest, data[start + k * step]);
    let sum = 0;
    for (let k = 0; k < length; k++) sum += Math.exp(data[start + k * step] - largest);
    for (let k = 0; k < length; k++) {
      const at = start + k * step;
      out[at] = Math.exp(data[at] - largest) / sum;
    }
  }
  return out;
}

/** ReduceSum, ReduceMean, MatMul, FusedMatMul, BatchNormalization (inference) and Softmax. */
export const reduction: Family = {
  ReduceSum: (call) => reduce(call, () => 1),
  ReduceMean: (call) => reduce(call, (count) => count),
  MatMul: multiply,
  FusedMatMul: multiply,
  BatchNormalization: normalizeBatch,
  Softmax: softmax,
};
