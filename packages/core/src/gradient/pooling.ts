/**
 * Gradients of pooling and upsampling. A maximum hands its gradient to the pixel it came from (to each, on a tie), an
 * average spreads it evenly, a nearest-neighbour upsampling gathers it back.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { floats, listAttribute, type Node } from "../network.js";
import { checkRepeats, windowOf } from "../operator.js";
import { type Backward, pad, slice, type Tape, total } from "./rule.js";

/** Gradient of `MaxPool` without padding: stride equal to the kernel, or stride 1 with any dilation. */
export const maxPoolGradient: Backward = (tape, node, gradient) => {
  const [x] = node.inputs;
  const [y] = node.outputs;
  const { builder } = tape;
  const choose = (pixels: string, best: string, share: string) =>
    builder.add("Where", [builder.add("Equal", [pixels, best]), share, builder.scalar(0)]);
  if (isBlockwise(node)) {
    const { cropped, restore } = cropToBlocks(tape, node, x);
    return [restore(choose(cropped, enlarge(tape, node, y), enlarge(tape, node, gradient)))];
  }
  return [spread(tape, node, (tap) => choose(tapOf(tape, node, x, tap), y, gradient))];
};

/** Gradient of `AveragePool` without padding: stride equal to the kernel, or stride 1. */
export const averagePoolGradient: Backward = (tape, node, gradient) => {
  const { builder } = tape;
  const [rows, columns] = listAttribute(node, "kernel_shape", []);
  const share = builder.add("Mul", [gradient, builder.scalar(1 / (rows * columns))]);
  if (!isBlockwise(node)) return [spread(tape, node, () => share)];
  const { restore } = cropToBlocks(tape, node, node.inputs[0]);
  return [restore(enlarge(tape, node, share))];
};

/** Gradient of `Resize` by whole factors, nearest neighbour. */
export const resizeGradient: Backward = (tape, node, gradient) => {
  const { builder, shapes } = tape;
  const before = shapes[node.inputs[0]];
  const scales = shapes[node.outputs[0]].map((length, i) => length / before[i]);
  checkRepeats(node, scales);
  const factors = scales.slice(2);
  const mean = builder.add("AveragePool", [gradient], { kernel_shape: factors, strides: factors });
  return [
    builder.add("Mul", [mean, builder.scalar(factors[0] * factors[1])]),
    undefined,
    undefined,
  ];
};

function isBlockwise(node: Node): boolean {
  const { kernel, strides, dilations, before, after } = windowOf(node);
  const padded = [...before, ...after].some((n) => n !== 0);
  const blockwise = kernel.every((k, i) => strides[i] === k) && dilations.every((d) => d === 1);
  if (padded || !(blockwise || strides.every((stride) => stride === 1)))
    throw new UnsupportedError(
      `${node.op} must have no padding and a stride of 1 or of its kernel ${kernel} to be trained, got stride ${strides}`,
      { output: node.outputs[0] },
    );
  return blockwise;
}

/** Repeats each pixel of a pooled value over the block it came from. */
function enlarge(tape: Tape, node: Node, value: string): string {
  const [rows, columns] = listAttribute(node, "kernel_shape", []);
  const scales = tape.builder.weight(
    floats([1, 1, rows, columns], [4]),
    `scales_${rows}_${columns}`,
  );
  return tape.builder.add("Resize", [value, "", scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** Pooling drops rows and columns that fill no block: cuts them off, and puts zeros back in their place. */
function cropToBlocks(
  tape: Tape,
  node: Node,
  value: string,
): { cropped: string; restore: (v: string) => string } {
  const [rows, columns] = listAttribute(node, "kernel_shape", []);
  const [, , height, width] = tape.shapes[node.inputs[0]];
  const [, , pooledHeight, pooledWidth] = tape.shapes[node.outputs[0]];
  const kept = [pooledHeight * rows, pooledWidth * columns];
  if (kept[0] === height && kept[1] === width) return { cropped: value, restore: (v) => v };
  return {
    cropped: slice(tape, value, [2, 3], [0, 0], kept),
    restore: (v) => pad(tape, v, [0, 0, height - kept[0], width - kept[1]]),
  };
}

/** The part of the input that tap `[row, column]` of the kernel sees, as large as the output. */
function tapOf(
  tape: Tape,
  node: Node,
  value: string,
  [row, column]: readonly [number, number],
): string {
  const [downwards, rightwards] = listAttribute(node, "dilations", [1, 1]);
  const [, , height, width] = tape.shapes[node.outputs[0]];
  return slice(tape, value, [2, 3], [row * downwards, column * rightwards], [height, width]);
}

/** Sums over the taps of a kernel of stride 1, each put back where it was taken from. */
function spread(tape: Tape, node: Node, ofTap: (tap: readonly [number, number]) => string): string {
  const [rows, columns] = listAttribute(node, "kernel_shape", []);
  const [downwards, rightwards] = listAttribute(node, "dilations", [1, 1]);
  const parts: string[] = [];
  for (let a = 0; a < rows; a++)
    for (let b = 0; b < columns; b++) {
      const pads = [
        a * downwards,
        b * rightwards,
        (rows - 1 - a) * downwards,
        (columns - 1 - b) * rightwards,
      ];
      parts.push(pad(tape, ofTap([a, b]), pads));
    }
  return total(tape, parts);
}
