import {
  bytesSource,
  floats,
  type ModelFiles,
  readTensorflowJs,
  referenceEngine,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { expect, test } from "vitest";
import { tfjsEngine } from "./node.js";

type Json = Record<string, unknown>;

const layer = (class_name: string, name: string, config: Json, ...inputs: string[]) => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : [],
});

/** A little of everything that is read, as Keras writes it. */
const layers = [
  layer("InputLayer", "image", { batch_input_shape: [null, null, null, 2] }),
  layer("Conv2D", "first", { padding: "same", activation: "relu", kernel_size: [3, 2] }, "image"),
  layer("BatchNormalization", "norm", { axis: 3, epsilon: 0.001 }, "first"),
  layer("MaxPooling2D", "down", { pool_size: [2, 2], strides: [2, 2], padding: "valid" }, "norm"),
  layer("Dropout", "drop", { rate: 0.5 }, "down"),
  layer(
    "Conv2D",
    "deep",
    { padding: "same", dilation_rate: [2, 2], use_bias: false, activation: "linear" },
    "drop",
  ),
  layer("Activation", "squash", { activation: "sigmoid" }, "deep"),
  layer("UpSampling2D", "up", { size: [2, 2], interpolation: "nearest" }, "squash"),
  layer("Concatenate", "both", { axis: -1 }, "up", "first"),
  layer(
    "ZeroPadding2D",
    "wider",
    {
      padding: [
        [1, 0],
        [2, 1],
      ],
    },
    "both",
  ),
  layer(
    "AveragePooling2D",
    "smooth",
    { pool_size: [2, 2], strides: [1, 1], padding: "same" },
    "wider",
  ),
  layer(
    "Cropping2D",
    "narrower",
    {
      cropping: [
        [0, 1],
        [1, 2],
      ],
    },
    "smooth",
  ),
  layer("Conv2D", "last", { strides: [1, 1], padding: "valid", activation: "softmax" }, "narrower"),
  layer("Conv2D", "side", { strides: [1, 1], padding: "valid" }, "narrower"),
  layer("Add", "sum", {}, "last", "side", "side"),
];

const shapes: Record<string, number[]> = {
  "first/kernel": [3, 2, 2, 3],
  "first/bias": [3],
  "norm/gamma": [3],
  "norm/beta": [3],
  "norm/moving_mean": [3],
  "norm/moving_variance": [3],
  "deep/kernel": [3, 3, 3, 2],
  "last/kernel": [1, 1, 5, 2],
  "last/bias": [2],
  "side/kernel": [1, 1, 5, 2],
  "side/bias": [2],
};

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Weights that anybody can compute: sines; variances are positive. */
function weightsOf(name: string): number[] {
  const start = Object.keys(shapes).indexOf(name);
  return Array.from({ length: product(shapes[name]) }, (_, i) => {
    const wave = Math.sin(1 + 7 * start + i);
    return name.endsWith("variance") ? 1.5 + wave : wave;
  });
}

const config = { layers, input_layers: [["image", 0, 0]], output_layers: [["sum", 0, 0]] };

/** The files of a saved network, its weights in two shards. */
function saved(changes: Json = {}, more: Record<string, Uint8Array> = {}): ModelFiles {
  const numbers = Float32Array.from(Object.keys(shapes).flatMap(weightsOf));
  const bytes = new Uint8Array(numbers.buffer);
  const json = {
    format: "layers-model",
    modelTopology: { model_config: { class_name: "Functional", config } },
    weightsManifest: [
      {
        paths: ["a.bin", "b.bin"],
        weights: Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: "float32" })),
      },
    ],
    ...changes,
  };
  const files: Record<string, Uint8Array> = {
    "model.json": new TextEncoder().encode(JSON.stringify(json)),
    "a.bin": bytes.slice(0, 101),
    "b.bin": bytes.slice(101),
    ...more,
  };
  return {
    name: "saved",
    open: async (path) => (files[path] ? bytesSource(path, files[path]) : undefined),
  };
}

const image = floats(
  Float32Array.from({ length: 6 * 4 * 2 }, (_, i) => Math.cos(i)),
  [1, 6, 4, 2],
);

/** What tfjs-layers 4.22.0 predicts for this network, these weights and this image on its backend of plain JavaScript. */
const expected = [
  2.20078, 1.713031, 1.681303, 1.622235, 1.633305, 1.124132, 2.238034, 1.675133, 1.578576, 1.944889,
  0.945598, 1.8411, 1.663485, 1.382591, 2.110411, 2.377605, 1.425234, 1.333026, 1.489925, 1.473433,
  2.003496, 1.987098, 1.083302, 2.310961, 2.215395, 1.164521, 2.021711, 1.825445, 1.113815,
  2.146595, 0.623161, 1.491077, 2.150965, 1.747469, 1.149071, 2.128513, 0.783668, 1.423426,
  1.709372, 1.266734, 1.54821, 1.921419, 0.804448, 1.763985, 1.530714, 1.416541, 2.11179, 2.487248,
];

test.each([
  { name: "TensorFlow.js", open: () => tfjsEngine({ backend: "wasm" }) },
  { name: "ONNX Runtime", open: async () => onnxEngine({ threads: 1 }) },
  { name: "the reference engine", open: async () => referenceEngine },
])("a saved network gives on $name what tfjs-layers gives", async ({ open }) => {
  const program = await (await open()).load(await readTensorflowJs(saved()));
  const { "sum:out": found } = await program.run({ image });
  expect(found.shape).toEqual([1, 6, 4, 2]);
  for (const [i, value] of expected.entries()) expect(Number(found.data[i])).toBeCloseTo(value, 5);
  await program.dispose();
});

test("a chain of layers needs no InputLayer, and names of layers within layers are found", async () => {
  const chain = [
    { class_name: "Conv2D", config: { name: "a", batch_input_shape: [null, null, null, 1] } },
    { class_name: "ReLU", config: { name: "b" } },
  ];
  const json = {
    modelTopology: { class_name: "Sequential", config: { layers: chain } },
    weightsManifest: [
      {
        paths: ["w.bin"],
        weights: [
          { name: "outer/a/kernel", shape: [1, 1, 1, 1], dtype: "float32" },
          { name: "outer/a/bias", shape: [1], dtype: "float32" },
        ],
      },
    ],
  };
  const files = saved(json, { "w.bin": new Uint8Array(Float32Array.of(2, -1).buffer) });
  const program = await referenceEngine.load(await readTensorflowJs(files));
  const { "b:out": found } = await program.run({ a_input: floats([0, 1, 2, 3], [1, 2, 2, 1]) });
  expect(found).toEqual(floats([0, 1, 3, 5], [1, 2, 2, 1]));
});

const withLayer = (changed: ReturnType<typeof layer>) => ({
  modelTopology: {
    model_config: {
      class_name: "Model",
      config: {
        ...config,
        layers: layers.map((one) => (one.name === changed.name ? changed : one)),
      },
    },
  },
});

test.each([
  ["no layers", { modelTopology: {} }, /must hold the layers/],
  ["a strange layer", withLayer(layer("Lambda", "drop", {}, "down")), /"drop": the layer Lambda/],
  [
    "a stride whose padding depends on the size",
    withLayer(layer("MaxPooling2D", "down", { padding: "same" }, "norm")),
    /padding "same" with strides 2,2/,
  ],
  ["a circle", withLayer(layer("Dropout", "drop", {}, "squash")), /read each other in a circle/],
  [
    "a layer that reads nobody",
    withLayer(layer("Dropout", "drop", {}, "nobody")),
    /"nobody", which is not/,
  ],
  [
    "weights that are no numbers",
    { weightsManifest: [{ paths: [], weights: [{ name: "a/b", shape: [1], dtype: "string" }] }] },
    /must be float32, int32 or bool/,
  ],
  [
    "weights packed strangely",
    {
      weightsManifest: [
        {
          paths: [],
          weights: [{ name: "a/b", shape: [1], dtype: "float32", quantization: { dtype: "int4" } }],
        },
      ],
    },
    /must be packed as uint8, uint16 or float16/,
  ],
  [
    "a file outside",
    { weightsManifest: [{ paths: ["../a.bin"], weights: [] }] },
    /must lie beside the network/,
  ],
  [
    "too many bytes",
    { weightsManifest: [{ paths: ["a.bin"], weights: [] }] },
    /must have at most 0 bytes/,
  ],
  [
    "too few bytes",
    {
      weightsManifest: [
        { paths: ["a.bin"], weights: [{ name: "a/b", shape: [1e9], dtype: "float32" }] },
      ],
    },
    /must be 4000000000 bytes, are 101/,
  ],
] as const)("%s is refused with the reason", async (_, changes, reason) => {
  await expect(readTensorflowJs(saved(changes))).rejects.toThrow(reason);
});

test("what is no JSON, or not there, is refused", async () => {
  const text = new TextEncoder().encode("{");
  await expect(readTensorflowJs(saved({}, { "model.json": text }))).rejects.toThrow(/must be JSON/);
  await expect(readTensorflowJs(saved(), "other.json")).rejects.toThrow(
    /is missing from the model/,
  );
});
