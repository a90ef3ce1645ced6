/**
 * Operators that move values without changing them: slices, pads, turns, repeats.
 *
 * @module
 */
import {
  axisOf,
  type Cut,
  cutsOf,
  floatWeight,
  listAttribute,
  nameOf,
  numberAttribute,
  padsOf,
  repeatsOf,
  UnsupportedError,
} from "@cellwright/core";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { channelsLast, type Held, inOrder, lastOf, plain, type Tensorflow } from "./held.js";
import { type Call, type Family, floatInput, inputOf } from "./operation.js";

/** A list with a number an axis, in the order in which a value's tensor has its axes. */
function ordered<T>(list: readonly T[], held: Held): T[] {
  return held.channelsLast ? [list[0], list[2], list[3], list[1]] : [...list];
}

function slice(call: Call): Held {
  const { tf } = call;
  const held = inputOf(call, 0);
  const cuts = ordered(cutsOf(call.node, call.graph, held.shape), held);
  return { ...held, tensor: cut(tf, held.tensor, cuts), shape: call.shape };
}

function cut(tf: Tensorflow, tensor: Tensor, cuts: readonly Cut[]): Tensor {
  if (cuts.every(({ step }) => step === 1))
    return tf.slice(
      tensor,
      cuts.map(({ start }) => start),
      cuts.map(({ count }) => count),
    );
  // Backwards is forwards in the mirrored axis.
  const backwards = cuts.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  const mirrored = backwards.length > 0 ? tf.reverse(tensor, backwards) : tensor;
  const starts = cuts.map(({ start, step }, axis) =>
    step < 0 ? tensor.shape[axis] - 1 - start : start,
  );
  const steps = cuts.map(({ step }) => Math.abs(step));
  const ends = cuts.map(({ count }, i) => starts[i] + Math.max(0, count - 1) * steps[i] + 1);
  return tf.stridedSlice(mirrored, starts, ends, steps);
}

function transpose(call: Call): Held {
  const { tf } = call;
  const held = inputOf(call, 0);
  const backwards = held.shape.map((_, i) => held.shape.length - 1 - i);
  const order = listAttribute(call.node, "perm", backwards);
  // Nothing moves where the channels lie already as they shall.
  if (held.channelsLast && `${order}` === "0,2,3,1") return plain(tf.clone(held.tensor));
  if (!held.channelsLast && `${order}` === "0,3,1,2") return channelsLast(tf.clone(held.tensor));
  return plain(tf.transpose(inOrder(tf, held), [...order]), call.shape);
}

function concat(call: Call): Held {
  const { tf, node } = call;
  const inputs = node.inputs.map((_, i) => inputOf(call, i));
  const axis = axisOf(node, numberAttribute(node, "axis", 0), call.shape.length);
  const last = inputs.some((held) => held.channelsLast);
  const tensors = inputs.map((held) => (last ? lastOf(tf, held) : inOrder(tf, held)));
  const place = last ? [0, 3, 1, 2][axis] : axis;
  return { tensor: tf.concat(tensors, place), shape: call.shape, channelsLast: last };
}

function pad(call: Call): Held {
  const { tf, node, graph } = call;
  const mode = node.attributes.mode ?? "constant";
  if (mode !== "constant")
    throw new UnsupportedError(
      `${nameOf(node)}: mode "${mode}" is not supported, only "constant"`,
      {
        mode,
      },
    );
  const held = floatInput(call, 0);
  const { before, after } = padsOf(node, graph, held.shape.length);
  const fill = node.inputs[2] ? floatWeight(graph, node.inputs[2]).data[0] : 0;
  const edges = ordered(
    before.map((first, axis) => [first, after[axis]] as const),
    held,
  );
  const kept = edges.map(([first, last], axis) => ({
    start: Math.max(0, -first),
    step: 1,
    count: held.tensor.shape[axis] + Math.min(0, first) + Math.min(0, last),
  }));
  const inside = edges.some(([first, last]) => first < 0 || last < 0)
    ? cut(tf, held.tensor, kept)
    : held.tensor;
  const added = edges.map(([first, last]): [number, number] => [
    Math.max(0, first),
    Math.max(0, last),
  ]);
  return { ...held, tensor: tf.pad(inside, added, fill), shape: call.shape };
}

function resize(call: Call): Held {
  const { tf } = call;
  const held = floatInput(call, 0);
  const repeats = repeatsOf(call.node, call.graph, held.shape.length);
  if (held.shape.length === 4 && repeats[0] === 1 && repeats[1] === 1 && repeats.every(isExact)) {
    const size: [number, number] = [call.shape[2], call.shape[3]];
    return channelsLast(tf.image.resizeNearestNeighbor(lastOf(tf, held), size) as Tensor4D);
  }
  let tensor = tf.clone(inOrder(tf, held));
  for (const [axis, times] of repeats.entries()) tensor = repeated(tf, tensor, axis, times);
  return plain(tensor, call.shape);
}

/** Powers of two: TensorFlow finds a pixel's source by a division that is exact for them alone. */
function isExact(times: number): boolean {
  return (times & (times - 1)) === 0;
}

/** Every element along an axis `times` times in a row. */
function repeated(tf: Tensorflow, tensor: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return tensor;
  const { shape } = tensor;
  const outer = shape.slice(0, axis + 1).reduce((a, b) => a * b, 1);
  const rows = tf.reshape(tensor, [outer, 1, -1]);
  const copies = tf.concat(
    Array.from({ length: times }, () => rows),
    1,
  );
  return tf.reshape(copies, shape.with(axis, shape[axis] * times));
}

function expand(call: Call): Held {
  const { tf } = call;
  const tensor = inOrder(tf, inputOf(call, 0));
  const numbers = tensor.dtype === "bool" ? tf.cast(tensor, "int32") : tensor;
  const stretched = tf.broadcastTo(numbers, [...call.shape]);
  return plain(tf.cast(stretched, tensor.dtype), call.shape);
}

/** The same values in a row, other axes. */
function reshape(call: Call): Held {
  const { tf } = call;
  return plain(tf.reshape(inOrder(tf, inputOf(call, 0)), [...call.shape]), call.shape);
}

function identity(call: Call): Held {
  const held = inputOf(call, 0);
  return { ...held, tensor: call.tf.clone(held.tensor) };
}

/** Slice, Pad, Concat, Transpose, Resize, Expand, Reshape, Squeeze, Unsqueeze, Identity. */
export const rearrange: Family = {
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Transpose: transpose,
  Resize: resize,
  Expand: expand,
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Identity: identity,
};
