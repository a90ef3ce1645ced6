/**
 * NumPy's file of one array: bytes ↔ numbers and shape.
 * The header is a Python literal; a strict little parser reads its three entries, nothing is evaluated, pickles are refused.
 * Format: NEP 1, "A Simple File Format for NumPy Arrays", versions 1.0 to 3.0.
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { FormatError, ShapeError, UnsupportedError } from "../errors.js";
import { fromHalf } from "../half.js";
import { type Image, type Pixels, planeOf } from "../image.js";
import type { Source } from "../source.js";
import { narrowIntegers } from "./big-integers.js";
import {
  checkDecodedSize,
  type Format,
  namingSource,
  type PlaneReader,
  type ReadOptions,
} from "./format.js";
import {
  asPixels,
  bytesOf,
  hostIsLittleEndian,
  type SampleType,
  swapBytes,
  typeOf,
} from "./sample-type.js";

/** An array in C order: the last axis runs fastest. */
export interface NpyArray<P extends Pixels = Pixels> {
  readonly data: P;
  /** One length an axis; empty for a single number. */
  readonly shape: readonly number[];
}

/** What the header says. */
interface NpyHeader {
  readonly type: SampleType | "float16" | "int64" | "uint64";
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly start: number;
}

const types: Readonly<Record<string, NpyHeader["type"]>> = {
  b1: "uint8",
  u1: "uint8",
  i1: "int8",
  u2: "uint16",
  i2: "int16",
  u4: "uint32",
  i4: "int32",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i8: "int64",
  u8: "uint64",
};

/** The longest header we read; NumPy's own limit is 10 000. */
const longestHeader = 65536;

/** NPY files as images: 2-D arrays are `"yx"`, 3-D arrays `"cyx"`. */
export const npy: Format = {
  name: "NPY",
  matches: looksLikeNpy,
  read: (source, options) =>
    namingSource(source, async () => {
      const head = await source.read(0, Math.min(source.byteLength, longestHeader + 12));
      const header = readHeader(head, source.byteLength);
      checkDecodedSize(countOf(header.shape) * sizeOf(header), options);
      return imageOf(readNpy(await source.read(0, source.byteLength), options));
    }),
  open: (source, options) => namingSource(source, () => openPlanes(source, options)),
};

/** The planes of a 3-D array, each read when it is asked for; an array in Fortran order is read whole. */
async function openPlanes(source: Source, options?: ReadOptions): Promise<PlaneReader> {
  const head = await source.read(0, Math.min(source.byteLength, longestHeader + 12));
  const header = readHeader(head, source.byteLength);
  const { shape, type, littleEndian, start } = header;
  if (shape.length !== 3 || header.fortranOrder || countOf(shape) === 0) {
    const image = await npy.read(source, options);
    return { ...image, readPlane: async (index) => planeOf(image, index) };
  }
  const [planes, height, width] = shape;
  const bytes = height * width * sizeOf(header);
  checkDecodedSize(bytes, options);
  return {
    shape,
    axes: "cyx",
    readPlane: ({ c = 0 } = {}) =>
      namingSource(source, async () => {
        if (!Number.isInteger(c) || c < 0 || c >= planes)
          throw new ShapeError("index of axis c", `0 to ${planes - 1}`, `${c}`);
        const from = start + c * bytes;
        const copy = Uint8Array.from(await source.read(from, from + bytes));
        if (littleEndian !== hostIsLittleEndian) swapBytes(copy, sizeOf(header));
        return { data: valuesOf(copy, type), shape: [height, width], axes: "yx" };
      }),
  };
}

/**
 * Reads an array. Booleans become 0 and 1; 64-bit integers become int32 or float64 where every one fits exactly.
 * 16-bit floats become float32. Arrays in Fortran order are brought into C order.
 * Throws `FormatError` for damaged files, `UnsupportedError` for objects, complex numbers and texts.
 */
export function readNpy(bytes: Uint8Array, options: ReadOptions = {}): NpyArray {
  const header = readHeader(bytes, bytes.length);
  const size = sizeOf(header);
  const length = countOf(header.shape) * size;
  checkDecodedSize(length, options);
  const copy = Uint8Array.from(bytes.subarray(header.start));
  if (header.littleEndian !== hostIsLittleEndian) swapBytes(copy, size);
  const data = valuesOf(copy, header.type);
  const { shape } = header;
  return { data: header.fortranOrder && shape.length > 1 ? toCOrder(data, shape) : data, shape };
}

/** The bytes of an NPY file of version 1.0, little-endian, C order. */
export function writeNpy(array: NpyArray): Uint8Array {
  const { data, shape } = array;
  if (countOf(shape) !== data.length)
    throw new ShapeError(
      "array data",
      `${countOf(shape)} values for shape [${shape}]`,
      `${data.length}`,
    );
  const type = typeOf(data);
  const letter = type.startsWith("u") ? "u" : type.startsWith("i") ? "i" : "f";
  const size = bytesOf(type);
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const descr = `${size === 1 ? "|" : "<"}${letter}${size}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${lengths}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  out.fill(32, 10, start - 1);
  out.set(strToU8(text), 10);
  out[start - 1] = 10;
  const values = out.subarray(start);
  values.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (!hostIsLittleEndian) swapBytes(values, size);
  return out;
}

function looksLikeNpy(head: Uint8Array): boolean {
  return head[0] === 0x93 && strFromU8(head.subarray(1, 6), true) === "NUMPY";
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function sizeOf(header: NpyHeader): number {
  const { type } = header;
  if (type === "float16") return 2;
  return type === "int64" || type === "uint64" ? 8 : bytesOf(type);
}

function valuesOf(bytes: Uint8Array, type: NpyHeader["type"]): Pixels {
  if (type === "float16") return fromHalf(asPixels("uint16", bytes) as Uint16Array);
  if (type !== "int64" && type !== "uint64") return asPixels(type, bytes);
  const Integers = type === "int64" ? BigInt64Array : BigUint64Array;
  return narrowIntegers(
    new Integers(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 8),
  );
}

function readHeader(bytes: Uint8Array, byteLength: number): NpyHeader {
  if (!looksLikeNpy(bytes))
    throw new FormatError("is not an NPY file: it does not begin with \\x93NUMPY");
  const version = bytes[6];
  if (![1, 2, 3].includes(version))
    throw new FormatError(`must be of NPY version 1, 2 or 3, it says ${version}`);
  const wide = version === 1 ? 2 : 4;
  if (bytes.length < 8 + wide) throw new FormatError("is cut off within its NPY header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = wide === 2 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = 8 + wide + length;
  if (length > longestHeader || start > bytes.length)
    throw new FormatError(`is cut off within its NPY header (${length} bytes long)`);
  const header = { ...parseHeader(strFromU8(bytes.subarray(8 + wide, start))), start };
  const expected = start + countOf(header.shape) * sizeOf(header);
  if (byteLength !== expected)
    throw new FormatError(
      `must have ${expected} bytes for ${header.type} of shape [${header.shape}], it has ${byteLength}: cut off or damaged`,
      { expected, byteLength },
    );
  return header;
}

/** Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, the entries in any order, each once. */
function parseHeader(text: string): Omit<NpyHeader, "start"> {
  const entries = parseEntries(/^\{(.*)\}\s*$/s.exec(text)?.[1] ?? "");
  const descr = /^'([<>|=])([a-zA-Z?])([0-9]*)'$/.exec(entries.get("descr") ?? "");
  const order = entries.get("fortran_order") ?? "";
  const shape = parseShape(entries.get("shape") ?? "");
  if (!descr && entries.has("descr"))
    throw new UnsupportedError(`holds ${entries.get("descr")} values: save it as plain numbers`);
  if (entries.size !== 3 || !descr || !/^(True|False)$/.test(order) || !shape)
    throw new FormatError(`has a header we cannot read: ${text.trim().slice(0, 100)}`);
  const code = descr[2] + descr[3];
  if (!Object.hasOwn(types, code))
    throw new UnsupportedError(
      `holds values of NumPy type "${descr.slice(1).join("")}": save it as integers, booleans, float32 or float64`,
      { descr: code },
    );
  return {
    type: types[code],
    littleEndian: descr[1] !== ">",
    fortranOrder: order === "True",
    shape,
  };
}

/** The entries of the literal; none where anything in it is not one of the three, or is there twice. */
function parseEntries(body: string): Map<string, string> {
  const entry =
    /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([0-9,\sL]*\))\s*(?:,|$)\s*/y;
  const entries = new Map<string, string>();
  while (entry.lastIndex < body.length) {
    const found = entry.exec(body);
    if (!found || entries.has(found[1])) return new Map();
    entries.set(found[1], found[2]);
  }
  return entries;
}

function parseShape(text: string): number[] | undefined {
  const inner = /^\((.*)\)$/s.exec(text)?.[1].trim();
  if (inner === undefined) return undefined;
  if (inner === "") return [];
  const parts = inner.replace(/,$/, "").split(",");
  if (parts.length === 1 && !inner.endsWith(",")) return undefined;
  if (parts.length > 32 || !parts.every((part) => /^\s*[0-9]{1,15}L?\s*$/.test(part)))
    return undefined;
  return parts.map((part) => Number.parseInt(part, 10));
}

/** The values of an array whose first axis runs fastest, in the order in which its last axis does. */
function toCOrder(data: Pixels, shape: readonly number[]): Pixels {
  const out = data.slice();
  const strides = shape.map((_, axis) => countOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function imageOf(array: NpyArray): Image {
  const axes = { 2: "yx", 3: "cyx" }[array.shape.length];
  if (axes === undefined || array.data.length === 0)
    throw new FormatError(
      `must be an array of 2 or 3 axes with pixels, its shape is [${array.shape}]`,
    );
  return { data: array.data, shape: array.shape, axes };
}
