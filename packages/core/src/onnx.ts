/**
 * ONNX bytes → network. Strict: what we do not understand is refused, nothing outside the file is read.
 *
 * @module
 */
import { WireType } from "@bufbuild/protobuf/wire";
import { ModelError, UnsupportedError } from "./errors.js";
import {
  type Attribute,
  checkGraph,
  type Graph,
  type Node,
  type Port,
  type Values,
} from "./network.js";
import { ATTRIBUTE_TYPE, FIELD, NUMBER_TYPE, OPSET, RUNTIME_DOMAIN } from "./onnx-schema.js";
import { readable, readFields, readInt64s, readTensor, whole } from "./onnx-tensor.js";

/** No operator has a longer name. */
const LONGEST_NAME = 200;

/** The oldest operator set whose operators mean what ours do. */
const OLDEST_OPSET = 13;

/**
 * The graph inside an ONNX file. Half-precision weights become float32; constants made by `Constant` nodes become
 * weights.
 *
 * Throws {@link ModelError} where the bytes are no ONNX model or contradict themselves (a missing weight, lengths that
 * do not fit, no operator set), {@link UnsupportedError} for parts of ONNX that our networks do not use (subgraphs,
 * external data, number types) and for operator sets other than 13 to 17.
 */
export function readOnnx(bytes: Uint8Array): Graph {
  const graph = readable(() => readModel(bytes));
  checkGraph(graph);
  return graph;
}

function readModel(bytes: Uint8Array): Graph {
  let graph: Uint8Array | undefined;
  let opset: number | undefined;
  readFields(bytes, (field, reader) => {
    if (field === FIELD.model.graph) graph = reader.bytes();
    else if (field === FIELD.model.opsetImport) opset = readOpset(reader.bytes()) ?? opset;
    else return false;
    return true;
  });
  if (!graph) throw new ModelError("the weights are not an ONNX model: there is no graph in them");
  if (opset === undefined)
    throw new ModelError("the ONNX model must say its operator set (opset), it says none");
  if (opset < OLDEST_OPSET || opset > OPSET)
    throw new UnsupportedError(
      `the ONNX model must use operator set (opset) ${OLDEST_OPSET} to ${OPSET}, it uses ${opset}`,
      { opset },
    );
  return readGraph(graph);
}

/** The version of ONNX's own operators; `undefined` where the entry is about those of somebody else. */
function readOpset(bytes: Uint8Array): number | undefined {
  let domain = "";
  let version = 0;
  readFields(bytes, (field, reader) => {
    if (field === FIELD.opset.domain) domain = reader.string();
    else if (field === FIELD.opset.version) version = whole(reader.int64());
    else return false;
    return true;
  });
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readGraph(bytes: Uint8Array): Graph {
  const nodes: Node[] = [];
  const weights: Record<string, Values> = Object.create(null);
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  readFields(bytes, (field, reader) => {
    if (field === FIELD.graph.node) nodes.push(readNode(reader.bytes(), weights));
    else if (field === FIELD.graph.initializer) {
      const { name, values } = readTensor(reader.bytes());
      weights[name] = values;
    } else if (field === FIELD.graph.input) inputs.push(readPort(reader.bytes()));
    else if (field === FIELD.graph.output) outputs.push(readPort(reader.bytes()));
    else return false;
    return true;
  });
  return dropCasts({
    inputs: inputs.filter((port) => !(port.name in weights)),
    nodes,
    outputs,
    weights,
  });
}

/** Removes the nodes that made weights: casts of half-precision weights and constants. */
function dropCasts(graph: Graph): Graph {
  const weights: Record<string, Values> = { ...graph.weights };
  const stored = new Set<string>();
  const nodes = graph.nodes.filter((node) => {
    if (node.op === "Constant") return false;
    const source = graph.weights[node.inputs[0]];
    if (node.op !== "Cast" || node.attributes.to !== NUMBER_TYPE.float32 || !source) return true;
    weights[node.outputs[0]] = source;
    stored.add(node.inputs[0]);
    return false;
  });
  for (const node of nodes) for (const name of node.inputs) stored.delete(name);
  for (const name of stored) delete weights[name];
  return { ...graph, nodes, weights };
}

function readNode(bytes: Uint8Array, weights: Record<string, Values>): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Record<string, Attribute> = {};
  let constant: Values | undefined;
  let op = "";
  let domain = "";
  readFields(bytes, (field, reader) => {
    if (field === FIELD.node.input) inputs.push(reader.string());
    else if (field === FIELD.node.output) outputs.push(reader.string());
    else if (field === FIELD.node.opType) op = reader.string();
    else if (field === FIELD.node.domain) domain = reader.string();
    else if (field === FIELD.node.attribute) {
      const { name, value } = readAttribute(reader.bytes());
      if (typeof value === "object" && "data" in value) constant = value;
      else attributes[name] = value;
    } else return false;
    return true;
  });
  if (op.length > LONGEST_NAME || domain.length > LONGEST_NAME)
    throw new ModelError(
      `an operator's name must have at most ${LONGEST_NAME} letters, "${op.slice(0, 40)}…" has ${op.length}`,
    );
  if (domain !== "" && domain !== RUNTIME_DOMAIN)
    throw new UnsupportedError(
      `operator ${op} of the domain "${domain}" is not one of ONNX's own`,
      { op, domain },
    );
  if (constant && op === "Constant") weights[outputs[0]] = constant;
  else if (constant)
    throw new UnsupportedError(`operator ${op} with a tensor attribute is not supported`, { op });
  return { op, inputs, outputs, attributes };
}

function readAttribute(bytes: Uint8Array): { name: string; value: Attribute | Values } {
  let name = "";
  let type = 0;
  let float = 0;
  let int = 0;
  let text = "";
  let tensor: Values | undefined;
  const ints: number[] = [];
  readFields(bytes, (field, reader, wire) => {
    if (field === FIELD.attribute.name) name = reader.string();
    else if (field === FIELD.attribute.type) type = reader.int32();
    else if (field === FIELD.attribute.f) float = decimal(reader.float());
    else if (field === FIELD.attribute.i) int = whole(reader.int64());
    else if (field === FIELD.attribute.s) text = reader.string();
    else if (field === FIELD.attribute.t) tensor = readTensor(reader.bytes()).values;
    else if (field === FIELD.attribute.ints) readInt64s(reader, wire, ints);
    else return false;
    return true;
  });
  if (type === ATTRIBUTE_TYPE.float) return { name, value: float };
  if (type === ATTRIBUTE_TYPE.int) return { name, value: int };
  if (type === ATTRIBUTE_TYPE.string) return { name, value: text };
  if (type === ATTRIBUTE_TYPE.ints) return { name, value: ints };
  if (type === ATTRIBUTE_TYPE.tensor && tensor) return { name, value: tensor };
  throw new UnsupportedError(`attribute "${name}" of type ${type} is not supported`, {
    name,
    type,
  });
}

/** The name and the lengths of an input or output. */
export function readPort(bytes: Uint8Array): Port {
  let name = "";
  const shape: (number | string)[] = [];
  readFields(bytes, (field, reader) => {
    if (field === FIELD.valueInfo.name) name = reader.string();
    else if (field === FIELD.valueInfo.type) readShape(reader.bytes(), shape);
    else return false;
    return true;
  });
  return { name, shape };
}

function readShape(type: Uint8Array, shape: (number | string)[]): void {
  inside(type, FIELD.type.tensor, (tensor) =>
    inside(tensor, FIELD.tensorType.shape, (dimensions) =>
      inside(dimensions, FIELD.shape.dimension, (dimension) => {
        let length: number | string = `d${shape.length}`;
        readFields(dimension, (field, reader) => {
          if (field === FIELD.dimension.value) length = whole(reader.int64());
          else if (field === FIELD.dimension.parameter) length = reader.string();
          else return false;
          return true;
        });
        shape.push(length);
      }),
    ),
  );
}

function inside(bytes: Uint8Array, wanted: number, visit: (bytes: Uint8Array) => void): void {
  readFields(bytes, (field, reader, wire) => {
    if (field !== wanted || wire !== WireType.LengthDelimited) return false;
    visit(reader.bytes());
    return true;
  });
}

/** The shortest decimal that is this float32: 1e-5, not 0.000009999999747. */
function decimal(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}
