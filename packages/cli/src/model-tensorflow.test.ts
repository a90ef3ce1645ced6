import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  floats,
  type Graph,
  readNpy,
  referenceEngine,
  writeModelZip,
  writeNpy,
} from "@cellwright/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memoryContext } from "./memory-context.js";
import { sha256, writeModelFolder } from "./model-folder.js";
import { run } from "./program.js";

/** A convolution of two channels to three, a rectifier, and one of these to two: as TensorFlow has the numbers. */
const first = { shape: [3, 3, 2, 3], bias: [0.5, -0.25, 0.125] };
const second = { shape: [1, 1, 3, 2], bias: [1, -1] };
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Whole sixteenths, so that packing them into bytes loses nothing. */
const kernelOf = ({ shape }: { shape: number[] }) =>
  Array.from({ length: sizeOf(shape) }, (_, i) => (((i * 37) % 31) - 15) / 16);

/** A kernel `[y, x, in, out]` as ONNX has it, `[out, in, y, x]`. */
function turned(kernel: readonly number[], [height, width, from, to]: readonly number[]) {
  const out = new Float32Array(kernel.length);
  for (const [i, value] of kernel.entries()) {
    const [o, c, pixel] = [i % to, Math.floor(i / to) % from, Math.floor(i / (to * from))];
    out[(o * from + c) * height * width + pixel] = value;
  }
  return floats(out, [to, from, height, width]);
}

/** The same network by our own operators: what must come out. */
const truth: Graph = {
  inputs: [{ name: "raw", shape: ["n", 2, "y", "x"] }],
  nodes: [
    {
      op: "Conv",
      inputs: ["raw", "k1", "b1"],
      outputs: ["a"],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    },
    { op: "Relu", inputs: ["a"], outputs: ["b"], attributes: {} },
    {
      op: "Conv",
      inputs: ["b", "k2", "b2"],
      outputs: ["maps"],
      attributes: { kernel_shape: [1, 1] },
    },
  ],
  outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
  weights: {
    k1: turned(kernelOf(first), first.shape),
    b1: floats(first.bias, [3]),
    k2: turned(kernelOf(second), second.shape),
    b2: floats(second.bias, [2]),
  },
};

const raw = (...numbers: readonly (readonly number[])[]) =>
  new Uint8Array(Float32Array.from(numbers.flat()).buffer);

/** As tfjs-layers saves it. */
function layersModel(): Record<string, Uint8Array> {
  const conv = (name: string, activation: string, input: string) => ({
    class_name: "Conv2D",
    name,
    config: { name, padding: "same", activation },
    inbound_nodes: [[[input, 0, 0, {}]]],
  });
  const image = { name: "raw", batch_input_shape: [null, null, null, 2] };
  const layers = [
    { class_name: "InputLayer", name: "raw", config: image, inbound_nodes: [] },
    conv("c1", "relu", "raw"),
    conv("c2", "linear", "c1"),
  ];
  const config = { layers, input_layers: [["raw", 0, 0]], output_layers: [["c2", 0, 0]] };
  const weight = (name: string, shape: number[]) => ({ name, shape, dtype: "float32" });
  const json = {
    format: "layers-model",
    modelTopology: { model_config: { class_name: "Functional", config } },
    weightsManifest: [
      {
        paths: ["group1-shard1of1.bin"],
        weights: [
          weight("c1/kernel", first.shape),
          weight("c1/bias", [3]),
          weight("c2/kernel", second.shape),
          weight("c2/bias", [2]),
        ],
      },
    ],
  };
  return {
    "model.json": new TextEncoder().encode(JSON.stringify(json)),
    "group1-shard1of1.bin": raw(kernelOf(first), first.bias, kernelOf(second), second.bias),
  };
}

/** As the converter makes it of a SavedModel, the kernels packed into bytes. */
function graphModel(odd: readonly object[] = []): Record<string, Uint8Array> {
  const node = (name: string, op: string, input: string[], attr: object = {}) => ({
    ...{ name, op, input },
    attr: { T: { type: "DT_FLOAT" }, ...attr },
  });
  const dims = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size: `${size}` })) });
  const constant = (name: string, shape: number[]) =>
    node(name, "Const", [], {
      dtype: { type: "DT_FLOAT" },
      value: { tensor: { dtype: "DT_FLOAT", tensorShape: dims(...shape) } },
    });
  const sliding = {
    strides: { list: { i: ["1", "1", "1", "1"] } },
    dilations: { list: { i: ["1", "1", "1", "1"] } },
    padding: { s: Buffer.from("SAME").toString("base64") },
    data_format: { s: Buffer.from("NHWC").toString("base64") },
  };
  const nodes = [
    node("raw", "Placeholder", [], {
      dtype: { type: "DT_FLOAT" },
      shape: { shape: dims(-1, -1, -1, 2) },
    }),
    constant("k1", first.shape),
    constant("b1", [3]),
    constant("k2", second.shape),
    constant("b2", [2]),
    node("conv1", "Conv2D", ["raw", "k1"], sliding),
    node("bias1", "BiasAdd", ["conv1", "b1"]),
    node("relu1", "Relu", ["bias1"]),
    node("conv2", "Conv2D", ["relu1", "k2"], sliding),
    node("Identity", "BiasAdd", ["conv2", "b2"]),
    ...odd,
  ];
  const port = (name: string, channels: number) => ({
    name: `${name}:0`,
    dtype: "DT_FLOAT",
    tensorShape: dims(-1, -1, -1, channels),
  });
  const quantization = { dtype: "uint8", min: -15 / 16, scale: 1 / 16 };
  const bytes = (kernel: readonly number[]) =>
    Uint8Array.from(kernel, (value) => Math.round(value * 16 + 15));
  const json = {
    format: "graph-model",
    signature: { inputs: { raw: port("raw", 2) }, outputs: { maps: port("Identity", 2) } },
    modelTopology: { node: nodes, library: {}, versions: {} },
    weightsManifest: [
      {
        paths: ["a.bin"],
        weights: [
          { name: "k1", shape: first.shape, dtype: "float32", quantization },
          { name: "b1", shape: [3], dtype: "float32" },
          { name: "k2", shape: second.shape, dtype: "float32", quantization },
          { name: "b2", shape: [2], dtype: "float32" },
        ],
      },
    ],
  };
  return {
    "saved/model.json": new TextEncoder().encode(JSON.stringify(json)),
    "saved/a.bin": Buffer.concat([
      bytes(kernelOf(first)),
      raw(first.bias),
      bytes(kernelOf(second)),
      raw(second.bias),
    ]),
  };
}

/** Values `[1, c, y, x]` as `[1, y, x, c]`. */
function last({ data, shape: [, channels, height, width] }: ReturnType<typeof floats>) {
  const pixels = height * width;
  const out = Float32Array.from(
    data,
    (_, i) => data[(i % channels) * pixels + Math.floor(i / channels)],
  );
  return floats(out, [1, height, width, channels]);
}

const image = (height: number, width: number) =>
  floats(
    Float32Array.from({ length: 2 * height * width }, (_, i) => Math.sin(i)),
    [1, 2, height, width],
  );

async function mapsOf(input: ReturnType<typeof image>): Promise<ReturnType<typeof floats>> {
  const { maps } = await (await referenceEngine.load(truth)).run({ raw: input });
  return floats(maps.data as Float32Array, maps.shape);
}

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "cellwright-tensorflow-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function models(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext({ cwd, env: process.env });
  const code = await run(["models", ...argv], context);
  return { code, out: context.out(), err: context.err() };
}

/** A package in bioimage.io's format 0.4, channels last, with weights for TensorFlow.js alone. */
async function packageOf(name: string, weights: Record<string, Uint8Array>): Promise<void> {
  const input = image(16, 24);
  const zip = writeModelZip(weights);
  const sides = { min: [1, 16, 16, 2], step: [0, 1, 1, 0] };
  const description = {
    ...{ format_version: "0.4.10", type: "model", name, description: "Maps.", license: "MIT" },
    ...{ authors: [{ name: "A" }], documentation: "README.md", tags: [], timestamp: "2024-01-01" },
    ...{ test_inputs: ["in.npy"], test_outputs: ["out.npy"] },
    inputs: [{ name: "raw", axes: "byxc", data_type: "float32", shape: sides }],
    outputs: [
      {
        ...{ name: "maps", axes: "byxc", data_type: "float32", halo: [0, 4, 4, 0] },
        shape: { reference_tensor: "raw", scale: [1, 1, 1, 1], offset: [0, 0, 0, 0] },
      },
    ],
    weights: { tensorflow_js: { source: "weights.zip", sha256: sha256(zip) } },
  };
  await writeModelFolder(join(cwd, name), {
    // JSON is YAML too.
    "rdf.yaml": new TextEncoder().encode(JSON.stringify(description)),
    "README.md": new TextEncoder().encode("# Maps\n"),
    "in.npy": writeNpy(last(input)),
    "out.npy": writeNpy(last(await mapsOf(input))),
    "weights.zip": zip,
  });
}

test.each([
  ["a layers model", layersModel, ["onnx", "tfjs", "reference"], ""],
  ["a graph model", graphModel, ["onnx", "tfjs"], /TensorFlow\.js's own: it runs there/],
] as const)(
  "%s in a package passes its own test and gives the maps of any image",
  async (_, make, engines, line) => {
    await packageOf("theirs", make());
    for (const engine of engines) {
      const { out, code, err } = await models("test", "./theirs", "--engine", engine);
      expect(code, err + out).toBe(0);
      expect(out).toMatch(/^\.\/theirs: passed on /);
      if (engine === "onnx") expect(err).toMatch(line);
    }
    const valid = await models("validate", "./theirs");
    expect(valid.code, valid.out + valid.err).toBe(0);
    // An image that is cut into tiles, channels first as images are.
    const input = image(600, 70);
    await writeFile(join(cwd, "image.npy"), writeNpy(floats(input.data, [2, 600, 70])));
    const { code, err } = await models("run", "./theirs", "image.npy");
    expect(code, err).toBe(0);
    const maps = readNpy(new Uint8Array(await readFile(join(cwd, "image_maps.npy"))));
    expect(maps.shape).toEqual([2, 600, 70]);
    const expected = await mapsOf(input);
    const worst = expected.data.reduce(
      (most, v, i) => Math.max(most, Math.abs(v - maps.data[i])),
      0,
    );
    expect(worst).toBeLessThan(1e-5);
  },
);

test("what only TensorFlow.js runs is refused by other engines in a line, and loops by all", async () => {
  await packageOf("theirs", graphModel());
  const reference = await models("test", "./theirs", "--engine", "reference");
  expect(reference.out + reference.err).toMatch(/this one needs TensorFlow\.js/);
  await packageOf("looping", graphModel([{ name: "w", op: "While", input: ["raw"], attr: {} }]));
  const looping = await models("test", "./looping");
  expect(looping.code).toBe(1);
  expect(looping.out + looping.err).toMatch(/must be without loops, calls and state, has "While"/);
  await packageOf("empty", { "readme.txt": new Uint8Array(1) });
  const empty = await models("test", "./empty");
  expect(empty.out + empty.err).toMatch(/weights\.zip must hold a model\.json/);
});
