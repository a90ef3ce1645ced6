/**
 * Batch normalisation while training (Ioffe & Szegedy 2015): each channel of a batch is brought to mean 0 and variance 1,
 * then scaled and shifted. The network that is trained meanwhile keeps running averages for use on single images.
 *
 * @module
 */
import { floats, type Node, numberAttribute } from "../network.js";
import { type Backward, list, sumOverPixels, type Tape } from "./rule.js";

/** How much of the old running average stays at each step. */
export const RUNNING_MOMENTUM = 0.9;

/** The running averages a node updates: names of weights, and of the values that replace them after the step. */
export type Running = readonly { readonly weight: string; readonly next: string }[];

/** Adds the nodes of the forward pass to the tape; returns how the running averages move on. */
export function batchNormForward(tape: Tape, node: Node): Running {
  const { builder } = tape;
  const [x, gamma, beta, runningMean, runningVariance] = node.inputs;
  const mean = meanOverPixels(tape, x);
  const centred = builder.add("Sub", [x, mean]);
  const variance = meanOverPixels(tape, builder.add("Mul", [centred, centred]));
  const epsilon = builder.scalar(numberAttribute(node, "epsilon", 1e-5));
  const deviation = builder.add("Sqrt", [builder.add("Add", [variance, epsilon])]);
  const inverse = builder.add("Div", [builder.scalar(1), deviation]);
  const normalized = builder.add("Mul", [centred, inverse]);
  const scaled = builder.add("Mul", [normalized, acrossPixels(tape, gamma)]);
  builder.add("Add", [scaled, acrossPixels(tape, beta)], {}, node.outputs[0]);
  tape.saved.set(node.outputs[0], [normalized, inverse]);
  return [
    { weight: runningMean, next: movedTowards(tape, runningMean, mean) },
    { weight: runningVariance, next: movedTowards(tape, runningVariance, variance) },
  ];
}

/** Gradient of batch normalisation by its input, scale and shift, through the batch's own mean and variance. */
export const batchNormGradient: Backward = (tape, node, gradient) => {
  const { builder } = tape;
  const [normalized, inverse] = tape.saved.get(node.outputs[0]) as readonly string[];
  const dGamma = sumOverPixels(tape, builder.add("Mul", [gradient, normalized]));
  const dBeta = sumOverPixels(tape, gradient);
  const [batch, , height, width] = tape.shapes[node.inputs[0]];
  const share = builder.scalar(1 / (batch * height * width));
  const perPixel = (sum: string) => acrossPixels(tape, builder.add("Mul", [sum, share]));
  const along = builder.add("Mul", [normalized, perPixel(dGamma)]);
  const left = builder.add("Sub", [builder.add("Sub", [gradient, perPixel(dBeta)]), along]);
  const factor = builder.add("Mul", [inverse, acrossPixels(tape, node.inputs[1])]);
  return [builder.add("Mul", [left, factor]), dGamma, dBeta, undefined, undefined];
};

function meanOverPixels(tape: Tape, value: string): string {
  const rows = tape.builder.add("ReduceMean", [value], { axes: [2, 3], keepdims: 1 });
  return tape.builder.add("ReduceMean", [rows], { axes: [0], keepdims: 1 });
}

/** `[c]` → `[1, c, 1, 1]`, which combines with every pixel of its channel. */
function acrossPixels(tape: Tape, value: string): string {
  return tape.builder.add("Reshape", [value, list(tape, 1, -1, 1, 1)]);
}

function movedTowards(tape: Tape, running: string, batch: string): string {
  const { builder } = tape;
  const flat = builder.add("Reshape", [batch, list(tape, -1)]);
  const keep = builder.weight(floats([RUNNING_MOMENTUM], []), "running_keep");
  const take = builder.weight(floats([1 - RUNNING_MOMENTUM], []), "running_take");
  return builder.add("Add", [
    builder.add("Mul", [running, keep]),
    builder.add("Mul", [flat, take]),
  ]);
}
