/**
 * Network → ONNX bytes. ONNX Runtime runs them as they are; {@link readOnnx} reads them back.
 *
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { UnsupportedError } from "./errors.js";
import { toHalf } from "./half.js";
import type { Attribute, Graph, Node, Port, Values } from "./network.js";
import {
  ATTRIBUTE_TYPE,
  FIELD,
  FLOAT_ATTRIBUTES,
  IR_VERSION,
  NUMBER_TYPE,
  OPSET,
  RUNTIME_DOMAIN,
  RUNTIME_OPERATORS,
} from "./onnx-schema.js";

/** Options of {@link writeOnnx}. */
export interface WriteOnnxOptions {
  /** Name of the graph inside the file; default `cellwright`. */
  readonly name?: string;
  /**
   * Store kernels as half-precision numbers and cast them back where the graph starts: half the size, values
   * rounded to 11 bits. Default false.
   */
  readonly float16?: boolean;
}

/** The suffix of a weight stored in half precision; the graph casts it to the name without it. */
const HALF_SUFFIX = "__half";

/**
 * A graph as the bytes of an ONNX file. The same graph gives the same bytes; one that brings its own file gives that file,
 * whatever the options.
 */
export function writeOnnx(graph: Graph, options: WriteOnnxOptions = {}): Uint8Array {
  if (graph.onnx) return graph.onnx;
  if (graph.tensorflow)
    throw new UnsupportedError(
      "the network is a graph model of TensorFlow.js, which TensorFlow.js alone runs: --engine tfjs",
    );
  const writer = new BinaryWriter();
  writer.tag(FIELD.model.irVersion, WireType.Varint).int64(IR_VERSION);
  writer.tag(FIELD.model.producerName, WireType.LengthDelimited).string("cellwright");
  message(writer, FIELD.model.graph, (w) => writeGraph(w, graph, options));
  message(writer, FIELD.model.opsetImport, (w) => writeOpset(w, "", OPSET));
  if (graph.nodes.some((node) => RUNTIME_OPERATORS.has(node.op)))
    message(writer, FIELD.model.opsetImport, (w) => writeOpset(w, RUNTIME_DOMAIN, 1));
  return writer.finish();
}

function writeOpset(writer: BinaryWriter, domain: string, version: number): void {
  if (domain !== "") writer.tag(FIELD.opset.domain, WireType.LengthDelimited).string(domain);
  writer.tag(FIELD.opset.version, WireType.Varint).int64(version);
}

function writeGraph(writer: BinaryWriter, graph: Graph, options: WriteOnnxOptions): void {
  const half = new Set(
    options.float16
      ? Object.keys(graph.weights).filter((name) => isKernel(graph.weights[name]))
      : [],
  );
  for (const name of half)
    message(writer, FIELD.graph.node, (w) =>
      writeNode(w, {
        op: "Cast",
        inputs: [name + HALF_SUFFIX],
        outputs: [name],
        attributes: { to: NUMBER_TYPE.float32 },
      }),
    );
  for (const node of graph.nodes) message(writer, FIELD.graph.node, (w) => writeNode(w, node));
  writer.tag(FIELD.graph.name, WireType.LengthDelimited).string(options.name ?? "cellwright");
  for (const [name, values] of Object.entries(graph.weights))
    message(writer, FIELD.graph.initializer, (w) => writeTensor(w, name, values, half.has(name)));
  for (const port of graph.inputs) message(writer, FIELD.graph.input, (w) => writePort(w, port));
  for (const port of graph.outputs) message(writer, FIELD.graph.output, (w) => writePort(w, port));
}

function writeNode(writer: BinaryWriter, node: Node): void {
  for (const name of node.inputs)
    writer.tag(FIELD.node.input, WireType.LengthDelimited).string(name);
  for (const name of node.outputs)
    writer.tag(FIELD.node.output, WireType.LengthDelimited).string(name);
  writer.tag(FIELD.node.name, WireType.LengthDelimited).string(node.outputs[0]);
  writer.tag(FIELD.node.opType, WireType.LengthDelimited).string(node.op);
  for (const [name, value] of Object.entries(node.attributes))
    message(writer, FIELD.node.attribute, (w) => writeAttribute(w, name, value));
  if (RUNTIME_OPERATORS.has(node.op))
    writer.tag(FIELD.node.domain, WireType.LengthDelimited).string(RUNTIME_DOMAIN);
}

function writeAttribute(writer: BinaryWriter, name: string, value: Attribute): void {
  writer.tag(FIELD.attribute.name, WireType.LengthDelimited).string(name);
  const type = (code: number) => writer.tag(FIELD.attribute.type, WireType.Varint).int32(code);
  if (typeof value === "string") {
    writer.tag(FIELD.attribute.s, WireType.LengthDelimited).string(value);
    type(ATTRIBUTE_TYPE.string);
  } else if (typeof value === "object") {
    for (const item of value) writer.tag(FIELD.attribute.ints, WireType.Varint).int64(item);
    type(ATTRIBUTE_TYPE.ints);
  } else if (FLOAT_ATTRIBUTES.has(name)) {
    writer.tag(FIELD.attribute.f, WireType.Bit32).float(value);
    type(ATTRIBUTE_TYPE.float);
  } else {
    writer.tag(FIELD.attribute.i, WireType.Varint).int64(value);
    type(ATTRIBUTE_TYPE.int);
  }
}

function writeTensor(writer: BinaryWriter, name: string, values: Values, half: boolean): void {
  for (const length of values.shape) writer.tag(FIELD.tensor.dims, WireType.Varint).int64(length);
  const { data } = values;
  const stored = half && data instanceof Float32Array ? toHalf(data) : data;
  writer.tag(FIELD.tensor.dataType, WireType.Varint).int32(numberType(stored));
  writer.tag(FIELD.tensor.name, WireType.LengthDelimited).string(half ? name + HALF_SUFFIX : name);
  const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  writer.tag(FIELD.tensor.rawData, WireType.LengthDelimited).bytes(bytes);
}

function numberType(data: Values["data"] | Uint16Array): number {
  if (data instanceof Float32Array) return NUMBER_TYPE.float32;
  if (data instanceof BigInt64Array) return NUMBER_TYPE.int64;
  return data instanceof Uint16Array ? NUMBER_TYPE.float16 : NUMBER_TYPE.bool;
}

/** Kernels are most of a network; what has one axis stays as exact as it is. */
function isKernel({ data, shape }: Values): boolean {
  return data instanceof Float32Array && shape.length > 1;
}

function writePort(writer: BinaryWriter, port: Port): void {
  writer.tag(FIELD.valueInfo.name, WireType.LengthDelimited).string(port.name);
  message(writer, FIELD.valueInfo.type, (type) =>
    message(type, FIELD.type.tensor, (tensor) => {
      tensor.tag(FIELD.tensorType.elementType, WireType.Varint).int32(NUMBER_TYPE.float32);
      message(tensor, FIELD.tensorType.shape, (shape) => {
        for (const length of port.shape)
          message(shape, FIELD.shape.dimension, (dimension) => {
            if (typeof length === "number")
              dimension.tag(FIELD.dimension.value, WireType.Varint).int64(length);
            else dimension.tag(FIELD.dimension.parameter, WireType.LengthDelimited).string(length);
          });
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, body: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  body(writer);
  writer.join();
}
