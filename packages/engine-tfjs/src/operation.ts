/**
 * What an operator is on TensorFlow.js: a function from values on the backend to one value on the backend.
 *
 * @module
 */
import { type Graph, type Node, nameOf, UnsupportedError } from "@cellwright/core";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { type Held, inOrder, type Tensorflow } from "./held.js";

/** One node about to run. */
export interface Call {
  readonly tf: Tensorflow;
  readonly node: Node;
  readonly graph: Graph;
  /** The shape of its output. */
  readonly shape: readonly number[];
  /** An input's value; undefined where an optional one is left out. */
  readonly input: (index: number) => Held | undefined;
  /** An input as a convolution's kernel: height, width, channels in, channels out. */
  readonly kernel: (index: number) => Tensor4D;
}

/** Computes a node's output, a tensor of its own; what it makes on the way is given back after it. */
export type Operation = (call: Call) => Held;

/** The operations of one family, by operator. */
export type Family = Readonly<Record<string, Operation>>;

/** An input that must be there. */
export function inputOf(call: Call, index: number): Held {
  const held = call.input(index);
  if (held) return held;
  throw new UnsupportedError(`${nameOf(call.node)} lacks its input ${index}`, { op: call.node.op });
}

/** An input that must be there and hold float32 numbers. */
export function floatInput(call: Call, index: number): Held {
  const held = inputOf(call, index);
  if (held.tensor.dtype === "float32") return held;
  throw new UnsupportedError(
    `${nameOf(call.node)} works on float32 numbers alone (input ${index})`,
    { op: call.node.op },
  );
}

/** A float input with its axes in the graph's order. */
export function floatTensor(call: Call, index: number): Tensor {
  return inOrder(call.tf, floatInput(call, index));
}
