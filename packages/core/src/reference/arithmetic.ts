/**
 * Operators of the reference engine that work value by value, inputs stretched to one shape as in numpy.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { numberAttribute, type ValueData, type Values } from "../network.js";
import { nameOf } from "../operator.js";
import { type Call, type Family, floatInput, inputOf, type Operation } from "./operation.js";
import { stretch } from "./rearrange.js";

/** One number from one number. */
function each(compute: (x: number) => number): Operation {
  return (call) => floatInput(call, 0).data.map(compute);
}

/** One number from a number of each input, taken two at a time. */
function fold(compute: (a: number, b: number) => number): Operation {
  return (call) => {
    const out = Float32Array.from(stretched(call, 0));
    for (let i = 1; i < call.inputs.length; i++) {
      const data = stretched(call, i);
      for (let at = 0; at < out.length; at++) out[at] = compute(out[at], data[at]);
    }
    return out;
  };
}

/** One boolean from two numbers. */
function compare(holds: (a: number, b: number) => boolean): Operation {
  return (call) => {
    const a = stretched(call, 0);
    const b = stretched(call, 1);
    return Uint8Array.from(a, (value, i) => (holds(value, b[i]) ? 1 : 0));
  };
}

function stretched(call: Call, index: number): Float32Array {
  return stretch(floatInput(call, index), call.shape);
}

function mean(call: Call): ValueData {
  const sum = new Float64Array(stretched(call, 0));
  for (let i = 1; i < call.inputs.length; i++) {
    const data = stretched(call, i);
    for (let at = 0; at < sum.length; at++) sum[at] += data[at];
  }
  return Float32Array.from(sum, (value) => value / call.inputs.length);
}

function clip(call: Call): ValueData {
  const low = call.inputs[1] ? floatInput(call, 1).data[0] : Number.NEGATIVE_INFINITY;
  const high = call.inputs[2] ? floatInput(call, 2).data[0] : Number.POSITIVE_INFINITY;
  return floatInput(call, 0).data.map((x) => Math.min(Math.max(x, low), high));
}

function where(call: Call): ValueData {
  const condition = stretch(booleans(call), call.shape);
  const yes = stretched(call, 1);
  const no = stretched(call, 2);
  return yes.map((value, i) => (condition[i] ? value : no[i]));
}

function booleans(call: Call): Values<Uint8Array> {
  const { data, shape } = inputOf(call, 0);
  if (data instanceof Uint8Array) return { data, shape };
  throw new UnsupportedError(`${nameOf(call.node)} needs booleans as its first input`, {
    op: call.node.op,
  });
}

/** ONNX's numbers for the types a Cast can make. */
const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

function cast(call: Call): ValueData {
  const { data } = inputOf(call, 0);
  const to = numberAttribute(call.node, "to", FLOAT);
  const numbers = Float64Array.from(data as ArrayLike<number | bigint>, Number);
  if (to === FLOAT) return Float32Array.from(numbers);
  if (to === BOOL) return Uint8Array.from(numbers, (x) => (x === 0 ? 0 : 1));
  if (to === INT64)
    return BigInt64Array.from(numbers as ArrayLike<number>, (x) => BigInt(Math.trunc(x)));
  throw new UnsupportedError(`${nameOf(call.node)} makes float32, int64 or bool, not type ${to}`, {
    to,
  });
}

/** Arithmetic, activations without neighbours, comparisons, Where and Cast. */
export const arithmetic: Family = {
  Relu: each((x) => (x < 0 ? 0 : x)),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  Neg: each((x) => -x),
  Sqrt: each(Math.sqrt),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Sign: each(Math.sign),
  Abs: each(Math.abs),
  Add: fold((a, b) => a + b),
  Sub: fold((a, b) => a - b),
  Mul: fold((a, b) => a * b),
  Div: fold((a, b) => a / b),
  Pow: fold((a, b) => a ** b),
  Max: fold(Math.max),
  Min: fold(Math.min),
  Mean: mean,
  Clip: clip,
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  Less: compare((a, b) => a < b),
  Not: (call) => booleans(call).data.map((value) => (value ? 0 : 1)),
  Where: where,
  Cast: cast,
};
