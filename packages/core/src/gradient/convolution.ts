/**
 * Gradient of a convolution. With y = w ∗ x + b: the kernel's is the correlation of x and dy (as one matrix product over
 * the shifted copies of x), the input's is dy convolved with the kernel turned round, the bias's is the sum of dy.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { type Node, numberAttribute } from "../network.js";
import { windowOf } from "../operator.js";
import { type Backward, list, pad, slice, sumOverPixels, type Tape } from "./rule.js";

interface Geometry {
  readonly kernel: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

/** Gradient of `Conv` of stride 1, any kernel, dilation and zero padding. */
export const convolutionGradient: Backward = (tape, node, gradient, wanted) => {
  const geometry = geometryOf(tape, node);
  return [
    wanted[0] ? inputGradient(tape, node, gradient, geometry) : undefined,
    wanted[1] ? kernelGradient(tape, node, gradient, geometry) : undefined,
    wanted[2] ? sumOverPixels(tape, gradient) : undefined,
  ];
};

function geometryOf(tape: Tape, node: Node): Geometry {
  const window = windowOf(node, tape.shapes[node.inputs[1]].slice(2));
  const { kernel, strides, dilations, before, after } = window;
  if (strides.some((stride) => stride !== 1) || numberAttribute(node, "group", 1) !== 1)
    throw new UnsupportedError(
      `a convolution must have stride 1 and one group to be trained, got stride ${strides} and ${numberAttribute(node, "group", 1)} groups`,
      { output: node.outputs[0] },
    );
  return { kernel, dilations, pads: [...before, ...after] };
}

function inputGradient(tape: Tape, node: Node, gradient: string, geometry: Geometry): string {
  const { builder } = tape;
  const { kernel, dilations, pads } = geometry;
  const last = list(tape, -1, -1);
  const beyond = list(tape, -1_000_000, -1_000_000);
  const turned = builder.add("Slice", [node.inputs[1], last, beyond, list(tape, 2, 3), last]);
  const swapped = builder.add("Transpose", [turned], { perm: [1, 0, 2, 3] });
  const reach = [0, 1, 2, 3].map((i) => (kernel[i % 2] - 1) * dilations[i % 2] - pads[i]);
  const dx = builder.add("Conv", [gradient, swapped], {
    kernel_shape: [...kernel],
    dilations: [...dilations],
    pads: reach.map((n) => Math.max(0, n)),
  });
  if (reach.every((n) => n >= 0)) return dx;
  const [, , height, width] = tape.shapes[node.inputs[0]];
  return slice(tape, dx, [2, 3], [Math.max(0, -reach[0]), Math.max(0, -reach[1])], [height, width]);
}

function kernelGradient(tape: Tape, node: Node, gradient: string, geometry: Geometry): string {
  const { builder, shapes } = tape;
  const [, inputs] = shapes[node.inputs[0]];
  const [batch, outputs, height, width] = shapes[node.outputs[0]];
  const [rows, columns] = geometry.kernel;
  const pixels = height * width;
  const shifted = shiftedCopies(tape, node, geometry, height, width);
  const copies = builder.add("Reshape", [
    shifted,
    list(tape, batch, rows * columns * inputs, pixels),
  ]);
  const dy = builder.add("Reshape", [gradient, list(tape, batch, outputs, pixels)]);
  const each = builder.add("FusedMatMul", [dy, copies], { transB: 1 });
  const sum = builder.add("ReduceSum", [each, list(tape, 0)], { keepdims: 0 });
  const taps = builder.add("Reshape", [sum, list(tape, outputs, rows, columns, inputs)]);
  return builder.add("Transpose", [taps], { perm: [0, 3, 1, 2] });
}

/** The input as each tap of the kernel sees it, one after the other along the channel axis. */
function shiftedCopies(
  tape: Tape,
  node: Node,
  geometry: Geometry,
  height: number,
  width: number,
): string {
  const { kernel, dilations, pads } = geometry;
  if (kernel[0] === 1 && kernel[1] === 1 && pads.every((n) => n === 0)) return node.inputs[0];
  const padded = pad(tape, node.inputs[0], pads);
  const copies: string[] = [];
  for (let a = 0; a < kernel[0]; a++)
    for (let b = 0; b < kernel[1]; b++)
      copies.push(
        slice(tape, padded, [2, 3], [a * dilations[0], b * dilations[1]], [height, width]),
      );
  return copies.length === 1 ? copies[0] : tape.builder.add("Concat", copies, { axis: 1 });
}
