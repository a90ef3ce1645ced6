#!/usr/bin/env node
// What the shipped networks would gain in eight bits: float against quantise–dequantise pairs around every convolution but
// the first and the last, on ONNX Runtime in Node and on its WebAssembly build. Weights are signed, a scale a channel; activations
// unsigned, their range the widest on six made-up images. Rows as in study.mjs: medians of --rounds (7) in turns on an image that
// the ranges were not taken from, and how far the maps are off. Build first (`npx tsc -b packages/cli`).
//
//   node benchmarks/int8.mjs [--only nuclei] [--rounds 7] [--side 1024]
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { foldBatchNorm, normalize, synthNuclei, writeOnnx } from "@cellwright/core";
import { openModel } from "../packages/cli/dist/model-folder.js";
import { median, openStudy, round } from "./study.mjs";

const study = openStudy("int8", {
  rounds: { type: "string", default: "7" },
  side: { type: "string", default: "1024" },
});
const rounds = Number(study.options.rounds);
const side = Number(study.options.side);
const root = fileURLToPath(new URL("../packages/engine-onnx/package.json", import.meta.url));
const native = createRequire(root)("onnxruntime-node");
const web = createRequire(root)("onnxruntime-web/wasm");

/** Numbers of ONNX for types of numbers. */
const TYPE = { float: 1, uint8: 2, int8: 3, int32: 6 };

/** A made-up image, brought to the network's brightness, in each of its channels. */
function imageOf(model, seed, length) {
  const { image } = synthNuclei({ seed, height: length, width: length, diameter: 20 });
  const channels = model.channels.length;
  const plane = { ...image, shape: [1, length, length], axes: "cyx" };
  const { data } = normalize(plane, { kind: "percentile", low: 1, high: 99.8 });
  const all = new Float32Array(channels * data.length);
  for (let c = 0; c < channels; c++) all.set(data, c * data.length);
  return { data: all, dims: [1, channels, length, length] };
}

/** The values to be stored in eight bits: all behind the first convolution but what only feeds the end. */
function pointsOf(graph) {
  const behind = new Set();
  const readers = (name) => graph.nodes.filter(({ inputs }) => inputs.includes(name));
  for (const { op, inputs, outputs } of graph.nodes)
    if (op === "Conv" || inputs.some((name) => behind.has(name))) behind.add(outputs[0]);
  return graph.nodes
    .filter(({ op, outputs: [name] }) => {
      const next = readers(name).map((node) => node.op);
      const isLast = next.every((each) => each === "Sigmoid" || each === "Softmax");
      return (
        behind.has(name) && !isLast && !(op === "Conv" && next.every((each) => each === "Relu"))
      );
    })
    .map(({ outputs }) => outputs[0]);
}

/** The widest range of each of some values. */
async function rangesOf(graph, points, images) {
  const ports = points.map((name) => ({ name, shape: ["n", "c", "y", "x"] }));
  const watched = { ...graph, outputs: [...graph.outputs, ...ports] };
  const session = await native.InferenceSession.create(writeOnnx(watched), { logSeverityLevel: 3 });
  const ranges = Object.fromEntries(points.map((name) => [name, [0, 0]]));
  for (const { data, dims } of images) {
    const found = await session.run({ image: new native.Tensor("float32", data, dims) });
    for (const name of points)
      for (const value of found[name].data) {
        if (value < ranges[name][0]) ranges[name][0] = value;
        if (value > ranges[name][1]) ranges[name][1] = value;
      }
  }
  return ranges;
}

/** The scale and the zero of each value that is stored. */
function scalesOf(graph, points, ranges) {
  const made = new Map(graph.nodes.map((node) => [node.outputs[0], node]));
  const params = {};
  for (const name of points) {
    const { op, inputs } = made.get(name);
    const [low, high] = ranges[name];
    const scale = (high - low) / 255;
    // What only chooses among values keeps their numbers.
    const same = ["MaxPool", "Resize"].includes(op) ? params[inputs[0]] : undefined;
    params[name] = same ?? { scale, zero: Math.round(-low / scale) };
  }
  return params;
}

/** A kernel in signed bytes, a scale for each channel that it makes. */
function signed({ data, shape }) {
  const size = data.length / shape[0];
  const scales = new Float32Array(shape[0]);
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / size);
    scales[c] = Math.max(scales[c], Math.abs(data[i]) / 127, 1e-10);
  }
  const scaled = (value, i) => Math.round(value / scales[Math.floor(i / size)]);
  return { kernel: Int8Array.from(data, scaled), scales };
}

/** The network in eight bits, as the bytes of an ONNX file. */
function quantized(graph, points, ranges) {
  const params = scalesOf(graph, points, ranges);
  const tensors = [];
  const nodes = [];
  const tensor = (name, type, shape, data) => {
    tensors.push({ name, type, shape, data });
    return name;
  };
  const add = (op, inputs, output, attributes = {}) => {
    nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const stored = (name, type, data, shape, scales) => {
    const zeros = new data.constructor(scales.length);
    const parts = [
      tensor(`${name}_stored`, type, shape, data),
      tensor(`${name}_scales`, TYPE.float, [scales.length], scales),
      tensor(`${name}_zeros`, type, [scales.length], zeros),
    ];
    return add("DequantizeLinear", parts, `${name}_again`, { axis: 0 });
  };
  const again = new Map();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => again.get(name) ?? name);
    const isStored = node.op === "Conv" && again.has(node.inputs[0]);
    if (isStored) {
      const { shape } = graph.weights[node.inputs[1]];
      const { kernel, scales } = signed(graph.weights[node.inputs[1]]);
      inputs[1] = stored(node.inputs[1], TYPE.int8, kernel, shape, scales);
      if (node.inputs[2]) {
        const own = scales.map((scale) => scale * params[node.inputs[0]].scale);
        const bias = Int32Array.from(graph.weights[node.inputs[2]].data, (value, c) =>
          Math.round(value / own[c]),
        );
        inputs[2] = stored(node.inputs[2], TYPE.int32, bias, [bias.length], own);
      }
    } else
      for (const name of node.inputs)
        if (graph.weights[name] && !tensors.some((one) => one.name === name))
          tensor(name, TYPE.float, graph.weights[name].shape, graph.weights[name].data);
    const [name] = node.outputs;
    add(node.op, inputs, name, node.attributes);
    if (!params[name]) continue;
    const by = [
      tensor(`${name}_scale`, TYPE.float, [], Float32Array.of(params[name].scale)),
      tensor(`${name}_zero`, TYPE.uint8, [], Uint8Array.of(params[name].zero)),
    ];
    add("QuantizeLinear", [name, ...by], `${name}_stored`);
    again.set(name, add("DequantizeLinear", [`${name}_stored`, ...by], `${name}_again`));
  }
  return onnxOf(graph, nodes, tensors);
}

/** An ONNX file (field numbers of onnx.proto). */
function onnxOf({ inputs, outputs }, nodes, tensors) {
  const writer = new BinaryWriter();
  const text = (field, value) => writer.tag(field, WireType.LengthDelimited).string(value);
  const number = (field, value) => writer.tag(field, WireType.Varint).int64(value);
  const message = (field, body) => {
    writer.tag(field, WireType.LengthDelimited).fork();
    body();
    writer.join();
  };
  const attribute = (name, value) => {
    text(1, name);
    if (typeof value === "string") text(4, value);
    else if (typeof value === "number") number(3, value);
    else for (const item of value) number(8, item);
    number(20, typeof value === "string" ? 3 : typeof value === "number" ? 2 : 7);
  };
  const port = ({ name, shape }) => {
    text(1, name);
    message(2, () =>
      message(1, () => {
        number(1, TYPE.float);
        message(2, () => {
          for (const length of shape)
            message(1, () => (typeof length === "number" ? number(1, length) : text(2, length)));
        });
      }),
    );
  };
  number(1, 8);
  message(7, () => {
    for (const node of nodes)
      message(1, () => {
        for (const name of node.inputs) text(1, name);
        for (const name of node.outputs) text(2, name);
        text(4, node.op);
        for (const [name, value] of Object.entries(node.attributes))
          message(5, () => attribute(name, value));
      });
    text(2, "int8");
    for (const { name, type, shape, data } of tensors)
      message(5, () => {
        for (const length of shape) number(1, length);
        number(2, type);
        text(8, name);
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        writer.tag(9, WireType.LengthDelimited).bytes(bytes);
      });
    for (const each of inputs) message(11, () => port(each));
    for (const each of outputs) message(12, () => port(each));
  });
  message(8, () => number(2, 17));
  return writer.finish();
}

/** Milliseconds of both, in turns, and the largest and the mean difference of their maps. */
async function compared({ InferenceSession, Tensor }, files, { data, dims }, threads) {
  const options = { intraOpNumThreads: threads, logSeverityLevel: 3 };
  const sessions = [];
  for (const bytes of files) sessions.push(await InferenceSession.create(bytes, options));
  const input = { image: new Tensor("float32", data, dims) };
  const times = [[], []];
  const maps = [];
  for (let n = 0; n <= rounds; n++)
    for (const [i, session] of sessions.entries()) {
      const start = performance.now();
      maps[i] = Object.values(await session.run(input))[0].data;
      if (n > 0) times[i].push(round(performance.now() - start));
    }
  let [sum, most] = [0, 0];
  for (let i = 0; i < maps[0].length; i++) {
    const off = Math.abs(maps[0][i] - maps[1][i]);
    sum += off;
    if (off > most) most = off;
  }
  return {
    float: times[0],
    int8: times[1],
    ratio: round(median(times[0]) / median(times[1])),
    meanOff: round(sum / maps[0].length),
    mostOff: round(most),
  };
}

for (const name of ["nuclei", "bacteria-phase", "cytoplasm-phase", "coculture-mcf10a-3t3"])
  if (study.wants(name))
    await study.row({ name, side }, async () => {
      const { model } = await openModel(name);
      const graph = foldBatchNorm(model.graph);
      const points = pointsOf(graph);
      const images = [1, 2, 3, 4, 5, 6].map((seed) => imageOf(model, seed, 512));
      const files = [
        writeOnnx(graph),
        quantized(graph, points, await rangesOf(graph, points, images)),
      ];
      const image = imageOf(model, 7, side);
      web.env.wasm.numThreads = 1;
      return {
        bytes: files.map(({ length }) => length),
        oneThread: await compared(native, files, image, 1),
        twoThreads: await compared(native, files, image, 2),
        wasm: await compared(web, files, image, 1),
      };
    });
process.exit();
