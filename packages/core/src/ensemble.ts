/**
 * Several networks asked together: one graph that answers with the mean of their answers.
 * In: graphs with the same inputs and outputs. Out: one such graph.
 *
 * @module
 */
import { ModelError } from "./errors.js";
import { type Graph, GraphBuilder, type Node, type Port, type Values } from "./network.js";

/**
 * One graph of several: they share the input, and each output is the mean of theirs. Five networks trained from
 * different random starts err in different places, so their mean errs less (Van Valen et al. 2016).
 * Throws {@link ModelError} where inputs or outputs differ.
 */
export function ensemble(graphs: readonly Graph[]): Graph {
  const [first] = graphs;
  if (!first) throw new ModelError("an ensemble must have at least one network, got none");
  if (graphs.length === 1) return first;
  for (const [i, graph] of graphs.entries())
    for (const side of ["inputs", "outputs"] as const)
      if (describe(graph[side]) !== describe(first[side]))
        throw new ModelError(
          `networks of an ensemble must have the same ${side}: network 1 has ${describe(first[side])}, ` +
            `network ${i + 1} has ${describe(graph[side])}`,
        );
  const builder = new GraphBuilder();
  const members = graphs.map((graph, i) => renamed(graph, `net_${i + 1}_`));
  for (const member of members) builder.include(member);
  for (const { name } of first.outputs)
    builder.add(
      "Mean",
      members.map((member) => member.names(name)),
      {},
      name,
    );
  return builder.build(first.inputs, first.outputs);
}

function describe(ports: readonly Port[]): string {
  return ports
    .map(({ name, shape }) => `${name} [${shape.map((n) => (typeof n === "number" ? n : "?"))}]`)
    .join(", ");
}

/** The nodes and weights of a graph with a prefix before every name but its inputs'. */
function renamed(
  graph: Graph,
  prefix: string,
): { nodes: Node[]; weights: Record<string, Values>; names: (name: string) => string } {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const names = (name: string): string => (name === "" || inputs.has(name) ? name : prefix + name);
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(names),
    outputs: node.outputs.map(names),
  }));
  const weights = Object.fromEntries(
    Object.entries(graph.weights).map(([name, w]) => [names(name), w]),
  );
  return { nodes, weights, names };
}
