/**
 * Runs and trains Cellwright networks on TensorFlow.js. Take an engine from `@cellwright/engine-tfjs/node` or
 * `@cellwright/engine-tfjs/web`; this entry holds what both share.
 *
 * @module
 */
export type { Tensorflow } from "./held.js";
export { backendEngine, tfjsOperators } from "./program.js";
