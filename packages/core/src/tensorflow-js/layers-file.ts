/**
 * The layers of a network as Keras writes them into TensorFlow.js's `model.json`. Read with care, as it comes from others;
 * nothing in it is run.
 *
 * @module
 */
import { FormatError, ModelError, UnsupportedError } from "../errors.js";
import type { Values } from "../network.js";
import { type Fields, fieldsOf, listOf } from "./fields.js";

/** One layer. */
export interface Layer {
  readonly name: string;
  /** Its class in Keras: `Conv2D`, `Activation`, … */
  readonly kind: string;
  readonly config: Fields;
  /** The layers that it reads, by name, in order. */
  readonly inputs: readonly string[];
}

/** A network of layers, each after those it reads. */
export interface LayersModel {
  readonly layers: readonly Layer[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Float values by layer and word: `conv2d_1/kernel`. */
  readonly weights: ReadonlyMap<string, Values<Float32Array>>;
}

/**
 * The layers that a `model.json` tells of. Throws {@link FormatError} where it tells of none, {@link UnsupportedError} where
 * layers are shared or written as Keras 3 does, {@link ModelError} where they go in a circle.
 */
export function layersOf(json: Fields, file: string): Omit<LayersModel, "weights"> {
  const topology = fieldsOf(json.modelTopology);
  const model = fieldsOf(topology.model_config ?? topology);
  const config = fieldsOf(model.config);
  const entries = listOf(config.layers ?? model.config).map(fieldsOf);
  if (entries.length === 0)
    throw new FormatError(`${file} must hold the layers of a network`, { file });
  const layers =
    model.class_name === "Sequential" ? chained(entries) : ordered(entries.map(layerOf));
  const named = (value: unknown) => listOf(value).map((entry) => `${listOf(entry)[0] ?? entry}`);
  return {
    layers,
    inputs: config.input_layers ? named(config.input_layers) : [layers[0].name],
    outputs: config.output_layers ? named(config.output_layers) : [layers[layers.length - 1].name],
  };
}

function layerOf(entry: Fields): Layer {
  const config = fieldsOf(entry.config);
  const name = `${entry.name ?? config.name}`;
  const uses = listOf(entry.inbound_nodes);
  if (uses.length > 1)
    throw new UnsupportedError(`layer "${name}" is used more than once, which is not read`, {
      name,
    });
  if (uses.length === 1 && !Array.isArray(uses[0]))
    throw new UnsupportedError(`layer "${name}" is written as Keras 3 does, which is not read`, {
      name,
    });
  const inputs = listOf(uses[0]).map((input) => `${listOf(input)[0]}`);
  return { name, kind: `${entry.class_name}`, config, inputs };
}

/** The layers of a chain, the first of which may say what it takes instead of a layer before it. */
function chained(entries: readonly Fields[]): Layer[] {
  const layers = entries.map(layerOf);
  const [first] = layers;
  const before: Layer[] =
    first.kind === "InputLayer"
      ? []
      : [{ name: `${first.name}_input`, kind: "InputLayer", config: first.config, inputs: [] }];
  const all = [...before, ...layers];
  return all.map((layer, i) => ({ ...layer, inputs: i === 0 ? [] : [all[i - 1].name] }));
}

/** Layers in an order in which each comes after those it reads. */
function ordered(layers: readonly Layer[]): Layer[] {
  const left = new Map(layers.map((layer) => [layer.name, layer]));
  const done: Layer[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ inputs }) => !inputs.some((name) => left.has(name)));
    if (ready.length === 0)
      throw new ModelError("the layers of the network read each other in a circle", {
        layers: [...left.keys()],
      });
    for (const layer of ready) left.delete(layer.name);
    done.push(...ready);
  }
  return done;
}
