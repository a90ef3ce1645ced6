/**
 * Operators of the reference engine that move values without changing them: slices, pads, turns, repeats.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { product } from "../infer-shapes.js";
import { listAttribute, numberAttribute, type ValueData, type Values } from "../network.js";
import { axisOf, cutsOf, nameOf, padsOf, repeatsOf } from "../operator.js";
import { type Call, type Family, floatInput, inputOf, zerosLike } from "./operation.js";

/** How far apart neighbours on each axis lie in C order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** Reads values in the order of `shape`, moving `strides[i]` elements for a step along axis i, from `start`. */
export function readStrided<D extends ValueData>(
  data: D,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): D {
  const out = zerosLike(data, product(shape));
  const last = shape.length - 1;
  const width = last < 0 ? 1 : shape[last];
  const step = last < 0 ? 0 : strides[last];
  const index = new Array<number>(Math.max(last, 0)).fill(0);
  let from = start;
  for (let to = 0; to < out.length; to += width) {
    for (let x = 0, at = from; x < width; x++, at += step) out[to + x] = data[at];
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** Values stretched to a shape by numpy's rule: axes of length 1, and missing leading ones, are repeated. */
export function stretch<D extends ValueData>({ data, shape }: Values<D>, to: readonly number[]): D {
  const lead = to.length - shape.length;
  if (lead === 0 && shape.every((n, i) => n === to[i])) return data;
  const strides = stridesOf(shape);
  return readStrided(
    data,
    to,
    to.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead])),
  );
}

function slice(call: Call): ValueData {
  const { data, shape } = inputOf(call, 0);
  const cuts = cutsOf(call.node, call.graph, shape);
  const strides = stridesOf(shape);
  const start = cuts.reduce((sum, cut, i) => sum + cut.start * strides[i], 0);
  return readStrided(
    data,
    call.shape,
    cuts.map((cut, i) => cut.step * strides[i]),
    start,
  );
}

function transpose(call: Call): ValueData {
  const { data, shape } = inputOf(call, 0);
  const strides = stridesOf(shape);
  const order = listAttribute(
    call.node,
    "perm",
    shape.map((_, i) => shape.length - 1 - i),
  );
  return readStrided(
    data,
    call.shape,
    order.map((axis) => strides[axis]),
  );
}

function concat(call: Call): ValueData {
  const axis = axisOf(call.node, numberAttribute(call.node, "axis", 0), call.shape.length);
  const out = zerosLike(inputOf(call, 0).data, product(call.shape));
  const run = product(call.shape.slice(axis));
  let at = 0;
  for (const i of call.inputs.keys()) {
    const { data, shape } = inputOf(call, i);
    const piece = product(shape.slice(axis));
    for (let from = 0, to = at; from < data.length; from += piece, to += run)
      put(out, data, from, piece, to);
    at += piece;
  }
  return out;
}

function pad(call: Call): ValueData {
  const mode = call.node.attributes.mode ?? "constant";
  if (mode !== "constant")
    throw new UnsupportedError(
      `${nameOf(call.node)}: mode "${mode}" is not supported, only "constant"`,
    );
  const { data, shape } = floatInput(call, 0);
  const { before, after } = padsOf(call.node, call.graph, shape.length);
  const fill = call.inputs[2] ? floatInput(call, 2).data[0] : 0;
  let values: Values<Float32Array> = { data, shape };
  for (const axis of shape.keys()) values = padAxis(values, axis, before[axis], after[axis], fill);
  return values.data;
}

function padAxis(
  { data, shape }: Values<Float32Array>,
  axis: number,
  before: number,
  after: number,
  fill: number,
): Values<Float32Array> {
  if (before === 0 && after === 0) return { data, shape };
  const inner = product(shape.slice(axis + 1));
  const length = shape[axis];
  const size = length + before + after;
  const outer = product(shape.slice(0, axis));
  const out = new Float32Array(outer * size * inner).fill(fill);
  const first = Math.max(0, -before);
  const count = Math.min(length, length + after) - first;
  for (let i = 0; i < outer; i++)
    put(
      out,
      data,
      (i * length + first) * inner,
      Math.max(0, count) * inner,
      (i * size + first + before) * inner,
    );
  return { data: out, shape: shape.with(axis, size) };
}

function resize(call: Call): ValueData {
  const { data, shape } = floatInput(call, 0);
  const scales = repeatsOf(call.node, call.graph, shape.length);
  let values: Values<Float32Array> = { data, shape };
  for (const [axis, scale] of scales.entries()) values = repeatAxis(values, axis, scale);
  return values.data;
}

function repeatAxis(
  { data, shape }: Values<Float32Array>,
  axis: number,
  times: number,
): Values<Float32Array> {
  if (times === 1) return { data, shape };
  const inner = product(shape.slice(axis + 1));
  const out = new Float32Array(data.length * times);
  for (let from = 0, to = 0; from < data.length; from += inner)
    for (let i = 0; i < times; i++, to += inner) put(out, data, from, inner, to);
  return { data: out, shape: shape.with(axis, shape[axis] * times) };
}

/** Copies `count` values from one place to another. */
function put(out: ValueData, data: ValueData, from: number, count: number, to: number): void {
  for (let i = 0; i < count; i++) out[to + i] = data[from + i];
}

const unchanged = (call: Call): ValueData => inputOf(call, 0).data;

/** Slice, Pad, Concat, Transpose, Resize, Expand, Reshape, Squeeze, Unsqueeze, Identity. */
export const rearrange: Family = {
  Slice: slice,
  Pad: pad,
  Concat: concat,
  Transpose: transpose,
  Resize: resize,
  Expand: (call) => stretch(inputOf(call, 0), call.shape),
  Reshape: unchanged,
  Squeeze: unchanged,
  Unsqueeze: unchanged,
  Identity: unchanged,
};
