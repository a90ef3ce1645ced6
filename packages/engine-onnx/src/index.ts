/**
 * Runs and trains Cellwright networks on ONNX Runtime. Take an engine from `@cellwright/engine-onnx/node` or
 * `@cellwright/engine-onnx/web`; this entry holds what both share.
 *
 * @module
 */
export { type Runtime, runtimeEngine } from "./session.js";
