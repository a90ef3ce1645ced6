/**
 * Whether the metadata of a Zarr array can be believed: lengths that are lengths, chunks that fit into memory, numbers.
 * Zarr version 2 and version 3 (core 3.1, sharding 1.0).
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import type { SampleType } from "./sample-type.js";

/** Axes of an array at most. */
const mostAxes = 8;

/** Chunks of a shard at most: its index, 16 bytes each, is read as a whole. */
const mostInShard = 2 ** 20;

/** The types of numbers that we read, as version 3 names them, and what an image of them has. */
export const zarrTypes: Readonly<Record<string, SampleType>> = {
  bool: "uint8",
  uint8: "uint8",
  int8: "int8",
  uint16: "uint16",
  int16: "int16",
  uint32: "uint32",
  int32: "int32",
  // Those up to 2^53 exactly.
  uint64: "float64",
  int64: "float64",
  float16: "float32",
  float32: "float32",
  float64: "float64",
};

/** Throws where an array's metadata do not make sense, or a chunk of it takes more than `maxBytes` when decoded. */
export function checkArrayMetadata(fields: Fields, name: string, maxBytes: number): void {
  const isSecond = name.endsWith(".zarray");
  const grid = fieldsOf(fieldsOf(fields.chunk_grid).configuration);
  const shape = lengthsOf(fields.shape, 0, name, "a shape");
  const chunk = lengthsOf(isSecond ? fields.chunks : grid.chunk_shape, 1, name, "chunks");
  if (shape.length !== chunk.length)
    throw new FormatError(
      `${name} must have as many axes in its chunks as in its shape, has ${chunk.length} and ${shape.length}`,
    );
  const type = isSecond ? typeOfSecond(fields.dtype) : `${fields.data_type}`;
  if (type === undefined || !Object.hasOwn(zarrTypes, type))
    throw new UnsupportedError(
      `${name} holds values of type ${JSON.stringify(fields.dtype ?? fields.data_type)}: we read integers and floats of 8 to 64 bits`,
    );
  if (isSecond) checkFilters(fields.filters, name);
  else checkThird(fields, name);
  const codecs = isSecond ? [] : listOf(fields.codecs, name);
  const inner = innerChunk(codecs, chunk, name) ?? chunk;
  const bytes = product(inner) * (Number(/\d+$/.exec(type)?.[0] ?? 8) / 8);
  if (bytes > maxBytes)
    throw new UnsupportedError(
      `has chunks of ${inner.join(" x ")}, more than is decoded at once (${maxBytes} bytes): write it with smaller ones`,
      { chunk: inner, bytes, maxBytes },
    );
}

/** What an array of version 3 may say; anything else must be understood unless it says that it need not be. */
const knownFields = new Set([
  ...["zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding"],
  ...["codecs", "fill_value", "attributes", "dimension_names", "storage_transformers"],
]);

/** What makes bytes of an array: there is one in a chain of codecs, left out by some writers. */
const toBytes = new Set(["bytes", "sharding_indexed"]);

function checkThird(fields: Fields, name: string): void {
  if (fields.zarr_format !== 3)
    throw new UnsupportedError(
      `${name} must be of Zarr version 3, is of ${JSON.stringify(fields.zarr_format)?.slice(0, 20)}`,
    );
  for (const [field, value] of Object.entries(fields))
    if (!knownFields.has(field) && fieldsOf(value).must_understand !== false)
      throw new UnsupportedError(
        `${name} has the field ${JSON.stringify(field.slice(0, 40))}, which must be understood and is not`,
      );
  const separator = fieldsOf(fieldsOf(fields.chunk_key_encoding).configuration).separator ?? "/";
  if (separator !== "/" && separator !== ".")
    throw new FormatError(`${name} must have keys with "/" or ".", has other ones`);
  const codecs = listOf(fields.codecs, name);
  if (codecs.filter((codec) => toBytes.has(`${codec.name}`)).length > 1)
    throw new FormatError(`${name} must have one codec that makes bytes, has several`);
  const axes = Array.isArray(fields.shape) ? fields.shape.length : 0;
  for (const codec of codecs) if (codec.name === "transpose") checkOrder(codec, axes, name);
}

function checkOrder(codec: Fields, axes: number, name: string): void {
  const { order } = fieldsOf(codec.configuration);
  if (order === "C" || order === "F") return;
  const all = Array.from({ length: axes }, (_, axis) => axis);
  if (!Array.isArray(order) || order.length !== axes || !all.every((axis) => order.includes(axis)))
    throw new FormatError(`${name} must transpose every axis once, does not`);
}

/** Filters of version 2 that make texts and objects. */
const noNumbers = /^(vlen-|json|msgpack|pickle|categorize)/;

function checkFilters(filters: unknown, name: string): void {
  for (const filter of Array.isArray(filters) ? filters : []) {
    const id = `${fieldsOf(filter).id}`;
    if (noNumbers.test(id))
      throw new UnsupportedError(
        `${name} has the filter ${id.slice(0, 40)}, which makes no numbers`,
      );
  }
}

/** The chunks within shards; undefined where there are no shards. */
function innerChunk(
  codecs: readonly Fields[],
  shard: readonly number[],
  name: string,
): number[] | undefined {
  const codec = codecs.find((each) => each.name === "sharding_indexed");
  if (!codec) return undefined;
  const {
    chunk_shape,
    index_codecs,
    index_location,
    codecs: within,
  } = fieldsOf(codec.configuration);
  const inner = lengthsOf(chunk_shape, 1, name, "chunks in its shards");
  const divides =
    inner.length === shard.length && inner.every((length, axis) => shard[axis] % length === 0);
  if (!divides)
    throw new FormatError(
      `${name} must have shards of whole chunks, has chunks of ${inner.join(" x ")} in shards of ${shard.join(" x ")}`,
    );
  const count = product(shard) / product(inner);
  if (count > mostInShard)
    throw new UnsupportedError(
      `${name} has ${count} chunks in a shard, the limit is ${mostInShard}`,
    );
  if (index_location === "start")
    throw new UnsupportedError(`${name} has the index of its shards at their start: write it anew`);
  listOf(index_codecs, name);
  if (listOf(within, name).some((each) => each.name === "sharding_indexed"))
    throw new UnsupportedError(`${name} has shards in shards: write it with one kind`);
  return inner;
}

function typeOfSecond(dtype: unknown): string | undefined {
  const match = /^[<>|]([biuf])([1248])$/.exec(`${dtype}`);
  if (!match) return undefined;
  const kind = { b: "bool", i: "int", u: "uint", f: "float" }[match[1]];
  return kind === "bool" ? kind : `${kind}${8 * Number(match[2])}`;
}

function lengthsOf(value: unknown, least: number, name: string, what: string): number[] {
  const sound =
    Array.isArray(value) &&
    value.length <= mostAxes &&
    value.every((length) => Number.isSafeInteger(length) && length >= least);
  if (!sound) throw new FormatError(`${name} must have ${what} of whole numbers from ${least}`);
  return value;
}

function listOf(value: unknown, name: string): Fields[] {
  if (!Array.isArray(value)) throw new FormatError(`${name} must list its codecs, does not`);
  return value.map(fieldsOf);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a * b, 1);
}
