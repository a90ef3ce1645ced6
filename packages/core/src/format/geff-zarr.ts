/**
 * Small arrays as the files of a Zarr hierarchy: written in version 2, read in versions 2 and 3, without compression.
 * In: numbers ↔ file names and bytes. Other codecs need a Zarr library, which the caller can bring.
 * Formats: zarr-specs v2 and v3 (core 3.1).
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { FormatError, UnsupportedError } from "../errors.js";
import type { Pixels } from "../image.js";
import { checkDecodedSize, type ReadOptions } from "./format.js";
import { type Fields, fieldsOf } from "./json-fields.js";
import { hostIsLittleEndian, swapBytes } from "./sample-type.js";

/** The numbers of an array in C order. 64-bit integers are bigints, booleans 0 and 1. */
export interface ZarrNumbers {
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
  readonly shape: readonly number[];
}

/** Files by their path from the hierarchy's root, such as `nodes/ids/.zarray`. */
export type ZarrFiles = ReadonlyMap<string, Uint8Array>;

interface Types {
  readonly bool: Uint8ArrayConstructor;
  readonly int8: Int8ArrayConstructor;
  readonly uint8: Uint8ArrayConstructor;
  readonly int16: Int16ArrayConstructor;
  readonly uint16: Uint16ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly uint32: Uint32ArrayConstructor;
  readonly int64: BigInt64ArrayConstructor;
  readonly uint64: BigUint64ArrayConstructor;
  readonly float32: Float32ArrayConstructor;
  readonly float64: Float64ArrayConstructor;
}
const types: Types = {
  bool: Uint8Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};
type TypeName = keyof Types;
type Data = InstanceType<Types[TypeName]>;
/** What an array's metadata say. */
interface Layout {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly type: TypeName;
  readonly littleEndian: boolean;
  readonly fill: number;
  /** The file of a chunk, by its place along each axis. */
  readonly file: (index: readonly number[]) => string;
}

/** Files of a group, with attributes where there are some. */
export function groupFiles(path: string, attributes?: Fields): [string, Uint8Array][] {
  const files: [string, Uint8Array][] = [[below(path, ".zgroup"), json({ zarr_format: 2 })]];
  if (attributes) files.push([below(path, ".zattrs"), json(attributes)]);
  return files;
}

/** Files of an array in one chunk, little-endian. */
export function arrayFiles(
  path: string,
  type: TypeName,
  array: { readonly data: Pixels | BigUint64Array; readonly shape: readonly number[] },
): [string, Uint8Array][] {
  const { data, shape } = array;
  const size = types[type].BYTES_PER_ELEMENT;
  const kind =
    type === "bool" ? "b" : type.startsWith("u") ? "u" : type.startsWith("i") ? "i" : "f";
  const metadata = {
    ...{ zarr_format: 2, shape, chunks: shape.map((length) => Math.max(1, length)) },
    ...{ dtype: `${size === 1 ? "|" : "<"}${kind}${size}`, compressor: null, filters: null },
    ...{ fill_value: type === "bool" ? false : 0, order: "C", dimension_separator: "." },
  };
  const files: [string, Uint8Array][] = [[below(path, ".zarray"), json(metadata)]];
  if (data.length === 0) return files;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  if (!hostIsLittleEndian) swapBytes(bytes, size);
  files.push([below(path, shape.map(() => "0").join(".")), bytes]);
  return files;
}

/** The attributes of a group; undefined where there is no such group. */
export function readAttributes(files: ZarrFiles, path: string): unknown {
  const third = files.get(below(path, "zarr.json"));
  if (third) return fieldsIn(third, below(path, "zarr.json")).attributes ?? {};
  if (!files.has(below(path, ".zgroup"))) return undefined;
  const attributes = files.get(below(path, ".zattrs"));
  return attributes ? fieldsIn(attributes, below(path, ".zattrs")) : {};
}

/**
 * The numbers of an array; undefined where there is none. Chunks that are missing have the fill value. Throws
 * {@link FormatError} for metadata and chunks that contradict each other, {@link UnsupportedError} for compressed arrays,
 * for what is not numbers, and for more than `maxBytes`.
 */
export function readZarrNumbers(
  files: ZarrFiles,
  path: string,
  options: ReadOptions = {},
): ZarrNumbers | undefined {
  const layout = layoutOf(files, path);
  if (!layout) return undefined;
  const { shape, chunk, type } = layout;
  const count = product(shape);
  const size = types[type].BYTES_PER_ELEMENT;
  const stored = [...files.values()].reduce((sum, { length: bytes }) => sum + bytes, 0);
  checkDecodedSize(Math.max(count, product(chunk)) * size, options, stored);
  const data = new types[type](count);
  if (layout.fill !== 0)
    if (data instanceof BigInt64Array || data instanceof BigUint64Array)
      data.fill(BigInt(layout.fill));
    else data.fill(layout.fill);
  const grid = shape.map((length, axis) => Math.ceil(length / chunk[axis]));
  if (product(grid) > 1e6) throw new UnsupportedError(`${path} has ${product(grid)} chunks`);
  for (let n = 0; n < product(grid); n++) {
    const index = unravel(n, grid);
    const name = below(path, layout.file(index));
    const bytes = files.get(name)?.slice();
    if (!bytes) continue;
    if (bytes.length !== product(chunk) * size)
      throw new FormatError(
        `${name} must have ${product(chunk) * size} bytes, has ${bytes.length}`,
      );
    if (layout.littleEndian !== hostIsLittleEndian) swapBytes(bytes, size);
    place(new types[type](bytes.buffer), layout, index, data);
  }
  return { data, shape };
}

/** Copies the part of a chunk that lies within the array, row by row. */
function place(from: Data, { shape, chunk }: Layout, index: readonly number[], to: Data): void {
  const lengths = shape.map((length, axis) =>
    Math.min(chunk[axis], length - index[axis] * chunk[axis]),
  );
  const run = lengths.at(-1) ?? 1;
  for (let row = 0; row < product(lengths) / run; row++) {
    const at = [...unravel(row, lengths.slice(0, -1)), 0].slice(-shape.length);
    const start = ravel(at, chunk);
    const target = ravel(
      at.map((step, axis) => step + index[axis] * chunk[axis]),
      shape,
    );
    // One array's chunks have its own type; the union of types cannot say so.
    (to as Uint8Array).set(from.subarray(start, start + run) as Uint8Array, target);
  }
}

function layoutOf(files: ZarrFiles, path: string): Layout | undefined {
  const second = files.get(below(path, ".zarray"));
  const third = files.get(below(path, "zarr.json"));
  if (second) return secondLayout(fieldsIn(second, below(path, ".zarray")), path);
  if (!third) return undefined;
  const fields = fieldsIn(third, below(path, "zarr.json"));
  return fields.node_type === "array" ? thirdLayout(fields, path) : undefined;
}

function secondLayout(fields: Fields, path: string): Layout {
  const dtype = /^([<>|])([biuf])([1248])$/.exec(`${fields.dtype}`);
  const kind = { b: "bool", i: "int", u: "uint", f: "float" }[dtype?.[2] ?? ""];
  const type = kind === "bool" ? kind : `${kind}${8 * Number(dtype?.[3])}`;
  const plain =
    (fields.compressor ?? null) === null && isEmpty(fields.filters) && fields.order === "C";
  if (!plain) throw compressed(path);
  const separator = fields.dimension_separator === "/" ? "/" : ".";
  return {
    ...checkedShape(fields.shape, fields.chunks, path),
    ...{ type: checkedType(type, fields.dtype, path), littleEndian: dtype?.[1] !== ">" },
    fill: fillOf(fields.fill_value),
    file: (index) => index.join(separator) || "0",
  };
}

function thirdLayout(fields: Fields, path: string): Layout {
  const grid = fieldsOf(fieldsOf(fields.chunk_grid).configuration);
  const codecs = Array.isArray(fields.codecs) ? fields.codecs.map(fieldsOf) : [];
  if (codecs.length !== 1 || codecs[0].name !== "bytes") throw compressed(path);
  const encoding = fieldsOf(fields.chunk_key_encoding);
  const flat = encoding.name === "v2";
  const separator = fieldsOf(encoding.configuration).separator ?? (flat ? "." : "/");
  return {
    ...checkedShape(fields.shape, grid.chunk_shape, path),
    type: checkedType(`${fields.data_type}`, fields.data_type, path),
    littleEndian: fieldsOf(codecs[0].configuration).endian !== "big",
    fill: fillOf(fields.fill_value),
    file: (index) =>
      flat ? index.join(`${separator}`) || "0" : ["c", ...index].join(`${separator}`),
  };
}

function checkedShape(
  shape: unknown,
  chunk: unknown,
  path: string,
): Pick<Layout, "shape" | "chunk"> {
  const lengths = (value: unknown, least: number): value is number[] =>
    Array.isArray(value) &&
    value.length <= 8 &&
    value.every((n) => Number.isSafeInteger(n) && n >= least);
  if (!lengths(shape, 0) || !lengths(chunk, 1) || shape.length !== chunk.length)
    throw new FormatError(`${path} must have a shape and chunks of whole numbers`);
  return { shape, chunk };
}

function checkedType(name: string, said: unknown, path: string): TypeName {
  if (!Object.hasOwn(types, name))
    throw new UnsupportedError(
      `${path} holds values of type ${JSON.stringify(said)}; we read numbers`,
    );
  return name as TypeName;
}

function compressed(path: string): UnsupportedError {
  return new UnsupportedError(`${path} is compressed or filtered: open it with a Zarr library`);
}

function fillOf(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === "NaN") return Number.NaN;
  return typeof value === "number" ? value : 0;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function fieldsIn(bytes: Uint8Array, name: string): Fields {
  try {
    return fieldsOf(JSON.parse(strFromU8(bytes)));
  } catch (error) {
    throw new FormatError(`${name} is not JSON`, {}, error);
  }
}

function json(value: unknown): Uint8Array {
  return strToU8(`${JSON.stringify(value, null, 2)}\n`);
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a * b, 1);
}

function unravel(n: number, lengths: readonly number[]): number[] {
  let rest = n;
  return lengths
    .map((_, i) => {
      const axis = lengths.length - 1 - i;
      const step = rest % lengths[axis];
      rest = Math.floor(rest / lengths[axis]);
      return step;
    })
    .reverse();
}

function ravel(index: readonly number[], lengths: readonly number[]): number {
  return index.reduce((at, step, axis) => at * lengths[axis] + step, 0);
}
