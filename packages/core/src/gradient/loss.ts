/**
 * How wrong a network's maps are, as one number, and where the blame starts: the derivative by what went into the last
 * activation. Softmax and sigmoid cancel against their cross-entropies to `maps − target`, which is why the loss looks
 * through the last layer (Bishop 2006, §4.3.6).
 *
 * @module
 */
import { ModelError } from "../errors.js";
import type { Graph, GraphBuilder, Node } from "../network.js";

/**
 * The losses, by the activation that ends the network: `cross-entropy` over the channels of a softmax (each pixel has
 * one class), `binary-cross-entropy` a channel of a sigmoid (each channel has its own target in 0 … 1).
 */
export type Loss = "cross-entropy" | "binary-cross-entropy";

/** Names of the inputs of a training step beside those of its network. */
export const TARGET = "target";
/** Weight of each pixel of each channel in the loss, `[n, channels or 1, y, x]`, at least 0. */
export const PIXEL_WEIGHT = "pixel_weight";

const ACTIVATION: Readonly<Record<Loss, string>> = {
  "cross-entropy": "Softmax",
  "binary-cross-entropy": "Sigmoid",
};

/** Keeps logarithms finite; maps are never closer to 0 or 1 than this inside a loss's value. */
const NEARLY_ZERO = 1e-7;

/** The loss that goes with a network's last layer. Throws {@link ModelError} where that is neither softmax nor sigmoid. */
export function lossOf(network: Graph): Loss {
  const { op } = lastNode(network);
  for (const loss of ["cross-entropy", "binary-cross-entropy"] as const)
    if (ACTIVATION[loss] === op) return loss;
  throw new ModelError(`a network must end in Softmax or Sigmoid to be trained, ends in ${op}`, {
    op,
  });
}

/**
 * Adds the loss, a weighted mean over pixels, to a training step. Returns the name of its value and of its derivative
 * by the last activation's input.
 */
export function addLoss(
  builder: GraphBuilder,
  network: Graph,
): { value: string; seeds: Record<string, string> } {
  const node = lastNode(network);
  const maps = node.outputs[0];
  const logarithm = (name: string) =>
    builder.add("Log", [builder.add("Max", [name, builder.scalar(NEARLY_ZERO)])]);
  const opposite = (name: string) => builder.add("Sub", [builder.scalar(1), name]);
  const hits = builder.add("Mul", [TARGET, logarithm(maps)]);
  const likelihood =
    lossOf(network) === "cross-entropy"
      ? hits
      : builder.add("Add", [
          hits,
          builder.add("Mul", [opposite(TARGET), logarithm(opposite(maps))]),
        ]);
  const sum = (name: string) => builder.add("ReduceSum", [name], { keepdims: 0 });
  const weight = builder.add("Max", [sum(PIXEL_WEIGHT), builder.scalar(NEARLY_ZERO)]);
  const share = builder.add("Div", [PIXEL_WEIGHT, weight]);
  const value = builder.add("Neg", [sum(builder.add("Mul", [likelihood, share]))], {}, "loss");
  const seed = builder.add("Mul", [builder.add("Sub", [maps, TARGET]), share]);
  return { value, seeds: { [node.inputs[0]]: seed } };
}

function lastNode(network: Graph): Node {
  const [output] = network.outputs;
  const node = network.nodes.find((candidate) => candidate.outputs[0] === output.name);
  if (!node) throw new ModelError(`the network's output "${output.name}" is made by no layer`);
  return node;
}
