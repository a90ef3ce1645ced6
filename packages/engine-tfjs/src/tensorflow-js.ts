/**
 * Networks that others have saved for TensorFlow.js, bioimage.io's `tensorflow_js` weights among them.
 *
 * @module
 */
import type { Engine, Graph, ModelFiles, Program } from "@cellwright/core";
import { readLayersModel } from "./layers-file.js";
import { layersGraph } from "./layers-graph.js";

/**
 * Reads a layers model of TensorFlow.js: `path` (default `model.json`) and the files of weights beside it. The graph's
 * inputs and outputs are `[n, y, x, c]`, as in the model. Throws core's `FormatError`, `ModelError` or `UnsupportedError`.
 */
export async function readTensorflowJs(files: ModelFiles, path = "model.json"): Promise<Graph> {
  return layersGraph(await readLayersModel(files, path));
}

/** {@link readTensorflowJs}, ready to run on an engine. */
export async function runTensorflowJs(
  engine: Engine,
  files: ModelFiles,
  path = "model.json",
): Promise<Program> {
  return engine.load(await readTensorflowJs(files, path));
}
