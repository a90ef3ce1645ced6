/**
 * Gradients of what works on each pixel or only moves pixels: activations, sums, concatenation, crop and pad.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { type Node, numberAttribute } from "../network.js";
import { axisOf, nameOf } from "../operator.js";
import { type Backward, list, type Tape } from "./rule.js";

/** Gradient of `Relu`: passes where the output is above 0. */
export const reluGradient: Backward = (tape, node, gradient) => [
  tape.builder.add("Where", [
    tape.builder.add("Greater", [node.outputs[0], tape.builder.scalar(0)]),
    gradient,
    tape.builder.scalar(0),
  ]),
];

/** Gradient of `Sigmoid`: y (1 − y). */
export const sigmoidGradient: Backward = (tape, node, gradient) => {
  const { builder } = tape;
  const [y] = node.outputs;
  const slope = builder.add("Mul", [y, builder.add("Sub", [builder.scalar(1), y])]);
  return [builder.add("Mul", [gradient, slope])];
};

/** Gradient of `Softmax` along its axis: y (dy − Σ y dy). */
export const softmaxGradient: Backward = (tape, node, gradient) => {
  const { builder, shapes } = tape;
  const [y] = node.outputs;
  const rank = shapes[y].length;
  const axis = (numberAttribute(node, "axis", -1) + rank) % rank;
  const product = builder.add("Mul", [y, gradient]);
  const sum = builder.add("ReduceSum", [product, list(tape, axis)], { keepdims: 1 });
  return [builder.add("Mul", [y, builder.add("Sub", [gradient, sum])])];
};

/** Gradient of `Add` of two values of one shape. */
export const addGradient: Backward = (tape, node, gradient) => {
  sameShapes(tape, node);
  return [gradient, gradient];
};

/** Gradient of `Mean` of values of one shape. */
export const meanGradient: Backward = (tape, node, gradient) => {
  sameShapes(tape, node);
  const share = tape.builder.add("Mul", [gradient, tape.builder.scalar(1 / node.inputs.length)]);
  return node.inputs.map(() => share);
};

/** Gradient of `Concat`: each part gets its own piece back. */
export const concatGradient: Backward = (tape, node, gradient, wanted) => {
  const rank = tape.shapes[node.outputs[0]].length;
  const axis = axisOf(node, numberAttribute(node, "axis", 0), rank);
  let start = 0;
  return node.inputs.map((name, i) => {
    const end = start + tape.shapes[name][axis];
    const piece = wanted[i]
      ? tape.builder.add("Slice", [gradient, list(tape, start), list(tape, end), list(tape, axis)])
      : undefined;
    start = end;
    return piece;
  });
};

/** Gradient of `Slice` of steps 1 (a crop): zeros where pixels were cut off. */
export const sliceGradient: Backward = (tape, node, gradient) => {
  const { builder, shapes } = tape;
  const before = shapes[node.inputs[0]];
  const after = shapes[node.outputs[0]];
  const starts = before.map(() => 0);
  const axes = constantList(tape, node.inputs[3]) ?? before.map((_, i) => i);
  const steps = constantList(tape, node.inputs[4]) ?? axes.map(() => 1);
  if (steps.some((step) => step !== 1))
    throw new UnsupportedError(`Slice must have steps of 1 to be trained, got ${steps}`, {
      output: node.outputs[0],
    });
  for (const [i, start] of (constantList(tape, node.inputs[1]) ?? []).entries()) {
    const axis = (axes[i] + before.length) % before.length;
    starts[axis] = Math.min(before[axis], start < 0 ? Math.max(0, start + before[axis]) : start);
  }
  const ends = before.map((length, i) => length - starts[i] - after[i]);
  return [
    builder.add("Pad", [gradient, list(tape, ...starts, ...ends)]),
    undefined,
    undefined,
    undefined,
    undefined,
  ];
};

/** Gradient of `Pad` with a constant that takes nothing away: what lies inside. */
export const padGradient: Backward = (tape, node, gradient) => {
  const before = tape.shapes[node.inputs[0]];
  const mode = node.attributes.mode ?? "constant";
  const pads = constantList(tape, node.inputs[1]) ?? [];
  if (mode !== "constant" || pads.some((n) => n < 0))
    throw new UnsupportedError(
      `${nameOf(node)} must add pixels of one constant to be trained, has mode "${mode}" and pads ${pads}`,
      { op: node.op },
    );
  const starts = pads.slice(0, before.length);
  const ends = starts.map((start, i) => start + before[i]);
  const axes = before.map((_, i) => i);
  return [
    tape.builder.add("Slice", [
      gradient,
      list(tape, ...starts),
      list(tape, ...ends),
      list(tape, ...axes),
    ]),
    undefined,
    undefined,
  ];
};

function sameShapes(tape: Tape, node: Node): void {
  const wanted = tape.shapes[node.outputs[0]].join();
  for (const name of node.inputs)
    if (tape.shapes[name].join() !== wanted)
      throw new UnsupportedError(
        `${node.op} must join values of one shape to be trained, got [${tape.shapes[name]}] and [${wanted}]`,
        { output: node.outputs[0] },
      );
}

function constantList(tape: Tape, name: string | undefined): number[] | undefined {
  return name ? tape.constants(name) : undefined;
}
