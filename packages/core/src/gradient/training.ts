/**
 * A training step as one graph: images, targets and weights in; the loss and better weights out. Whoever can run a
 * graph can therefore train.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import { inferShapes } from "../infer-shapes.js";
import { floatWeight, type Graph, GraphBuilder, type Port, type Values } from "../network.js";
import { backward, forward } from "./backward.js";
import { addLoss, PIXEL_WEIGHT, TARGET } from "./loss.js";
import { addUpdates, type Optimizer, type Parameter, RATE, type State } from "./optimizer.js";

/** A training step: a graph to run again and again, and what each run hands to the next. */
export interface TrainingStep {
  readonly graph: Graph;
  /** The network it trains, with the weights it starts from. */
  readonly network: Graph;
  /** Weights, running averages and the optimiser's memory. */
  readonly state: readonly State[];
  /** Shape of one batch of images, `[n, c, y, x]`. */
  readonly batch: readonly number[];
}

/**
 * The step that trains `network` on batches of the shape `[n, c, y, x]`.
 *
 * Inputs of its graph: the network's own, `target` (shape of its maps), `pixel_weight` (the same, or with one channel),
 * `rate` (a number), and the state. Outputs: `loss` and the next state. Throws `UnsupportedError` where a layer has no
 * gradient, or the network is not known layer by layer or has its channels last; `ModelError` where it does not end in
 * softmax or sigmoid.
 */
export function trainingStep(
  network: Graph,
  batch: readonly number[],
  optimizer: Optimizer,
): TrainingStep {
  const [image] = network.inputs;
  if (network.nodes.length === 0 || [image, ...network.outputs].some((port) => port.channelsLast))
    throw new UnsupportedError(
      "a network must be one that core can read, with its channels second, to learn: this one can only be used as it is",
    );
  const shapes = inferShapes(network, { [image.name]: batch });
  const builder = new GraphBuilder();
  const trained = trainedWeights(network);
  const { tape, running } = forward(builder, network, shapes, [...trained.keys()]);
  const { value, seeds } = addLoss(builder, network);
  const gradients = backward(tape, network, seeds, [...trained.keys()]);
  const parameters: Parameter[] = [...trained].map(([name, decays]) => ({
    name,
    gradient: gradients[name],
    initial: floatWeight(network, name),
    decays,
  }));
  const averages: State[] = running.map(({ weight, next }) => ({
    input: weight,
    output: next,
    initial: floatWeight(network, weight),
  }));
  const state = [...addUpdates(builder, parameters, optimizer), ...averages];
  const maps = shapes[network.outputs[0].name];
  const inputs: Port[] = [
    { name: image.name, shape: batch },
    { name: TARGET, shape: maps },
    { name: PIXEL_WEIGHT, shape: [maps[0], "channels", ...maps.slice(2)] },
    { name: RATE, shape: [] },
    ...state.map(({ input, initial }) => ({ name: input, shape: initial.shape })),
  ];
  const outputs: Port[] = [
    { name: value, shape: [] },
    ...state.map(({ output, initial }) => ({ name: output, shape: initial.shape })),
  ];
  builder.include({ nodes: [], weights: constantsOf(network, state) });
  return { graph: builder.build(inputs, outputs), network, state, batch };
}

/** A network with other weights: those of `weights` that it has by name. */
export function withWeights(network: Graph, weights: Readonly<Record<string, Values>>): Graph {
  const taken = Object.keys(network.weights).filter((name) => name in weights);
  return {
    ...network,
    weights: { ...network.weights, ...Object.fromEntries(taken.map((n) => [n, weights[n]])) },
  };
}

/** Kernels, biases, scales and shifts by name; true for kernels, the only ones that decay. */
function trainedWeights(network: Graph): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const node of network.nodes) {
    if (node.op !== "Conv" && node.op !== "BatchNormalization") continue;
    if (node.op === "Conv") found.set(node.inputs[1], true);
    else found.set(node.inputs[1], false);
    if (node.inputs[2]) found.set(node.inputs[2], false);
  }
  return found;
}

/** The network's weights that do not move: lists of lengths, factors. */
function constantsOf(network: Graph, state: readonly State[]): Record<string, Values> {
  const moving = new Set(state.map(({ input }) => input));
  return Object.fromEntries(Object.entries(network.weights).filter(([name]) => !moving.has(name)));
}
