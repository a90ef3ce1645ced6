/**
 * The gradient of a network as a graph of its own: what `training` adds a loss and an optimiser to, and what tests
 * compare with finite differences.
 *
 * @module
 */
import { inferShapes } from "../infer-shapes.js";
import { type Graph, GraphBuilder } from "../network.js";
import { backward, forward } from "./backward.js";

/**
 * The graph that gives a network's first output and the derivatives of Σ seed · output by `wanted`, which are inputs or
 * weights of the network.
 *
 * Inputs: the network's own, `seed` (shape of the output), and the wanted weights. Outputs: the network's first, and
 * `d_NAME` for each wanted name. Batch normalisation uses the batch's own statistics. Throws `UnsupportedError` where a
 * layer has no gradient.
 */
export function gradientGraph(
  network: Graph,
  inputs: Readonly<Record<string, readonly number[]>>,
  wanted: readonly string[],
): Graph {
  const shapes = inferShapes(network, inputs);
  const builder = new GraphBuilder();
  const { tape } = forward(builder, network, shapes, wanted);
  const output = network.outputs[0].name;
  const found = backward(tape, network, { [output]: "seed" }, wanted);
  const constants = Object.entries(network.weights).filter(([name]) => !wanted.includes(name));
  builder.include({ nodes: [], weights: Object.fromEntries(constants) });
  const port = (name: string) => ({ name, shape: shapes[name] });
  const weights = wanted.filter((name) => name in network.weights);
  for (const name of wanted) builder.add("Identity", [found[name]], {}, `d_${name}`);
  return builder.build(
    [
      ...network.inputs.map(({ name }) => port(name)),
      { name: "seed", shape: shapes[output] },
      ...weights.map(port),
    ],
    [port(output), ...wanted.map((name) => ({ name: `d_${name}`, shape: shapes[name] }))],
  );
}
