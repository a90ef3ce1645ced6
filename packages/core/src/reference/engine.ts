/**
 * The reference engine: runs a graph node by node in plain TypeScript. Slow, exact, and easy to read; other engines are
 * tested against it.
 *
 * @module
 */
import type { Engine, Program } from "../engine.js";
import { ShapeError, UnsupportedError } from "../errors.js";
import { inferShapes, product } from "../infer-shapes.js";
import { checkGraph, type Graph, type Values } from "../network.js";
import { nameOf } from "../operator.js";
import { arithmetic } from "./arithmetic.js";
import { convolution } from "./convolution.js";
import type { Operation } from "./operation.js";
import { pooling } from "./pooling.js";
import { rearrange } from "./rearrange.js";
import { reduction } from "./reduce.js";

const operations: ReadonlyMap<string, Operation> = new Map(
  [convolution, pooling, arithmetic, rearrange, reduction].flatMap((family) =>
    Object.entries(family),
  ),
);

/**
 * Runs graphs in plain TypeScript, adding in float64. Loading throws {@link ModelError} where a weight is missing and
 * {@link UnsupportedError} where an operator is unknown, naming all that are.
 */
export const referenceEngine: Engine = {
  name: "reference",
  load: async (graph) => {
    if ((graph.onnx || graph.tensorflow) && graph.nodes.length === 0)
      throw new UnsupportedError(
        `the reference engine runs networks that core can read; this one needs ${graph.tensorflow ? "TensorFlow.js" : "ONNX Runtime"}`,
      );
    checkGraph(graph);
    const unknown = [...new Set(graph.nodes.map((node) => node.op))].filter(
      (op) => !operations.has(op),
    );
    if (unknown.length > 0)
      throw new UnsupportedError(`the reference engine lacks the operators ${unknown.join(", ")}`, {
        operators: unknown,
      });
    return program(graph);
  },
};

/** Numbers of one value: 1 GiB. */
const mostNumbers = 2 ** 28;

function program(graph: Graph): Program {
  return {
    graph,
    run: async (inputs) => runGraph(graph, inputs),
    dispose: async () => {},
  };
}

function runGraph(graph: Graph, inputs: Readonly<Record<string, Values>>): Record<string, Values> {
  const given = graph.inputs.flatMap(({ name }) =>
    inputs[name] ? [[name, inputs[name]] as const] : [],
  );
  for (const [name, { data, shape }] of given)
    if (data.length !== product(shape))
      throw new ShapeError(
        `input "${name}"`,
        `${product(shape)} values for [${shape}]`,
        `${data.length}`,
      );
  const shapes = inferShapes(
    graph,
    Object.fromEntries(given.map(([name, { shape }]) => [name, shape])),
  );
  const values = new Map<string, Values>([...Object.entries(graph.weights), ...given]);
  const lastUse = lastUses(graph);
  for (const [i, node] of graph.nodes.entries()) {
    const operation = operations.get(node.op) as Operation;
    const shape = shapes[node.outputs[0]];
    if (product(shape) > mostNumbers)
      throw new UnsupportedError(
        `${nameOf(node)} makes [${shape}], the reference engine holds at most ${mostNumbers} numbers of a value`,
      );
    const call = { node, graph, inputs: node.inputs.map((name) => values.get(name)), shape };
    values.set(node.outputs[0], { data: operation(call), shape });
    for (const name of node.inputs) if (lastUse.get(name) === i) values.delete(name);
  }
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, values.get(name) as Values]));
}

/** The last node that reads each value, so that memory can be given back after it; outputs stay. */
function lastUses(graph: Graph): Map<string, number> {
  const uses = new Map<string, number>();
  for (const [i, node] of graph.nodes.entries()) for (const name of node.inputs) uses.set(name, i);
  for (const { name } of graph.outputs) uses.delete(name);
  return uses;
}
