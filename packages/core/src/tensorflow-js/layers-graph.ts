/**
 * A network of Keras's layers as a graph: the same operators that every engine runs, channels on axis 1 inside, and last
 * at both ends, as TensorFlow.js has them.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "../errors.js";
import {
  type Attribute,
  checkGraph,
  floats,
  type Graph,
  integers,
  type Node,
  type Values,
} from "../network.js";
import { fieldsOf, listOf } from "./fields.js";
import type { Layer, LayersModel } from "./layers-file.js";

/** What layers add to, and where they find what was added. */
interface Draft {
  readonly model: LayersModel;
  readonly nodes: Node[];
  readonly weights: Record<string, Values>;
}

/** From the values that a layer reads to the value that it makes, by name. */
type Rule = (draft: Draft, layer: Layer, inputs: readonly string[]) => string;

/**
 * The graph of a layers model. Its inputs and outputs have the layers' names and lengths `[n, y, x, c]`. Throws core's
 * `UnsupportedError` for a layer that no operator of ours is, naming it.
 */
export function layersGraph(model: LayersModel): Graph {
  const draft: Draft = { model, nodes: [], weights: {} };
  const values = new Map<string, string>();
  const inputs = [];
  for (const layer of model.layers) {
    if (layer.kind === "InputLayer") {
      const shape = ["n", "y", "x", channelsOf(layer)];
      inputs.push({ name: layer.name, shape, channelsLast: true });
      values.set(layer.name, add(draft, "Transpose", [layer.name], { perm: [0, 3, 1, 2] }));
      continue;
    }
    const rule = rules.get(layer.kind);
    if (!rule) throw unsupported(layer, `the layer ${layer.kind}`);
    const given = layer.inputs.map((name) => {
      const value = values.get(name);
      if (value) return value;
      throw new ModelError(`layer "${layer.name}" reads "${name}", which is not there`, { name });
    });
    values.set(layer.name, rule(draft, layer, given));
  }
  const outputs = model.outputs.map((name) => {
    const value = values.get(name);
    if (!value)
      throw new ModelError(`the network's output "${name}" is made by no layer`, { name });
    const out = add(draft, "Transpose", [value], { perm: [0, 2, 3, 1] }, `${name}:out`);
    return { name: out, shape: ["n", "y", "x", "channels"], channelsLast: true };
  });
  const graph = { inputs, nodes: draft.nodes, outputs, weights: draft.weights };
  checkGraph(graph);
  return graph;
}

function unsupported(layer: Layer, what: string): UnsupportedError {
  return new UnsupportedError(`"${layer.name}": ${what} is not read: convert the network to ONNX`, {
    layer: layer.name,
    kind: layer.kind,
  });
}

function add(
  draft: Draft,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  name = `value_${draft.nodes.length}`,
): string {
  draft.nodes.push({ op, inputs, outputs: [name], attributes });
  return name;
}

function constant(draft: Draft, values: Values): string {
  const name = `weight_${Object.keys(draft.weights).length}`;
  draft.weights[name] = values;
  return name;
}

function channelsOf({ name, config }: Layer): number {
  const shape = listOf(config.batch_input_shape ?? config.batch_shape);
  const channels = shape[3];
  if (shape.length === 4 && Number.isInteger(channels) && (channels as number) > 0)
    return channels as number;
  throw new UnsupportedError(
    `the input "${name}" must be of shape [n, y, x, channels], is [${shape}]`,
    { name },
  );
}

/** Two whole numbers of a layer's settings; one stands for both. */
function pair(layer: Layer, name: string, absent: number): [number, number] {
  const value = layer.config[name] ?? absent;
  const both = Array.isArray(value) ? value : [value, value];
  if (both.length === 2 && both.every((n) => Number.isInteger(n) && n > 0))
    return both as [number, number];
  throw new ModelError(`"${layer.name}": ${name} must be two whole numbers, is ${value}`);
}

/** Throws unless the layer has its channels last, as nearly all have. */
function checkOrder(layer: Layer): void {
  if ((layer.config.data_format ?? "channels_last") !== "channels_last")
    throw unsupported(layer, "channels_first");
}

/**
 * The zeros that `padding` puts around an image, for a window of so many pixels. Where it is `same` with strides, they
 * would depend on the image's size.
 */
function padsOf(
  layer: Layer,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  checkOrder(layer);
  if ((layer.config.padding ?? "valid") === "valid") return [0, 0, 0, 0];
  if (layer.config.padding !== "same" || strides.some((n) => n > 1))
    throw unsupported(layer, `padding "${layer.config.padding}" with strides ${strides}`);
  const all = kernel.map((n, i) => (n - 1) * dilations[i]);
  return [...all.map((n) => Math.floor(n / 2)), ...all.map((n) => Math.ceil(n / 2))];
}

function weightOf({ model }: Draft, layer: Layer, word: string): Values<Float32Array> {
  const weight = model.weights.get(`${layer.name}/${word}`);
  if (weight) return weight;
  throw new ModelError(`the network lacks the weight "${layer.name}/${word}"`, {
    layer: layer.name,
  });
}

const convolution: Rule = (draft, layer, [image]) => {
  const kernel = weightOf(draft, layer, "kernel");
  const strides = pair(layer, "strides", 1);
  if (kernel.shape.length !== 4 || (layer.config.groups ?? 1) !== 1)
    throw unsupported(layer, "a convolution of groups, or not of two dimensions,");
  const inputs = [image, constant(draft, turned(kernel))];
  if (layer.config.use_bias !== false) inputs.push(constant(draft, weightOf(draft, layer, "bias")));
  const [kernelShape, dilations] = [kernel.shape.slice(0, 2), pair(layer, "dilation_rate", 1)];
  const value = add(draft, "Conv", inputs, {
    kernel_shape: kernelShape,
    strides,
    dilations,
    pads: padsOf(layer, kernelShape, strides, dilations),
  });
  return activated(draft, layer, value, layer.config.activation);
};

/** A kernel [y, x, in, out] as [out, in, y, x]. */
function turned({ data, shape }: Values<Float32Array>): Values {
  const [height, width, from, to] = shape;
  const out = new Float32Array(data.length);
  const pixels = height * width;
  for (let i = 0; i < data.length; i++) {
    const [o, c, pixel] = [i % to, Math.floor(i / to) % from, Math.floor(i / (to * from))];
    out[(o * from + c) * pixels + pixel] = data[i];
  }
  return floats(out, [to, from, height, width]);
}

const activations: Readonly<Record<string, string>> = {
  relu: "Relu",
  sigmoid: "Sigmoid",
  softmax: "Softmax",
};

function activated(draft: Draft, layer: Layer, value: string, word: unknown): string {
  if (word === undefined || word === null || word === "linear") return value;
  const op = activations[`${word}`];
  if (!op) throw unsupported(layer, `the activation "${word}"`);
  return add(draft, op, [value], op === "Softmax" ? { axis: 1 } : {});
}

const pool =
  (op: string): Rule =>
  (draft, layer, [image]) => {
    const kernel = pair(layer, "pool_size", 2);
    const strides = layer.config.strides ? pair(layer, "strides", 1) : kernel;
    const pads = padsOf(layer, kernel, strides, [1, 1]);
    return add(draft, op, [image], { kernel_shape: kernel, strides, pads });
  };

const upsample: Rule = (draft, layer, [image]) => {
  checkOrder(layer);
  if ((layer.config.interpolation ?? "nearest") !== "nearest")
    throw unsupported(layer, `the interpolation "${layer.config.interpolation}"`);
  const scales = floats([1, 1, ...pair(layer, "size", 2)], [4]);
  return add(draft, "Resize", [image, "", constant(draft, scales)], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
};

const normalization: Rule = (draft, layer, [image]) => {
  checkChannelAxis(layer);
  const mean = weightOf(draft, layer, "moving_mean");
  const filled = (value: number) =>
    floats(new Float32Array(mean.data.length).fill(value), mean.shape);
  const { center, scale, epsilon = 1e-3 } = layer.config;
  const gamma = scale === false ? filled(1) : weightOf(draft, layer, "gamma");
  const beta = center === false ? filled(0) : weightOf(draft, layer, "beta");
  const statistics = [gamma, beta, mean, weightOf(draft, layer, "moving_variance")];
  return add(draft, "BatchNormalization", [image, ...statistics.map((v) => constant(draft, v))], {
    epsilon: epsilon as number,
  });
};

/** Throws unless the layer works along the channels. */
function checkChannelAxis(layer: Layer): void {
  const [axis] = [layer.config.axis ?? -1].flat();
  if (axis !== -1 && axis !== 3) throw unsupported(layer, `axis ${axis}`);
}

/** Pixels around an image: zeros more, or, with `sign` −1, less. */
const framed =
  (setting: string, sign: number): Rule =>
  (draft, layer, [image]) => {
    checkOrder(layer);
    const [y, x] = listOf(layer.config[setting]).map((edge) => [edge, edge].flat().slice(0, 2));
    const edges = [y, x].flatMap((edge) => (edge ?? []).map(Number));
    if (edges.length !== 4 || !edges.every((n) => Number.isInteger(n) && n >= 0))
      throw unsupported(layer, `${setting} ${JSON.stringify(layer.config[setting])}`);
    const [top, bottom, left, right] = edges.map((n) => sign * n);
    return add(draft, "Pad", [
      image,
      constant(draft, integers([0, 0, top, left, 0, 0, bottom, right])),
    ]);
  };

const merge =
  (op: string): Rule =>
  (draft, _layer, inputs) =>
    add(draft, op, inputs);

/** Operators of two inputs in ONNX, of any number in Keras. */
const mergeTwo =
  (op: string): Rule =>
  (draft, _layer, inputs) =>
    inputs.reduce((a, b) => add(draft, op, [a, b]));

const same: Rule = (_draft, _layer, [image]) => image;

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Conv2D", convolution],
  ["MaxPooling2D", pool("MaxPool")],
  ["AveragePooling2D", pool("AveragePool")],
  ["UpSampling2D", upsample],
  ["BatchNormalization", normalization],
  ["Activation", (draft, layer, [x]) => activated(draft, layer, x, layer.config.activation)],
  ["ReLU", (draft, layer, [x]) => rectified(draft, layer, x)],
  [
    "Softmax",
    (draft, layer, [x]) => {
      checkChannelAxis(layer);
      return activated(draft, layer, x, "softmax");
    },
  ],
  [
    "Concatenate",
    (draft, layer, inputs) => {
      checkChannelAxis(layer);
      return add(draft, "Concat", inputs, { axis: 1 });
    },
  ],
  ["Add", mergeTwo("Add")],
  ["Subtract", mergeTwo("Sub")],
  ["Multiply", mergeTwo("Mul")],
  ["Average", merge("Mean")],
  ["Maximum", merge("Max")],
  ["Minimum", merge("Min")],
  ["ZeroPadding2D", framed("padding", 1)],
  ["Cropping2D", framed("cropping", -1)],
  // These do something in training alone.
  ...["Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout"].map(
    (kind): [string, Rule] => [kind, same],
  ),
]);

function rectified(draft: Draft, layer: Layer, x: string): string {
  const { max_value, negative_slope, threshold } = fieldsOf(layer.config);
  if (max_value || negative_slope || threshold) throw unsupported(layer, "a ReLU with bounds");
  return activated(draft, layer, x, "relu");
}
