/**
 * Operators that work value by value, inputs stretched to one shape as in numpy.
 *
 * @module
 */
import { nameOf, numberAttribute, product, UnsupportedError } from "@cellwright/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Held, inOrder, lastOf, type Tensorflow } from "./held.js";
import { type Call, type Family, floatInput, inputOf, type Operation } from "./operation.js";

/** One number from one number: the order of the axes does not matter. */
function each(compute: (tf: Tensorflow, x: Tensor) => Tensor): Operation {
  return (call) => {
    const held = floatInput(call, 0);
    return { ...held, tensor: compute(call.tf, held.tensor) };
  };
}

/** One value from a value of each input, taken two at a time. */
function fold(compute: (tf: Tensorflow, a: Tensor, b: Tensor) => Tensor): Operation {
  return (call) => {
    const inputs = call.node.inputs.map((_, i) => floatInput(call, i));
    const { tensors, channelsLast } = aligned(call, inputs);
    const [first, ...rest] = tensors;
    const tensor = rest.reduce((a, b) => compute(call.tf, a, b), first);
    return { tensor: own(call.tf, tensor, first), shape: call.shape, channelsLast };
  };
}

/** The inputs with their axes in one order: channels last where one of them has it so and all can. */
function aligned(
  { tf, shape }: Call,
  inputs: readonly Held[],
): { tensors: Tensor[]; channelsLast: boolean } {
  const channelsLast =
    shape.length === 4 &&
    inputs.some((held) => held.channelsLast) &&
    inputs.every((held) => held.shape.length === 4 || product(held.shape) === 1);
  const turned = (held: Held) =>
    held.shape.length === 4 ? lastOf(tf, held) : tf.reshape(held.tensor, []);
  return {
    tensors: inputs.map((held) => (channelsLast ? turned(held) : inOrder(tf, held))),
    channelsLast,
  };
}

/** A result that is not the input itself. */
function own(tf: Tensorflow, result: Tensor, input: Tensor): Tensor {
  return result === input ? tf.clone(result) : result;
}

function mean(call: Call): Held {
  const sum = add(call);
  return { ...sum, tensor: call.tf.div(sum.tensor, call.node.inputs.length) };
}

function clip(call: Call): Held {
  const { tf } = call;
  const held = floatInput(call, 0);
  let { tensor } = held;
  if (call.input(1)) tensor = tf.maximum(tensor, tf.reshape(floatInput(call, 1).tensor, []));
  if (call.input(2)) tensor = tf.minimum(tensor, tf.reshape(floatInput(call, 2).tensor, []));
  return { ...held, tensor: own(tf, tensor, held.tensor) };
}

function where(call: Call): Held {
  const { tf } = call;
  const inputs = [booleans(call), floatInput(call, 1), floatInput(call, 2)];
  const { tensors, channelsLast } = aligned(call, inputs);
  const [n, channels, height, width] = call.shape;
  const shape = channelsLast ? [n, height, width, channels] : [...call.shape];
  // Not every backend stretches a condition, or booleans at all.
  const condition = truth(tf, tf.broadcastTo(tf.cast(tensors[0], "float32"), shape));
  const [yes, no] = tensors.slice(1).map((tensor) => tf.broadcastTo(tensor, shape));
  return { tensor: tf.where(condition, yes, no), shape: call.shape, channelsLast };
}

function booleans(call: Call): Held {
  const held = inputOf(call, 0);
  if (held.tensor.dtype === "bool") return held;
  throw new UnsupportedError(`${nameOf(call.node)} needs booleans as its first input`, {
    op: call.node.op,
  });
}

/** What is not 0. A cast does not do on WebAssembly, where it makes 2 of 2 and 0 of ½. */
function truth(tf: Tensorflow, numbers: Tensor): Tensor {
  return tf.notEqual(numbers, 0);
}

function not(call: Call): Held {
  const held = booleans(call);
  return { ...held, tensor: call.tf.logicalNot(held.tensor) };
}

/** The types a Cast can make, by ONNX's numbers. */
const types: Readonly<Record<number, "float32" | "int32" | "bool">> = {
  1: "float32",
  7: "int32",
  9: "bool",
};

function cast(call: Call): Held {
  const to = numberAttribute(call.node, "to", 1);
  const type = types[to];
  if (!type)
    throw new UnsupportedError(
      `${nameOf(call.node)} makes float32, int64 or bool, not type ${to}`,
      { to },
    );
  const { tf } = call;
  const held = inputOf(call, 0);
  if (type === "bool" && held.tensor.dtype !== "bool")
    return { ...held, tensor: truth(tf, held.tensor) };
  return { ...held, tensor: own(tf, tf.cast(held.tensor, type), held.tensor) };
}

const add = fold((tf, a, b) => tf.add(a, b));

/** Arithmetic, activations without neighbours, comparisons, Where and Cast. */
export const pointwise: Family = {
  Relu: each((tf, x) => tf.relu(x)),
  Sigmoid: each((tf, x) => tf.sigmoid(x)),
  Neg: each((tf, x) => tf.neg(x)),
  Sqrt: each((tf, x) => tf.sqrt(x)),
  Exp: each((tf, x) => tf.exp(x)),
  Log: each((tf, x) => tf.log(x)),
  Sign: each((tf, x) => tf.sign(x)),
  Abs: each((tf, x) => tf.abs(x)),
  Add: add,
  Sub: fold((tf, a, b) => tf.sub(a, b)),
  Mul: fold((tf, a, b) => tf.mul(a, b)),
  Div: fold((tf, a, b) => tf.div(a, b)),
  Pow: fold((tf, a, b) => tf.pow(a, b)),
  Max: fold((tf, a, b) => tf.maximum(a, b)),
  Min: fold((tf, a, b) => tf.minimum(a, b)),
  Mean: mean,
  Clip: clip,
  Equal: fold((tf, a, b) => tf.equal(a, b)),
  Greater: fold((tf, a, b) => tf.greater(a, b)),
  Less: fold((tf, a, b) => tf.less(a, b)),
  Not: not,
  Where: where,
  Cast: cast,
};
