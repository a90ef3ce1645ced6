/**
 * The weights of a model: which of them can be run, and as what.
 *
 * @module
 */
import { isCoreError, ModelError, UnsupportedError } from "./errors.js";
import { fieldOf } from "./field.js";
import { tensorsOf } from "./model-axes.js";
import { type Field, fieldAt, isAbsent } from "./model-field.js";
import { type Hash, type ModelFiles, readPromised } from "./model-files.js";
import { within } from "./model-within.js";
import { readModelZip } from "./model-zip.js";
import type { Graph, Port, Field as Sight } from "./network.js";
import { readOnnx } from "./onnx.js";
import { refuseOutside } from "./onnx-outside.js";
import { readPorts } from "./onnx-ports.js";
import { bytesSource } from "./source.js";
import { readTensorflowJs } from "./tensorflow-js/read.js";

/** The kinds of weights that bioimage.io knows. */
export const weightKinds: readonly string[] = [
  "onnx",
  "tensorflow_js",
  "keras_hdf5",
  "keras_v3",
  "pytorch_state_dict",
  "tensorflow_saved_model_bundle",
  "torchscript",
];

/** The kinds that a model brings. An entry may stand there with nothing in it. */
export function kindsOf(description: Field): string[] {
  const weights = fieldAt(description, "weights");
  return weightKinds.filter((kind) => !isAbsent(fieldAt(weights, kind)));
}

/** The weights that are run. */
interface Runnable {
  readonly kind: "onnx" | "tensorflow_js";
  readonly field: Field;
}

/** The weights that are run: ONNX, else TensorFlow.js's. Throws `ModelError` where there are none, saying which there are. */
export function runnableOf(description: Field): Runnable {
  const kinds = kindsOf(description);
  const kind = (["onnx", "tensorflow_js"] as const).find((one) => kinds.includes(one));
  if (!kind)
    throw new ModelError(
      `${description.file}: the model has neither onnx nor tensorflow_js weights, only ${kinds.join(", ") || "none at all"} (convert it to ONNX first)`,
      { file: description.file, field: "weights.onnx" },
    );
  const field = fieldAt(fieldAt(description, "weights"), kind);
  if (isAbsent(fieldAt(field, "external_data"))) return { kind, field };
  throw new UnsupportedError(
    `${field.file}: ${field.path}.external_data: weights must be one file for Cellwright`,
  );
}

/** A network and the SHA-256 of its file. */
export interface Weights {
  readonly graph: Graph;
  readonly hash: string;
}

/**
 * The network of a model, its ports with channels last where the description says so. Where it is made of what our own
 * networks are made of, as a graph; else as its file, which ONNX Runtime or TensorFlow.js runs as it is, with what `stated`
 * says of how far it sees (asked for only then).
 */
export async function readWeights(
  files: ModelFiles,
  description: Field,
  hash: Hash,
  stated: () => Sight | undefined,
): Promise<Weights> {
  const { kind, field } = runnableOf(description);
  const bytes = await readPromised(files, field, hash);
  const file = `${files.name}/${fieldAt(field, "source").value}`;
  const read = kind === "onnx" ? within(file, () => graphOf(bytes)) : await unzipped(file, bytes);
  const graph = inLayout(read, description);
  if (graph.nodes.length > 0 && seesItself(graph)) return { graph, hash: await hash(bytes) };
  const sight = stated();
  const own = kind === "onnx" ? { onnx: bytes } : {};
  return { graph: { ...graph, ...own, ...(sight && { field: sight }) }, hash: await hash(bytes) };
}

function graphOf(bytes: Uint8Array): Graph {
  try {
    return readOnnx(bytes);
  } catch (error) {
    if (!isCoreError(error, "UnsupportedError")) throw error;
    // A runtime would open the files that it names.
    refuseOutside(bytes);
    // No nodes that we could read: the ports and the file are all there is.
    return { ...readPorts(bytes), nodes: [], weights: {}, onnx: bytes };
  }
}

/** The network in the zip of a model of TensorFlow.js: `model.json` at its top, or in its only folder. */
async function unzipped(file: string, bytes: Uint8Array): Promise<Graph> {
  const files = await readModelZip(bytesSource(file, bytes));
  const path = files.paths?.find((one) => /^([^/]+\/)?model\.json$/.test(one));
  if (path) return readTensorflowJs(files, path);
  throw new ModelError(`${file} must hold a model.json`, { file });
}

/** The graph with its ports as the description has them: the channels second, or last. */
function inLayout(graph: Graph, description: Field): Graph {
  const placed = (ports: readonly Port[], list: "inputs" | "outputs") => {
    const tensors = tensorsOf(fieldAt(description, list)).filter(({ optional }) => !optional);
    return ports.map((port, i): Port => {
      const axes = tensors[i]?.axes ?? [];
      const last = axes.length === 4 && axes[3].type === "channel";
      return last ? { ...port, channelsLast: true } : port;
    });
  };
  return {
    ...graph,
    inputs: placed(graph.inputs, "inputs"),
    outputs: placed(graph.outputs, "outputs"),
  };
}

function seesItself(graph: Graph): boolean {
  try {
    fieldOf(graph);
    return true;
  } catch (error) {
    // What cannot be is no reason to let somebody else run it.
    if (isCoreError(error, "ModelError")) throw error;
    return false;
  }
}
