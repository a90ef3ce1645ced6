/**
 * What a node says about its operator: attributes and constant inputs, read once into plain numbers.
 * In: a node and its graph's weights. Out: windows, slices, pads, axes, scales. Shapes, the receptive field and the
 * reference engine all read them here, so that they cannot disagree.
 *
 * @module
 */
import { ModelError, ShapeError, UnsupportedError } from "./errors.js";
import {
  floatWeight,
  type Graph,
  integerWeight,
  listAttribute,
  type Node,
  numberAttribute,
} from "./network.js";

/** What to call a node in messages: its operator and what it makes. */
export function nameOf(node: Node): string {
  return `${node.op} "${node.outputs[0]}"`;
}

/** The sliding window of a convolution or pooling, one number a spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Pixels added before the first and after the last. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * The window of Conv, MaxPool or AveragePool; `kernel` is the kernel's size where the weights say it.
 * Throws {@link UnsupportedError} for paddings that depend on the image's size, and for `ceil_mode`.
 */
export function windowOf(node: Node, kernel?: readonly number[]): Window {
  const size = kernel ?? listAttribute(node, "kernel_shape", []);
  if (size.length === 0)
    throw new ModelError(`${nameOf(node)} must say its kernel_shape`, { op: node.op });
  const ones = size.map(() => 1);
  const strides = listAttribute(node, "strides", ones);
  const dilations = listAttribute(node, "dilations", ones);
  const same = size.map((k, i) => (k - 1) * (dilations[i] ?? 1));
  let pads = listAttribute(node, "pads", [...ones, ...ones].fill(0));
  const auto = node.attributes.auto_pad ?? "NOTSET";
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    if (strides.some((stride) => stride !== 1))
      throw new UnsupportedError(
        `${nameOf(node)}: auto_pad ${auto} works with stride 1 alone, got ${strides}`,
        {
          op: node.op,
        },
      );
    const less = same.map((total) => Math.floor(total / 2));
    const more = same.map((total) => Math.ceil(total / 2));
    pads = auto === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
  } else if (auto !== "NOTSET" && auto !== "VALID")
    throw new ModelError(`${nameOf(node)} has an unknown auto_pad "${auto}"`, { op: node.op });
  if (numberAttribute(node, "ceil_mode", 0) !== 0)
    throw new UnsupportedError(`${nameOf(node)}: ceil_mode 1 is not supported`, { op: node.op });
  const n = size.length;
  if (strides.length !== n || dilations.length !== n || pads.length !== 2 * n)
    throw new ModelError(
      `${nameOf(node)}: strides, dilations and pads must fit a kernel of ${size.join(" x ")}`,
      { op: node.op },
    );
  const steps = [...size, ...strides, ...dilations];
  if (!steps.every((length) => Number.isSafeInteger(length) && length > 0))
    throw new ModelError(
      `${nameOf(node)}: kernel, strides and dilations must be whole numbers from 1, are ${size}, ${strides} and ${dilations}`,
      { op: node.op },
    );
  if (pads.some((pad) => pad < 0))
    throw new ModelError(`${nameOf(node)}: pads must be 0 or more, are ${pads}`, { op: node.op });
  return { kernel: size, strides, dilations, before: pads.slice(0, n), after: pads.slice(n) };
}

/** How many windows fit along one axis of `length` pixels. */
export function windowCount(window: Window, axis: number, length: number): number {
  const extent = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
  const padded = length + window.before[axis] + window.after[axis];
  return Math.floor((padded - extent) / window.strides[axis]) + 1;
}

/** Which elements of one axis a Slice takes: `start`, `start + step`, …, `count` of them. */
export interface Cut {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** What a Slice takes of each axis of `shape`. Starts and ends count from the end where negative, as in numpy. */
export function cutsOf(node: Node, graph: Pick<Graph, "weights">, shape: readonly number[]): Cut[] {
  const starts = integerWeight(graph, node.inputs[1]);
  const ends = integerWeight(graph, node.inputs[2]);
  const axes = node.inputs[3] ? integerWeight(graph, node.inputs[3]) : starts.map((_, i) => i);
  const steps = node.inputs[4] ? integerWeight(graph, node.inputs[4]) : starts.map(() => 1);
  const cuts: Cut[] = shape.map((count) => ({ start: 0, step: 1, count }));
  for (const [i, axis] of axes.entries()) {
    const at = axisOf(node, axis, shape.length);
    cuts[at] = cutOf(node, shape[at], starts[i], ends[i], steps[i]);
  }
  return cuts;
}

function cutOf(node: Node, length: number, from: number, to: number, step: number): Cut {
  if (step === 0) throw new ModelError(`${nameOf(node)}: a step must not be 0`, { op: node.op });
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? length : length - 1;
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, lowest), highest);
  const start = clamp(from);
  return { start, step, count: Math.max(0, Math.ceil((clamp(to) - start) / step)) };
}

/** The pixels a Pad adds before and after each axis; negative numbers take away. */
export function padsOf(
  node: Node,
  graph: Pick<Graph, "weights">,
  rank: number,
): { before: number[]; after: number[] } {
  const pads = integerWeight(graph, node.inputs[1]);
  if (pads.length !== 2 * rank)
    throw new ShapeError(`pads of ${nameOf(node)}`, `${2 * rank} numbers`, `${pads.length}`);
  return { before: pads.slice(0, rank), after: pads.slice(rank) };
}

/** The factors of a Resize, one an axis. */
export function scalesOf(node: Node, graph: Pick<Graph, "weights">, rank: number): number[] {
  if (!node.inputs[2])
    throw new UnsupportedError(`${nameOf(node)} must have scales; sizes are not supported`, {
      op: node.op,
    });
  const scales = Array.from(floatWeight(graph, node.inputs[2]).data);
  if (scales.length !== rank)
    throw new ShapeError(`scales of ${nameOf(node)}`, `${rank} numbers`, `${scales.length}`);
  return scales;
}

/**
 * How often a Resize repeats each pixel, one whole number an axis.
 * Throws {@link UnsupportedError} where it does anything else than repeat.
 */
export function repeatsOf(node: Node, graph: Pick<Graph, "weights">, rank: number): number[] {
  const scales = scalesOf(node, graph, rank);
  checkRepeats(node, scales);
  return scales;
}

/** Throws {@link UnsupportedError} unless a Resize by `scales` does no more than repeat pixels. */
export function checkRepeats(node: Node, scales: readonly number[]): void {
  const { attributes } = node;
  const plain =
    (attributes.mode ?? "nearest") === "nearest" &&
    attributes.coordinate_transformation_mode === "asymmetric" &&
    attributes.nearest_mode === "floor" &&
    scales.every((scale) => Number.isInteger(scale) && scale > 0);
  if (!plain)
    throw new UnsupportedError(
      `${nameOf(node)} must repeat pixels (nearest, asymmetric, floor, whole scales)`,
      { op: node.op },
    );
}

/**
 * The axes a node names, as numbers 0 … rank − 1 in rising order: by its second input or its attribute `axes`,
 * `undefined` where it has neither.
 */
export function axesOf(
  node: Node,
  graph: Pick<Graph, "weights">,
  rank: number,
): number[] | undefined {
  const axes = node.inputs[1]
    ? integerWeight(graph, node.inputs[1])
    : listAttribute(node, "axes", []);
  if (axes.length === 0) return undefined;
  return axes.map((axis) => axisOf(node, axis, rank)).sort((a, b) => a - b);
}

/** An axis as a number 0 … rank − 1; negative ones count from the end. */
export function axisOf(node: Node, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank)
    throw new ShapeError(`axis of ${nameOf(node)}`, `one of ${rank} axes`, `${axis}`);
  return at;
}

/** The shape of several arrays taken together under numpy's rule: lengths are equal, or 1 and stretched. */
export function broadcast(node: Node, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes)
    for (const [i, length] of shape.entries()) {
      const at = rank - shape.length + i;
      if (out[at] === 1) out[at] = length;
      else if (length !== 1 && length !== out[at])
        throw new ShapeError(
          `inputs of ${nameOf(node)}`,
          "of equal lengths (or 1) on each axis",
          shapes.map((s) => `[${s}]`).join(" and "),
        );
    }
  return out;
}
