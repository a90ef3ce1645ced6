/**
 * The numbers in an ONNX file: bytes of one tensor → name and values; and the wire format below all its messages.
 *
 * @module
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { CoreError, ModelError, UnsupportedError } from "./errors.js";
import { fromHalf } from "./half.js";
import type { Values } from "./network.js";
import { FIELD, NUMBER_TYPE } from "./onnx-schema.js";

/** What `read` reads of an ONNX file; an error that is not ours says that the bytes are none. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CoreError) throw error;
    throw new ModelError(
      "the weights are not a readable ONNX file (cut short or damaged?)",
      {},
      error,
    );
  }
}

/** Walks the fields of one message; `take` returns true where it consumed the field. */
export function readFields(
  bytes: Uint8Array,
  take: (field: number, reader: BinaryReader, wire: WireType) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!take(field, reader, wire)) reader.skip(wire, field);
  }
}

/** One constant: its name and values; half precision and float64 become float32. */
export function readTensor(bytes: Uint8Array): { name: string; values: Values } {
  const shape: number[] = [];
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  let external = false;
  const floats: number[] = [];
  const ints: number[] = [];
  readFields(bytes, (field, reader, wire) => {
    if (field === FIELD.tensor.dims) readInt64s(reader, wire, shape);
    else if (field === FIELD.tensor.dataType) type = reader.int32();
    else if (field === FIELD.tensor.name) name = reader.string();
    else if (field === FIELD.tensor.rawData) raw = reader.bytes();
    else if (field === FIELD.tensor.floatData) readFloats(reader, wire, floats);
    else if (field === FIELD.tensor.int64Data || field === FIELD.tensor.int32Data)
      readInt64s(reader, wire, ints);
    else if (field === FIELD.tensor.dataLocation) external = reader.int32() !== 0 || external;
    else if (field === FIELD.tensor.externalData) {
      reader.bytes();
      external = true;
    } else return false;
    return true;
  });
  if (external)
    throw new UnsupportedError(
      `weight "${name}" lies in another file; give a single-file ONNX model`,
      { name },
    );
  if (shape.some((length) => length < 0))
    throw new ModelError(`weight "${name}" must have lengths of at least 0, got [${shape}]`, {
      name,
      shape,
    });
  const count = shape.reduce((a, b) => a * b, 1);
  const data = raw ? fromRaw(new Uint8Array(raw), type, name) : fromLists(type, floats, ints, name);
  if (data.length !== count)
    throw new ModelError(
      `weight "${name}" must hold ${count} numbers for shape [${shape}], got ${data.length}`,
      { name },
    );
  return { name, values: { data, shape } };
}

function fromRaw(raw: Uint8Array, type: number, name: string): Values["data"] {
  const size =
    {
      [NUMBER_TYPE.float32]: 4,
      [NUMBER_TYPE.int64]: 8,
      [NUMBER_TYPE.float16]: 2,
      [NUMBER_TYPE.float64]: 8,
    }[type] ?? 1;
  if (raw.byteLength % size !== 0) throw new ModelError(`weight "${name}" is cut short`, { name });
  if (type === NUMBER_TYPE.float32) return new Float32Array(raw.buffer);
  if (type === NUMBER_TYPE.float64) return Float32Array.from(new Float64Array(raw.buffer));
  if (type === NUMBER_TYPE.float16) return fromHalf(new Uint16Array(raw.buffer));
  if (type === NUMBER_TYPE.int64) return new BigInt64Array(raw.buffer);
  if (type === NUMBER_TYPE.bool) return raw;
  throw new UnsupportedError(
    `weight "${name}" has the number type ${type}, which is not supported`,
    { name, type },
  );
}

function fromLists(type: number, floats: number[], ints: number[], name: string): Values["data"] {
  if (type === NUMBER_TYPE.float32) return Float32Array.from(floats);
  if (type === NUMBER_TYPE.int64) return BigInt64Array.from(ints, BigInt);
  if (type === NUMBER_TYPE.bool) return Uint8Array.from(ints);
  throw new UnsupportedError(
    `weight "${name}" has the number type ${type}, which is not supported`,
    { name, type },
  );
}

/** Whole numbers of a repeated field, packed or one at a time, added to `into`. */
export function readInt64s(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(whole(reader.int64()));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(whole(reader.int64()));
}

function readFloats(reader: BinaryReader, wire: WireType, into: number[]): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(reader.float());
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) into.push(reader.float());
}

/** A 64-bit number as a safe integer. Throws {@link ModelError} where it is none. */
export function whole(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new ModelError(`a length or index must be a safe integer, got ${value}`);
  return number;
}
