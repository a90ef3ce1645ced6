/**
 * A network of TensorFlow.js as its files have it.
 *
 * @module
 */
import type { Fields } from "./fields.js";

/** One weight of a manifest. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** `float32`, `int32`, `bool`: what it is once it is unpacked. */
  readonly type: string;
  /** How it is packed: each number as `scale · n + min`, or as half of a float. */
  readonly packing?: Packing;
}

/** How the numbers of a weight are packed. */
export interface Packing {
  readonly type: "uint8" | "uint16" | "float16";
  readonly scale: number;
  readonly min: number;
}

/** The weights as they are stored: one after the other. */
export interface StoredWeights {
  readonly specs: readonly WeightSpec[];
  readonly bytes: Uint8Array;
}

/** A graph model as it was saved. */
export interface GraphModel extends StoredWeights {
  /** The `modelTopology` of its `model.json`: TensorFlow's own GraphDef as JSON. */
  readonly topology: Fields;
  /** The `signature`: names of inputs and outputs, and the tensors that they are. */
  readonly signature: Fields;
}
