/**
 * A network as TensorFlow.js keeps it: `model.json` with the layers, and beside it files with the weights. Read with care,
 * as it comes from others; nothing in it is run.
 *
 * @module
 */
import {
  FormatError,
  floats,
  ModelError,
  type ModelFiles,
  product,
  UnsupportedError,
  type Values,
} from "@cellwright/core";

/** An object of JSON, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

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

/** `model.json` may not be larger: 64 MiB. */
const largestText = 2 ** 26;

/**
 * Reads a layers model. Throws core's `FormatError` where `path` is not a `model.json`, `ModelError` where a file is
 * missing or has another size than it says, and `UnsupportedError` for graph models and packed weights.
 */
export async function readLayersModel(files: ModelFiles, path: string): Promise<LayersModel> {
  const json = parsed(await bytesOf(files, path, largestText), `${files.name}/${path}`);
  if (json.format === "graph-model")
    throw new UnsupportedError(
      `${files.name}/${path} is a graph model of TensorFlow.js; layers models alone are read: convert it to ONNX`,
    );
  const topology = fieldsOf(json.modelTopology);
  const model = fieldsOf(topology.model_config ?? topology);
  const config = fieldsOf(model.config);
  const entries = listOf(config.layers ?? model.config).map(fieldsOf);
  if (entries.length === 0)
    throw new FormatError(`${files.name}/${path} must hold the layers of a network`);
  const layers =
    model.class_name === "Sequential" ? chained(entries) : ordered(entries.map(layerOf));
  const named = (value: unknown) => listOf(value).map((entry) => `${listOf(entry)[0] ?? entry}`);
  return {
    layers,
    inputs: config.input_layers ? named(config.input_layers) : [layers[0].name],
    outputs: config.output_layers ? named(config.output_layers) : [layers[layers.length - 1].name],
    weights: await readWeights(files, path, json),
  };
}

/** A value as an object; one without fields where it is none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** A value as a list; an empty one where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(bytes: Uint8Array, file: string): Fields {
  try {
    return fieldsOf(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new FormatError(`${file} must be JSON: ${(error as Error).message}`, { file }, error);
  }
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

/** The values of all weights, as many bytes as the manifest says, checked before any is read. */
async function readWeights(
  files: ModelFiles,
  path: string,
  json: Fields,
): Promise<ReadonlyMap<string, Values<Float32Array>>> {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const weights = new Map<string, Values<Float32Array>>();
  for (const group of listOf(json.weightsManifest).map(fieldsOf)) {
    const specs = listOf(group.weights).map((entry) => specOf(fieldsOf(entry)));
    const expected = specs.reduce((sum, { shape }) => sum + 4 * product(shape), 0);
    const parts: Uint8Array[] = [];
    for (const shard of listOf(group.paths)) {
      const left = expected - parts.reduce((sum, part) => sum + part.length, 0);
      parts.push(await bytesOf(files, folder + plainPath(`${shard}`), left));
    }
    const bytes = joined(parts);
    if (bytes.length !== expected)
      throw new ModelError(
        `the weights of ${files.name}/${path} must be ${expected} bytes, are ${bytes.length}`,
      );
    let at = 0;
    for (const { name, shape } of specs) {
      weights.set(lastTwo(name), floats(littleEndian(bytes, at, product(shape)), shape));
      at += 4 * product(shape);
    }
  }
  return weights;
}

function specOf(entry: Fields): { name: string; shape: readonly number[] } {
  const { name, dtype, quantization } = entry;
  const shape = listOf(entry.shape) as readonly number[];
  if (dtype !== "float32" || quantization !== undefined)
    throw new UnsupportedError(
      `weight "${name}" must be unpacked float32 numbers, is ${quantization ? "packed" : dtype}`,
      { name },
    );
  if (!shape.every((length) => Number.isInteger(length) && length >= 0))
    throw new ModelError(`weight "${name}" has no shape`, { name });
  return { name: `${name}`, shape };
}

/** Layers within layers have longer names: the layer and its word are the last two. */
function lastTwo(name: string): string {
  return name.split("/").slice(-2).join("/");
}

function littleEndian(bytes: Uint8Array, at: number, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4 * count);
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function plainPath(path: string): string {
  if (path.split("/").every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))) return path;
  throw new ModelError(`the weights' file "${path}" must lie beside the network`, { path });
}

async function bytesOf(files: ModelFiles, path: string, most: number): Promise<Uint8Array> {
  const source = await files.open(path);
  const file = `${files.name}/${path}`;
  if (!source) throw new ModelError(`${file} is missing from the model`, { file });
  if (source.byteLength > most)
    throw new ModelError(`${file} must have at most ${most} bytes, has ${source.byteLength}`, {
      file,
    });
  return source.read(0, source.byteLength);
}
