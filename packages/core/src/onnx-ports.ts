/**
 * What goes into an ONNX network and what comes out, and nothing of what is between: enough to run it by its file.
 *
 * @module
 */
import { ModelError } from "./errors.js";
import type { Port } from "./network.js";
import { readPort } from "./onnx.js";
import { FIELD } from "./onnx-schema.js";
import { readable, readFields } from "./onnx-tensor.js";

/**
 * The inputs and outputs of an ONNX file, of any operator set. Throws {@link ModelError} where there are none, or the bytes are
 * no such file.
 */
export function readPorts(bytes: Uint8Array): { inputs: Port[]; outputs: Port[] } {
  return readable(() => portsOf(bytes));
}

function portsOf(bytes: Uint8Array): { inputs: Port[]; outputs: Port[] } {
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const constants = new Set<string>();
  readFields(bytes, (field, reader) => {
    if (field !== FIELD.model.graph) return false;
    readFields(reader.bytes(), (part, inner) => {
      if (part === FIELD.graph.input) inputs.push(readPort(inner.bytes()));
      else if (part === FIELD.graph.output) outputs.push(readPort(inner.bytes()));
      else if (part === FIELD.graph.initializer) constants.add(nameOf(inner.bytes()));
      else return false;
      return true;
    });
    return true;
  });
  const given = inputs.filter(({ name }) => !constants.has(name));
  if (given.length === 0 || outputs.length === 0)
    throw new ModelError("the ONNX model must have inputs and outputs, has none");
  return { inputs: given, outputs };
}

function nameOf(tensor: Uint8Array): string {
  let name = "";
  readFields(tensor, (field, reader) => {
    if (field !== FIELD.tensor.name) return false;
    name = reader.string();
    return true;
  });
  return name;
}
