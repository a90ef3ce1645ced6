/**
 * What an operator of the reference engine is: a function from input values to one output value.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import type { Graph, Node, ValueData, Values } from "../network.js";
import { nameOf } from "../operator.js";

/** One node about to run: its inputs (`undefined` where an optional one is left out) and its output's shape. */
export interface Call {
  readonly node: Node;
  readonly graph: Graph;
  readonly inputs: readonly (Values | undefined)[];
  readonly shape: readonly number[];
}

/** Computes the data of a node's output; inputs are not written to. Sums are kept in float64 and stored as float32. */
export type Operation = (call: Call) => ValueData;

/** The operations of one family, by operator. */
export type Family = Readonly<Record<string, Operation>>;

/** The values of an input that must be there. */
export function inputOf(call: Call, index: number): Values {
  const input = call.inputs[index];
  if (!input)
    throw new UnsupportedError(`${nameOf(call.node)} lacks its input ${index}`, {
      op: call.node.op,
    });
  return input;
}

/** The values of an input that must be there and hold float32 numbers. */
export function floatInput(call: Call, index: number): Values<Float32Array> {
  const { data, shape } = inputOf(call, index);
  if (data instanceof Float32Array) return { data, shape };
  throw new UnsupportedError(
    `${nameOf(call.node)} works on float32 numbers alone (input ${index})`,
    {
      op: call.node.op,
    },
  );
}

/** Values of the same type as `like`, all 0. */
export function zerosLike<D extends ValueData>(like: D, length: number): D {
  return new (like.constructor as new (length: number) => D)(length);
}
