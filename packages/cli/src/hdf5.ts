/**
 * The HDF5 files in which Keras 1 kept the networks of the 2016 paper.
 * In: the bytes of a file. Out: its arrays by name, and which generation wrote it.
 *
 * @module
 */
/// <reference path="./jsfive.d.ts" />
import { FormatError, type KerasArrays } from "@cellwright/core";
import { type Dataset, File, type Group } from "jsfive";

/** What a Keras file holds. */
export interface KerasFile {
  /** The arrays by their own names, such as `convolution2d_1_W`. */
  readonly arrays: KerasArrays;
  /** 2016: `running_std` is a standard deviation. 2017 (Keras 1.0.7, whole models): it is a variance. */
  readonly generation: 2016 | 2017;
}

/**
 * Reads the arrays of a Keras file. Files of 2016 have a folder for each layer at the root, those of 2017 under
 * `model_weights`; optimiser states are passed over.
 * Throws core's `FormatError` where the bytes are no such file, and where an array claims more bytes than the file has.
 */
export function readKerasArrays(bytes: Uint8Array): KerasFile {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  try {
    const root = new File(buffer as ArrayBuffer);
    const whole = root.keys.includes("model_weights");
    if (!whole && !("layer_names" in root.attrs))
      throw new FormatError("an HDF5 network must have layer_names or model_weights, has neither");
    const arrays = readLayers(whole ? groupOf(root, "model_weights") : root, bytes.length);
    return { arrays, generation: whole ? 2017 : 2016 };
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(
      `must be an HDF5 file of a Keras network, cannot be read: ${reason}`,
      {},
      error,
    );
  }
}

function readLayers(layers: Group, fileSize: number): KerasArrays {
  const arrays: Record<string, KerasArrays[string]> = {};
  for (const layer of layers.keys) {
    const group = groupOf(layers, layer);
    for (const name of group.keys) {
      const dataset = group.get(name);
      if (!dataset || !("dtype" in dataset))
        throw new FormatError(`"${layer}/${name}" must be an array of numbers`);
      arrays[name] = readArray(dataset, `${layer}/${name}`, fileSize);
    }
  }
  return arrays;
}

function readArray(dataset: Dataset, name: string, fileSize: number): KerasArrays[string] {
  if (dataset.dtype !== "<f4")
    throw new FormatError(`"${name}" must hold float32 numbers (<f4), holds ${dataset.dtype}`);
  const shape = [...dataset.shape];
  const count = shape.reduce((a, b) => a * b, 1);
  if (!(count * 4 <= fileSize))
    throw new FormatError(
      `"${name}" claims ${count} numbers, more than a file of ${fileSize} bytes can hold`,
    );
  const data = Float32Array.from(dataset.value, Number);
  if (data.length !== count)
    throw new FormatError(`"${name}" must hold ${count} numbers, holds ${data.length}`);
  return { data, shape };
}

function groupOf(parent: Group, name: string): Group {
  const child = parent.get(name);
  if (!child || !("keys" in child))
    throw new FormatError(`"${name}" must be a group of an HDF5 file`);
  return child;
}
