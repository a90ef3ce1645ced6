/**
 * ONNX bytes → network. Strict: what we do not understand is refused, nothing outside the file is read.
 *
 * @module
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { CoreError, ModelError, UnsupportedError } from "./errors.js";
import { fromHalf } from "./half.js";
import {
  type Attribute,
  checkGraph,
  type Graph,
  type Node,
  type Port,
  type Values,
} from "./network.js";
import { ATTRIBUTE_TYPE, FIELD, NUMBER_TYPE, RUNTIME_DOMAIN } from "./onnx-schema.js";

/**
 * The graph inside an ONNX file. Half-precision weights become float32; constants made by `Constant` nodes become
 * weights.
 *
 * Throws {@link ModelError} where the bytes are no ONNX model or contradict themselves (a missing weight, lengths that
 * do not fit), {@link UnsupportedError} for parts of ONNX that our networks do not use (subgraphs, external data,
 * number types).
 */
export function readOnnx(bytes: Uint8Array): Graph {
  let graph: Graph | undefined;
  try {
    readFields(bytes, (field, reader) => {
      if (field !== FIELD.model.graph) return false;
      graph = readGraph(reader.bytes());
      return true;
    });
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw new ModelError(
      "the weights are not a readable ONNX file (cut short or damaged?)",
      {},
      error,
    );
  }
  if (!graph) throw new ModelError("the weights are not an ONNX model: there is no graph in them");
  checkGraph(graph);
  return graph;
}

/** Walks the fields of one message; `take` returns true where it consumed the field. */
function readFields(
  bytes: Uint8Array,
  take: (field: number, reader: BinaryReader, wire: WireType) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!take(field, reader, wire)) reader.skip(wire, field);
  }
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

function readTensor(bytes: Uint8Array): { name: string; values: Values } {
  const shape: number[] = [];
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  let external = false;
  const floats: number[] = [];
  const ints: number[] = [];
  readFields(bytes, (field, reader, wire) => {
    if (field === FIELD.tensor.dims) readInt64s(reader, wire, shape);
    else if (field === FIELD.tensor.dataType) type = reader.int32();
    else if (field === FIELD.tensor.name) name = reader.string();
    else if (field === FIELD.tensor.rawData) raw = reader.bytes();
    else if (field === FIELD.tensor.floatData) readFloats(reader, wire, floats);
    else if (field === FIELD.tensor.int64Data || field === FIELD.tensor.int32Data)
      readInt64s(reader, wire, ints);
    else if (field === FIELD.tensor.dataLocation) external ||= reader.int32() !== 0;
    else if (field === FIELD.tensor.externalData) {
      reader.bytes();
      external = true;
    } else return false;
    return true;
  });
  if (external)
    throw new UnsupportedError(
      `weight "${name}" lies in another file; give a single-file ONNX model`,
      { name },
    );
  if (shape.some((length) => length < 0))
    throw new ModelError(`weight "${name}" must have lengths of at least 0, got [${shape}]`, {
      name,
      shape,
    });
  const count = shape.reduce((a, b) => a * b, 1);
  const data = raw ? fromRaw(new Uint8Array(raw), type, name) : fromLists(type, floats, ints, name);
  if (data.length !== count)
    throw new ModelError(
      `weight "${name}" must hold ${count} numbers for shape [${shape}], got ${data.length}`,
      { name },
    );
  return { name, values: { data, shape } };
}

function fromRaw(raw: Uint8Array, type: number, name: string): Values["data"] {
  const size =
    {
      [NUMBER_TYPE.float32]: 4,
      [NUMBER_TYPE.int64]: 8,
      [NUMBER_TYPE.float16]: 2,
      [NUMBER_TYPE.float64]: 8,
    }[type] ?? 1;
  if (raw.byteLength % size !== 0) throw new ModelError(`weight "${name}" is cut short`, { name });
  if (type === NUMBER_TYPE.float32) return new Float32Array(raw.buffer);
  if (type === NUMBER_TYPE.float64) return Float32Array.from(new Float64Array(raw.buffer));
  if (type === NUMBER_TYPE.float16) return fromHalf(new Uint16Array(raw.buffer));
  if (type === NUMBER_TYPE.int64) return new BigInt64Array(raw.buffer);
  if (type === NUMBER_TYPE.bool) return raw;
  throw new UnsupportedError(
    `weight "${name}" has the number type ${type}, which is not supported`,
    { name, type },
  );
}

function fromLists(type: number, floats: number[], ints: number[], name: string): Values["data"] {
  if (type === NUMBER_TYPE.float32) return Float32Array.from(floats);
  if (type === NUMBER_TYPE.int64) return BigInt64Array.from(ints, BigInt);
  if (type === NUMBER_TYPE.bool) return Uint8Array.from(ints);
  throw new UnsupportedError(
    `weight "${name}" has the number type ${type}, which is not supported`,
    { name, type },
  );
}

function readPort(bytes: Uint8Array): Port {
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

function readInt64s(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(whole(reader.int64()));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(whole(reader.int64()));
}

function readFloats(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(reader.float());
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(reader.float());
}

/** The shortest decimal that is this float32: 1e-5, not 0.000009999999747. */
function decimal(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

function whole(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new ModelError(`a length or index must be a safe integer, got ${value}`);
  return number;
}
