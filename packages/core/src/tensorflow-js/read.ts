/**
 * Networks that others have saved for TensorFlow.js, bioimage.io's `tensorflow_js` weights among them.
 *
 * @module
 */
import { strFromU8 } from "fflate";
import { FormatError } from "../errors.js";
import { type ModelFiles, readFileOf } from "../model-files.js";
import type { Graph } from "../network.js";
import { type Fields, fieldsOf } from "./fields.js";
import { graphOfGraphModel } from "./graph-model.js";
import { layersOf } from "./layers-file.js";
import { layersGraph } from "./layers-graph.js";
import { readStoredWeights, unpackedWeights } from "./weights-file.js";

/** `model.json` may not be larger: 64 MiB. */
const largestText = 2 ** 26;

/**
 * Reads a network of TensorFlow.js: `path` (default `model.json`) and the files of weights beside it. A layers model becomes
 * a graph that every engine runs; a graph model is kept as it is, for TensorFlow.js. Inputs and outputs are `[n, y, x, c]`,
 * as in the model. Throws `FormatError` where `path` is no `model.json`, `ModelError` where a file is missing or has another
 * size than it says, `UnsupportedError` for layers that are not known, and for loops and state.
 */
export async function readTensorflowJs(files: ModelFiles, path = "model.json"): Promise<Graph> {
  const file = `${files.name}/${path}`;
  const json = parsed(await readFileOf(files, path, largestText), file);
  const weights = await readStoredWeights(files, path, json);
  if (json.format === "graph-model") return graphOfGraphModel(json, weights, file);
  return layersGraph({ ...layersOf(json, file), weights: byLayer(unpackedWeights(weights)) });
}

function parsed(bytes: Uint8Array, file: string): Fields {
  try {
    return fieldsOf(JSON.parse(strFromU8(bytes)));
  } catch (error) {
    throw new FormatError(`${file} must be JSON: ${(error as Error).message}`, { file }, error);
  }
}

/** Layers within layers have longer names: the layer and its word are the last two. */
function byLayer<V>(weights: ReadonlyMap<string, V>): Map<string, V> {
  return new Map([...weights].map(([name, value]) => [name.split("/").slice(-2).join("/"), value]));
}
