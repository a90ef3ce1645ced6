/**
 * The weights of a model: which of them can be run, and as what.
 *
 * @module
 */
import { isCoreError, ModelError, UnsupportedError } from "./errors.js";
import { fieldOf } from "./field.js";
import { type Field, fieldAt, isAbsent } from "./model-field.js";
import { type Hash, type ModelFiles, readPromised } from "./model-files.js";
import { within } from "./model-within.js";
import type { Graph, Field as Sight } from "./network.js";
import { readOnnx } from "./onnx.js";
import { readPorts } from "./onnx-ports.js";

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

/** The weights that are run: ONNX. Throws `ModelError` where there are none, saying which there are. */
export function runnableOf(description: Field): Field {
  const kinds = kindsOf(description);
  const onnx = fieldAt(fieldAt(description, "weights"), "onnx");
  if (kinds.includes("onnx")) {
    if (isAbsent(fieldAt(onnx, "external_data"))) return onnx;
    throw new UnsupportedError(
      `${onnx.file}: ${onnx.path}.external_data: weights must be one file for Cellwright`,
    );
  }
  if (kinds.includes("tensorflow_js"))
    throw new UnsupportedError(
      `${description.file}: the model has tensorflow_js weights, and no engine here runs them: convert them to ONNX (tf2onnx) and add them as weights.onnx`,
      { file: description.file, field: "weights.tensorflow_js" },
    );
  throw new ModelError(
    `${description.file}: the model has no onnx weights, only ${kinds.join(", ") || "none at all"} (convert it to ONNX first)`,
    { file: description.file, field: "weights.onnx" },
  );
}

/** A network and the SHA-256 of its file. */
export interface Weights {
  readonly graph: Graph;
  readonly hash: string;
}

/**
 * The network of a model. Where it is made of what our own networks are made of, as a graph; else as its file, which
 * ONNX Runtime runs as it is, with what `stated` says of how far it sees (asked for only then).
 */
export async function readWeights(
  files: ModelFiles,
  description: Field,
  hash: Hash,
  stated: () => Sight | undefined,
): Promise<Weights> {
  const field = runnableOf(description);
  const bytes = await readPromised(files, field, hash);
  const file = `${files.name}/${fieldAt(field, "source").value}`;
  return { graph: within(file, () => graphOf(bytes, stated)), hash: await hash(bytes) };
}

function graphOf(bytes: Uint8Array, stated: () => Sight | undefined): Graph {
  let graph: Graph;
  try {
    graph = readOnnx(bytes);
  } catch (error) {
    if (!isCoreError(error, "UnsupportedError")) throw error;
    const ports = readPorts(bytes);
    // No nodes that we could read: the field and the file are all there is.
    graph = { ...ports, nodes: [], weights: {}, onnx: bytes };
  }
  if (!graph.onnx && seesItself(graph)) return graph;
  const field = stated();
  return { ...graph, onnx: bytes, ...(field && { field }) };
}

function seesItself(graph: Graph): boolean {
  try {
    fieldOf(graph);
    return true;
  } catch {
    return false;
  }
}
