import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { expect, test } from "vitest";
import { unet } from "./architecture/unet.js";
import { CoreError, ModelError, UnsupportedError } from "./errors.js";
import { floats, type Graph, integers } from "./network.js";
import { readOnnx } from "./onnx.js";
import { FIELD } from "./onnx-schema.js";
import { writeOnnx } from "./onnx-write.js";
import { seeded } from "./random.js";

const network = unet({ inputs: 2, outputs: 3, widths: [4, 6] }, seeded(1));

test("a network survives being written and read", () => {
  expect(readOnnx(writeOnnx(network))).toEqual(network);
});

test("a Buffer at an odd place is read like any bytes", () => {
  const bytes = writeOnnx(network);
  const buffer = Buffer.alloc(bytes.length + 1);
  buffer.set(bytes, 1);
  expect(readOnnx(buffer.subarray(1))).toEqual(network);
});

test("the same network gives the same bytes", () => {
  expect(writeOnnx(network)).toEqual(writeOnnx(network));
});

test("half-precision storage halves the file and rounds each weight by less than 0.1 %", () => {
  const large = unet({ inputs: 2, outputs: 3, widths: [16, 32] }, seeded(1));
  const bytes = writeOnnx(large, { float16: true });
  expect(bytes.length).toBeLessThan(0.6 * writeOnnx(large).length);
  const read = readOnnx(bytes);
  expect(read.nodes).toEqual(large.nodes);
  const worst = Object.keys(large.weights).map((name) => {
    const [before, after] = [large, read].map((graph) =>
      Array.from<number | bigint>(graph.weights[name].data),
    );
    return Math.max(...before.map((value, i) => Math.abs(Number(after[i]) - Number(value))));
  });
  expect(Math.max(...worst)).toBeLessThan(1e-3);
  expect(Math.max(...worst)).toBeGreaterThan(0);
});

test("constants, lists and texts come back with their types", () => {
  const graph: Graph = {
    inputs: [{ name: "x", shape: ["n", 1, 8, 8] }],
    nodes: [
      { op: "Slice", inputs: ["x", "from", "to", "axes"], outputs: ["y"], attributes: {} },
      {
        op: "Resize",
        inputs: ["y", "", "scales"],
        outputs: ["z"],
        attributes: { mode: "nearest" },
      },
    ],
    outputs: [{ name: "z", shape: ["n", 1, 4, 4] }],
    weights: {
      from: integers([-1_000_000]),
      to: integers([3]),
      axes: integers([2]),
      scales: floats([1, 1, 2, 2], [4]),
    },
  };
  expect(readOnnx(writeOnnx(graph))).toEqual(graph);
});

test("a file cut short anywhere is an error, or no less than the whole network", () => {
  const bytes = writeOnnx(unet({ inputs: 1, outputs: 1, widths: [1] }, seeded(2)));
  for (let length = 0; length < bytes.length; length++) {
    try {
      expect(readOnnx(bytes.subarray(0, length)).nodes.length).toBeGreaterThan(0);
    } catch (error) {
      expect(error, `cut at ${length}`).toBeInstanceOf(CoreError);
    }
  }
});

test("bytes flipped at random give a network or an error of ours, never another error", () => {
  const bytes = writeOnnx(unet({ inputs: 1, outputs: 1, widths: [1] }, seeded(2)));
  const random = seeded(3);
  for (let i = 0; i < 500; i++) {
    const broken = bytes.slice();
    for (let k = 0; k < 3; k++)
      broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
    try {
      readOnnx(broken);
    } catch (error) {
      expect(error).toBeInstanceOf(CoreError);
    }
  }
});

test("a missing weight is named", () => {
  const { head_bias: _, ...weights } = network.weights;
  expect(() => readOnnx(writeOnnx({ ...network, weights }))).toThrow(/"head_bias"/);
  expect(() => readOnnx(new Uint8Array([1, 2, 3]))).toThrow(ModelError);
});

test("weights in another file are refused", () => {
  const tensor = new BinaryWriter();
  tensor.tag(FIELD.tensor.name, WireType.LengthDelimited).string("w");
  tensor.tag(FIELD.tensor.dataLocation, WireType.Varint).int32(1);
  const graph = new BinaryWriter();
  graph.tag(FIELD.graph.initializer, WireType.LengthDelimited).bytes(tensor.finish());
  const model = new BinaryWriter();
  model.tag(FIELD.model.graph, WireType.LengthDelimited).bytes(graph.finish());
  model.raw(opset(17));
  expect(() => readOnnx(model.finish())).toThrow(/"w" lies in another file/);
});

/** An entry of a model's list of operator sets. */
function opset(version: number, domain = ""): Uint8Array {
  const entry = new BinaryWriter();
  entry.tag(FIELD.opset.domain, WireType.LengthDelimited).string(domain);
  entry.tag(FIELD.opset.version, WireType.Varint).int64(version);
  const model = new BinaryWriter();
  model.tag(FIELD.model.opsetImport, WireType.LengthDelimited).bytes(entry.finish());
  return model.finish();
}

/** A written model with other operator sets than it was written with. */
function withOpsets(...entries: readonly Uint8Array[]): Uint8Array {
  const bytes = writeOnnx(network);
  const written = 4; // tag, length, tag of the version, version: our writer puts them last
  return Buffer.concat([bytes.subarray(0, bytes.length - written), ...entries]);
}

test("operator sets 13 to 17 are read, whatever stands beside them", () => {
  for (let version = 13; version <= 17; version++)
    expect(readOnnx(withOpsets(opset(version), opset(1, "com.microsoft")))).toEqual(network);
});

test("operators of another version mean something else: the version is named", () => {
  for (const version of [1, 12, 18, 21]) {
    const bytes = withOpsets(opset(17, "com.microsoft"), opset(version));
    expect(() => readOnnx(bytes)).toThrow(UnsupportedError);
    expect(() => readOnnx(bytes)).toThrow(new RegExp(`13 to 17, it uses ${version}$`));
  }
});

test("a model without an operator set is no model", () => {
  expect(() => readOnnx(withOpsets())).toThrow(/must say its operator set/);
  expect(() => readOnnx(withOpsets(opset(17, "com.microsoft")))).toThrow(ModelError);
});
