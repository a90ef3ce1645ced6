/**
 * Arrays as ImJoy and Hypha carry them: `{_rtype: "ndarray", _rvalue, _rshape, _rdtype}`, in C order. In: what came over the
 * wire, which may lie. Out: numbers whose bytes are those that shape and type ask for; and back.
 *
 * @module
 */
import type { Pixels } from "@cellwright/core";
import { Fault, worded, wrong } from "./fault.js";

/** An array on the wire. */
export interface NdArray {
  readonly _rtype: "ndarray";
  /** The bytes: an `ArrayBuffer` over ImJoy's RPC, a `Uint8Array` over Hypha's. */
  readonly _rvalue: ArrayBuffer | Uint8Array;
  /** One length an axis, slowest first. */
  readonly _rshape: readonly number[];
  /** `uint8`, `int8`, `uint16`, `int16`, `uint32`, `int32`, `float32` or `float64`; the low byte first. */
  readonly _rdtype: string;
}

/**
 * What carries answers. `buffer`: ImJoy's RPC, whose receivers make a typed array of an `ArrayBuffer`, and would take a
 * `Uint8Array` for its elements. `bytes`: Hypha's, which carries a `Uint8Array` alone.
 */
export type Wire = "buffer" | "bytes";

/** Numbers and their shape, whatever the axes mean. */
export interface Numbers {
  readonly data: Pixels;
  readonly shape: readonly number[];
}

const arrays = {
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

type Kind = keyof typeof arrays;

const kinds: ReadonlyMap<string, Kind> = new Map([
  ["uint8", "u1"],
  ["int8", "i1"],
  ["uint16", "u2"],
  ["int16", "i2"],
  ["uint32", "u4"],
  ["int32", "i4"],
  ["float32", "f4"],
  ["float64", "f8"],
  ["bool", "u1"],
  ["b1", "u1"],
  ["?", "u1"],
  ...(Object.keys(arrays) as Kind[]).map((kind) => [kind, kind] as const),
]);

/** The largest array that is taken, in bytes. */
export const LARGEST_ARRAY: number = 2 ** 30;

/** The most axes that an array may have. */
const MOST_AXES = 6;

/** Whether something says that it is an array on the wire. */
export function isNdArray(value: unknown): value is NdArray {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, "_rtype") &&
    (value as NdArray)._rtype === "ndarray"
  );
}

/**
 * The numbers of an array. Its type may be a name or as NumPy writes it, with `>` for the high byte first; its bytes may be an
 * `ArrayBuffer`, a view of part of one, or a list of these, one after the other. Throws {@link Fault} where bytes, shape and
 * type do not agree, before anything is allocated.
 */
export function readNdArray(value: NdArray, what = "array"): Numbers {
  const { kind, swapped } = readType(value._rdtype, what);
  const shape = readShape(value._rshape, what);
  const size = arrays[kind].BYTES_PER_ELEMENT;
  const expected = shape.reduce((product, length) => product * length, size);
  if (!(expected <= LARGEST_ARRAY))
    throw new Fault(
      "unsupported",
      `${what} must have at most ${LARGEST_ARRAY} bytes, its shape says ${expected}: name a file by {url} instead`,
    );
  const actual = lengthOf(value._rvalue, what);
  if (actual !== expected)
    throw wrong(
      `${what} _rvalue`,
      `${expected} bytes, as shape [${shape}] and ${value._rdtype} say`,
      `${actual}`,
    );
  const bytes = bytesOf(value._rvalue, expected);
  const order = swapped && size > 1;
  const aligned = bytes.byteOffset % size === 0 && !order;
  const own = aligned ? bytes : bytes.slice();
  if (order) swapBytes(own, size);
  const data = new arrays[kind](own.buffer as ArrayBuffer, own.byteOffset, expected / size);
  return { data, shape };
}

function readType(value: unknown, what: string): { kind: Kind; swapped: boolean } {
  const [, order = "", name = ""] =
    /^([<>=|]?)([a-z]+\d*|\?)$/.exec(typeof value === "string" ? value : "") ?? [];
  const kind = kinds.get(name);
  if (kind) return { kind, swapped: order === ">" };
  const hint = /^([ui]?int64|[ui]8)$/.test(name)
    ? ": numbers of 64 bits do not fit a pixel, convert to int32"
    : "";
  throw new Fault(
    "argument",
    `${what} _rdtype must be one of ${[...kinds.keys()].slice(0, 9).join(", ")}, got ${worded(value)}${hint}`,
  );
}

function readShape(value: unknown, what: string): number[] {
  const isShape =
    Array.isArray(value) &&
    value.length <= MOST_AXES &&
    value.every((length) => Number.isSafeInteger(length) && length > 0);
  if (!isShape)
    throw wrong(
      `${what} _rshape`,
      `a list of at most ${MOST_AXES} positive integers`,
      Array.isArray(value) ? `[${`${value.slice(0, 8)}`.slice(0, 80)}]` : worded(value),
    );
  return [...(value as number[])];
}

function lengthOf(value: unknown, what: string): number {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value) && value.length > 0 && value.length <= 65536)
    return value.reduce<number>((sum, part) => {
      if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) return sum + part.byteLength;
      throw wrong(`${what} _rvalue`, "bytes", worded(part));
    }, 0);
  throw wrong(`${what} _rvalue`, "an ArrayBuffer or a Uint8Array", worded(value));
}

function viewOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
}

function bytesOf(value: unknown, length: number): Uint8Array {
  if (!Array.isArray(value)) return viewOf(value as ArrayBuffer);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of value) {
    const view = viewOf(part);
    bytes.set(view, at);
    at += view.length;
  }
  return bytes;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/**
 * Numbers as an array on the wire, with exactly their bytes: both libraries would send the whole buffer behind a view. Throws
 * {@link Fault} for what receivers cannot decode: they would wait for ever.
 */
export function writeNdArray(data: unknown, shape: readonly number[], wire: Wire): NdArray {
  const found = (Object.keys(arrays) as Kind[]).find((kind) => data instanceof arrays[kind]);
  if (!found)
    throw new Fault(
      "unsupported",
      `an array on the wire must be of numbers of 8 to 32 bits or float64, is ${data?.constructor?.name}`,
    );
  const view = data as Pixels;
  const name = [...kinds].find(([, kind]) => kind === found)?.[0] as string;
  const whole = view.byteLength === view.buffer.byteLength && view.buffer instanceof ArrayBuffer;
  const bytes = whole ? viewOf(view) : viewOf(view).slice();
  return {
    _rtype: "ndarray",
    _rvalue: wire === "buffer" ? (bytes.buffer as ArrayBuffer) : bytes,
    _rshape: [...shape],
    _rdtype: name,
  };
}
