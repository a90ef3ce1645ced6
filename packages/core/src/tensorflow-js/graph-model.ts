/**
 * A graph model of TensorFlow.js, as converters write it from a SavedModel: hundreds of operators, which TensorFlow.js alone
 * runs. Here it is looked at, not run: what goes in and comes out, and that nothing in it may go on for ever.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "../errors.js";
import type { Graph, Port } from "../network.js";
import { type Fields, fieldsOf, listOf } from "./fields.js";
import type { GraphModel, StoredWeights } from "./stored.js";

/** Operators with which a network could loop, call others, or keep something from one run to the next. */
const restless =
  /^(While|StatelessWhile|If|StatelessIf|Enter|Exit|NextIteration|LoopCond|Switch|Merge|TensorArray.*|TensorList.*|HashTable.*|LookupTable.*|PartitionedCall|StatefulPartitionedCall)$/;

/**
 * The graph of a graph model: no nodes, but its ports, and the model as it is. Throws {@link UnsupportedError} where it has
 * loops, calls or state, {@link ModelError} where nothing goes in or out.
 */
export function graphOfGraphModel(json: Fields, weights: StoredWeights, file: string): Graph {
  const topology = fieldsOf(json.modelTopology);
  const nodes = listOf(topology.node).map(fieldsOf);
  const odd = nodes.find(({ op }) => restless.test(`${op}`));
  if (odd)
    throw new UnsupportedError(
      `${file}: the network must be without loops, calls and state, has "${`${odd.op}`.slice(0, 40)}": convert it to ONNX`,
      { file },
    );
  const signature = fieldsOf(json.signature ?? fieldsOf(json.userDefinedMetadata).signature);
  const ports = { inputs: portsOf(signature.inputs), outputs: portsOf(signature.outputs) };
  const inputs = ports.inputs.length > 0 ? ports.inputs : placeholders(nodes);
  const outputs = ports.outputs.length > 0 ? ports.outputs : unread(nodes);
  if (inputs.length === 0 || outputs.length === 0)
    throw new ModelError(
      `${file}: the network must have inputs and outputs, has ${inputs.length} and ${outputs.length}`,
      { file },
    );
  const tensorflow: GraphModel = { ...weights, topology, signature };
  return { inputs, outputs, nodes: [], weights: {}, tensorflow };
}

/** Ports of a signature; their names are the tensors'. */
function portsOf(list: unknown): Port[] {
  return Object.entries(fieldsOf(list)).map(([key, value]) => {
    const { name, tensorShape } = fieldsOf(value);
    return { name: typeof name === "string" ? name : key, shape: shapeOf(tensorShape) };
  });
}

function placeholders(nodes: readonly Fields[]): Port[] {
  return nodes
    .filter(({ op }) => op === "Placeholder")
    .map(({ name, attr }) => ({
      name: `${name}`,
      shape: shapeOf(fieldsOf(fieldsOf(attr).shape).shape),
    }));
}

/** The nodes that no other one reads. */
function unread(nodes: readonly Fields[]): Port[] {
  const read = new Set(
    nodes.flatMap(({ input }) => listOf(input).map((name) => `${name}`.replace(/^\^|:\d+$/g, ""))),
  );
  return nodes
    .filter(({ name, op }) => !read.has(`${name}`) && op !== "NoOp" && op !== "Placeholder")
    .map(({ name }) => ({ name: `${name}`, shape: [] }));
}

/** Lengths; a word where one is free. Nothing where nothing is said. */
function shapeOf(value: unknown): (number | string)[] {
  return listOf(fieldsOf(value).dim).map((dim, axis) => {
    const length = Number(fieldsOf(dim).size);
    return Number.isInteger(length) && length > 0 ? length : (["n", "y", "x", "c"][axis] ?? "d");
  });
}
