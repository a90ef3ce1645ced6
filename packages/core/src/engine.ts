/**
 * What runs a graph. Core knows only these shapes; who fills them is chosen once, by the app.
 *
 * @module
 */
import type { Graph, Values } from "./network.js";

/** Runs graphs: the reference engine in core, ONNX Runtime, TensorFlow.js. */
export interface Engine {
  /** A word for messages and reports: `reference`, `onnx`, … */
  readonly name: string;
  /** Makes a graph ready to run. Throws `UnsupportedError` where the engine lacks an operator. */
  load(graph: Graph): Promise<Program>;
}

/** A graph that is ready to run. */
export interface Program {
  readonly graph: Graph;
  /** From values for every input to values of every output. Inputs are not written to. */
  run(inputs: Readonly<Record<string, Values>>): Promise<Record<string, Values>>;
  /** Gives back what the engine holds for it. */
  dispose(): Promise<void>;
}
