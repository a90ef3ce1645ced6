/**
 * Whether an ONNX file points at other files: a look through all of it, whatever operators and subgraphs it has, before a
 * runtime gets it that would go and open them.
 *
 * @module
 */
import { UnsupportedError } from "./errors.js";
import { readable, readFields } from "./onnx-tensor.js";

type Message = "model" | "graph" | "node" | "attribute" | "function" | "sparse" | "tensor";

/** Where messages lie in messages, by the field numbers of `onnx.proto`. */
const inside: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: "graph", 25: "function" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute" },
  attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
  function: { 7: "node", 11: "attribute" },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: {},
};

/** `external_data` and `data_location` of a tensor. */
const [EXTERNAL, LOCATION] = [13, 14];

/** Messages within messages: subgraphs of subgraphs. */
const deepest = 64;

/**
 * Throws {@link UnsupportedError} where a tensor of an ONNX file lies in another file, `ModelError` where the bytes are no such
 * file.
 */
export function refuseOutside(bytes: Uint8Array): void {
  readable(() => look(bytes, "model", 0));
}

function look(bytes: Uint8Array, message: Message, depth: number): void {
  if (depth > deepest)
    throw new UnsupportedError(`the ONNX model has subgraphs deeper than ${deepest} levels`);
  readFields(bytes, (field, reader) => {
    const next = inside[message][field];
    if (next) {
      look(reader.bytes(), next, depth + 1);
      return true;
    }
    if (message !== "tensor" || (field !== EXTERNAL && field !== LOCATION)) return false;
    if (field === EXTERNAL) reader.bytes();
    if (field === EXTERNAL || reader.int32() !== 0)
      throw new UnsupportedError("weights lie in another file; give a single-file ONNX model");
    return true;
  });
}
