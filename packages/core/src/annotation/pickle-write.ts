/**
 * Plain values → a pickle of protocol 3, which Python 3 reads: the opposite of `pickle`, for the little that our files
 * hold. Format: Python's `pickletools`.
 *
 * @module
 */
import { strToU8 } from "fflate";
import { UnsupportedError } from "../errors.js";
import { littleEndianBytes } from "../format/sample-type.js";
import type { Pixels } from "../image.js";
import { joinBytes } from "../join-bytes.js";

/** A NumPy array to write, in C order; booleans as bytes of 0 and 1. */
export interface WrittenArray {
  readonly shape: readonly number[];
  readonly data: Pixels;
  readonly boolean?: boolean;
}

/** What can be written. Lists stay lists. */
export type Written =
  | null
  | boolean
  | number
  | string
  | readonly Written[]
  | ReadonlyMap<string, Written>
  | { readonly array: WrittenArray };

/** The pickle of a value, wrapped into the array of one object that NumPy makes of a dictionary it saves. */
export function writeObjectPickle(value: Written): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0x80, 3)];
  startArray(pieces);
  pieces.push(op("("), integer(1), op(")"));
  putType(pieces, "O8", "|");
  pieces.push(op("\x89"));
  put(pieces, [value]);
  pieces.push(op("tb."));
  return joinBytes(pieces);
}

function put(pieces: Uint8Array[], value: Written): void {
  if (value === null) pieces.push(op("N"));
  else if (typeof value === "boolean") pieces.push(op(value ? "\x88" : "\x89"));
  else if (typeof value === "number") pieces.push(number(value));
  else if (typeof value === "string") pieces.push(text(value));
  else if (value instanceof Map) {
    pieces.push(op("}("));
    for (const [key, item] of value) {
      pieces.push(text(key));
      put(pieces, item);
    }
    pieces.push(op("u"));
  } else if (Array.isArray(value)) {
    pieces.push(op("]("));
    for (const item of value) put(pieces, item);
    pieces.push(op("e"));
  } else putArray(pieces, (value as { array: WrittenArray }).array);
}

/** `_reconstruct(ndarray, (0,), b"b")`, and then its state: version, shape, type, order, bytes. */
function putArray(pieces: Uint8Array[], { shape, data, boolean }: WrittenArray): void {
  const size = data.BYTES_PER_ELEMENT;
  startArray(pieces);
  pieces.push(op("("), integer(1), op("("), ...shape.map(integer), op("t"));
  putType(pieces, boolean ? "b1" : `${kindOf(data)}${size}`, size === 1 ? "|" : "<");
  pieces.push(op("\x89"), bytes(littleEndianBytes(data)), op("tb"));
}

function startArray(pieces: Uint8Array[]): void {
  // The module's name before NumPy 2: that version knows it too.
  pieces.push(op("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n("), integer(0));
  pieces.push(op("t"), bytes(strToU8("b")), op("tR"));
}

/** `dtype(code, False, True)`, and its state: version 3, byte order, no fields, no size or alignment of its own. */
function putType(pieces: Uint8Array[], code: string, order: "<" | "|"): void {
  pieces.push(op("cnumpy\ndtype\n("), text(code), op("\x89\x88tR("), integer(3), text(order));
  pieces.push(op("NNN"), integer(-1), integer(-1), integer(code === "O8" ? 63 : 0), op("tb"));
}

function kindOf(data: Pixels): string {
  if (data instanceof Float32Array || data instanceof Float64Array) return "f";
  const signed =
    data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  return signed ? "i" : "u";
}

/** Operations, a character each, and names between them. */
function op(code: string): Uint8Array {
  return strToU8(code, true);
}

function number(value: number): Uint8Array {
  if (Number.isInteger(value) && value === (value | 0)) return integer(value);
  const view = new DataView(new ArrayBuffer(9));
  view.setUint8(0, 0x47);
  view.setFloat64(1, value);
  return new Uint8Array(view.buffer);
}

function integer(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint8(0, 0x4a);
  view.setInt32(1, value, true);
  return new Uint8Array(view.buffer);
}

function text(value: string): Uint8Array {
  const encoded = strToU8(value);
  return joinBytes([head("X", encoded.length), encoded]);
}

function bytes(value: Uint8Array): Uint8Array {
  if (value.length > 0xffffffff)
    throw new UnsupportedError(
      `an array in a pickle may have 4 GiB, this one has ${value.length} bytes: save labels as an image`,
    );
  return joinBytes([head("B", value.length), value]);
}

function head(code: string, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(5));
  view.setUint8(0, code.charCodeAt(0));
  view.setUint32(1, length, true);
  return new Uint8Array(view.buffer);
}
