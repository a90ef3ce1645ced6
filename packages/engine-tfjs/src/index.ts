/**
 * Runs and trains Cellwright networks on TensorFlow.js. Take an engine from `@cellwright/engine-tfjs/node` or
 * `@cellwright/engine-tfjs/web`; this entry holds what both share,
 * and the reader of networks that others have saved for TensorFlow.js.
 *
 * @module
 */
export type { Tensorflow } from "./held.js";
export { backendEngine, tfjsOperators } from "./program.js";
export { readTensorflowJs, runTensorflowJs } from "./tensorflow-js.js";
