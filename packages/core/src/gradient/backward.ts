/**
 * Reverse-mode differentiation of a graph (Linnainmaa 1970): walk the layers from last to first, and hand each one's
 * gradient on to its inputs. The result is more nodes of the same kind of graph.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { type Graph, type GraphBuilder, integerWeight } from "../network.js";
import { batchNormForward, batchNormGradient, type Running } from "./batch-norm.js";
import { convolutionGradient } from "./convolution.js";
import {
  addGradient,
  concatGradient,
  meanGradient,
  padGradient,
  reluGradient,
  sigmoidGradient,
  sliceGradient,
  softmaxGradient,
} from "./pointwise.js";
import { averagePoolGradient, maxPoolGradient, resizeGradient } from "./pooling.js";
import { type Backward, type Tape, total } from "./rule.js";

const RULES: Readonly<Record<string, Backward>> = {
  Add: addGradient,
  AveragePool: averagePoolGradient,
  BatchNormalization: batchNormGradient,
  Concat: concatGradient,
  Conv: convolutionGradient,
  MaxPool: maxPoolGradient,
  Mean: meanGradient,
  Pad: padGradient,
  Relu: reluGradient,
  Resize: resizeGradient,
  Sigmoid: sigmoidGradient,
  Slice: sliceGradient,
  Softmax: softmaxGradient,
};

/** The operators a network may be trained through. */
export const TRAINABLE_OPERATORS: readonly string[] = Object.keys(RULES);

/**
 * Adds the forward pass of `network` to a builder, batch normalisation by the batch's own statistics.
 * Returns the tape for {@link backward} and how the running averages move on.
 */
export function forward(
  builder: GraphBuilder,
  network: Graph,
  shapes: Tape["shapes"],
  trained: readonly string[],
): { tape: Tape; running: Running } {
  const constants = (name: string) => integerWeight(network, name);
  const tape: Tape = { builder, shapes, constants, saved: new Map() };
  const running: Running[number][] = [];
  const learning = dependents(network, trained);
  for (const node of network.nodes) {
    // Layers before the first weight that is learnt hand no gradient on, and need no rule.
    if (!RULES[node.op] && node.outputs.some((name) => learning.has(name)))
      throw new UnsupportedError(
        `operator ${node.op} cannot be trained; there are ${TRAINABLE_OPERATORS.join(", ")}`,
        {
          op: node.op,
        },
      );
    if (node.op === "BatchNormalization") running.push(...batchNormForward(tape, node));
    else builder.include({ nodes: [node], weights: {} });
  }
  return { tape, running };
}

/**
 * Adds the backward pass. `seeds` names the loss's derivative by some of the network's values; the result names its
 * derivative by each of `wanted` that the seeds depend on.
 */
export function backward(
  tape: Tape,
  network: Graph,
  seeds: Readonly<Record<string, string>>,
  wanted: readonly string[],
): Record<string, string> {
  const needed = dependents(network, wanted);
  const parts = new Map<string, string[]>(
    Object.entries(seeds).map(([name, seed]) => [name, [seed]]),
  );
  for (const node of network.nodes.toReversed()) {
    const gradients = parts.get(node.outputs[0]);
    if (!gradients || !needed.has(node.outputs[0])) continue;
    const wants = node.inputs.map((name) => needed.has(name));
    const results = RULES[node.op](tape, node, total(tape, gradients), wants);
    for (const [i, name] of node.inputs.entries()) {
      const result = results[i];
      if (result === undefined || !wants[i]) continue;
      const sum = parts.get(name);
      if (sum) sum.push(result);
      else parts.set(name, [result]);
    }
    parts.delete(node.outputs[0]);
  }
  const found: Record<string, string> = {};
  for (const name of wanted) {
    const gradients = parts.get(name);
    if (gradients) found[name] = total(tape, gradients);
  }
  return found;
}

/** The values that change with any of `sources`, and the sources themselves. */
function dependents(network: Graph, sources: readonly string[]): Set<string> {
  const found = new Set(sources);
  for (const node of network.nodes)
    if (node.inputs.some((name) => found.has(name)))
      for (const name of node.outputs) found.add(name);
  return found;
}
