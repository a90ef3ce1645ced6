/**
 * The weights of a network of TensorFlow.js: a manifest in `model.json` and the files that it names. Sizes are checked before
 * a byte is read.
 *
 * @module
 */
import { ModelError, UnsupportedError } from "../errors.js";
import { fromHalf } from "../half.js";
import { product } from "../infer-shapes.js";
import { joinBytes } from "../join-bytes.js";
import { type ModelFiles, readFileOf } from "../model-files.js";
import { floats, type Values } from "../network.js";
import { type Fields, fieldsOf, listOf } from "./fields.js";
import type { Packing, StoredWeights, WeightSpec } from "./stored.js";

const bytesEach: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, bool: 1 },
  ...{ uint8: 1, uint16: 2, float16: 2 },
};

/** How many bytes a weight takes in its file. */
export function storedBytes({ shape, type, packing }: WeightSpec): number {
  return bytesEach[packing?.type ?? type] * product(shape);
}

/**
 * Reads what the manifest of `json` names; files lie beside `path`. Throws {@link ModelError} where one is missing, lies
 * elsewhere, or has another size than its weights, {@link UnsupportedError} for types that are not numbers.
 */
export async function readStoredWeights(
  files: ModelFiles,
  path: string,
  json: Fields,
): Promise<StoredWeights> {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const all: WeightSpec[] = [];
  const parts: Uint8Array[] = [];
  for (const group of listOf(json.weightsManifest).map(fieldsOf)) {
    const specs = listOf(group.weights).map((entry) => specOf(fieldsOf(entry)));
    const expected = specs.reduce((sum, spec) => sum + storedBytes(spec), 0);
    let left = expected;
    for (const shard of listOf(group.paths)) {
      const part = await readFileOf(files, folder + plainPath(`${shard}`), left);
      parts.push(part);
      left -= part.length;
    }
    if (left > 0)
      throw new ModelError(
        `the weights of ${files.name}/${path} must be ${expected} bytes, are ${expected - left}`,
      );
    all.push(...specs);
  }
  return { specs: all, bytes: joinBytes(parts) };
}

function specOf(entry: Fields): WeightSpec {
  const name = `${entry.name}`;
  const type = `${entry.dtype}`;
  const shape = listOf(entry.shape) as readonly number[];
  if (!["float32", "int32", "bool"].includes(type))
    throw new UnsupportedError(`weight "${name}" must be float32, int32 or bool, is ${type}`, {
      name,
    });
  if (!shape.every((length) => Number.isInteger(length) && length >= 0))
    throw new ModelError(`weight "${name}" has no shape`, { name });
  const packing = packingOf(name, entry.quantization);
  return { name, shape, type, ...(packing && { packing }) };
}

function packingOf(name: string, value: unknown): Packing | undefined {
  if (value === undefined || value === null) return undefined;
  const { dtype, scale = 1, min = 0 } = fieldsOf(value);
  if (dtype !== "uint8" && dtype !== "uint16" && dtype !== "float16")
    throw new UnsupportedError(
      `weight "${name}" must be packed as uint8, uint16 or float16, is ${dtype}`,
      { name },
    );
  if (!Number.isFinite(scale) || !Number.isFinite(min))
    throw new ModelError(`weight "${name}" must be packed with numbers for scale and min`, {
      name,
    });
  return { type: dtype, scale: scale as number, min: min as number };
}

/** The float32 weights by name, unpacked. Others throw {@link UnsupportedError}. */
export function unpackedWeights({
  specs,
  bytes,
}: StoredWeights): Map<string, Values<Float32Array>> {
  const weights = new Map<string, Values<Float32Array>>();
  let at = 0;
  for (const spec of specs) {
    if (spec.type !== "float32")
      throw new UnsupportedError(
        `weight "${spec.name}" of a layer must be float32, is ${spec.type}`,
        { name: spec.name },
      );
    const length = storedBytes(spec);
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
    weights.set(spec.name, floats(unpacked(view, spec), spec.shape));
    at += length;
  }
  return weights;
}

function unpacked(view: DataView, { shape, packing }: WeightSpec): Float32Array {
  const numbers = (read: (i: number) => number) =>
    Float32Array.from({ length: product(shape) }, (_, i) => read(i));
  if (!packing) return numbers((i) => view.getFloat32(4 * i, true));
  const { type, scale, min } = packing;
  if (type === "float16")
    return fromHalf(
      Uint16Array.from({ length: product(shape) }, (_, i) => view.getUint16(2 * i, true)),
    );
  const read = (i: number) => (type === "uint8" ? view.getUint8(i) : view.getUint16(2 * i, true));
  return numbers((i) => read(i) * scale + min);
}

function plainPath(path: string): string {
  if (path.split("/").every((part) => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))) return path;
  throw new ModelError(`the weights' file "${path}" must lie beside the network`, { path });
}
