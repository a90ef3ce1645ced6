/**
 * The number types of pixels by name, as file headers speak of them.
 *
 * @module
 */
import type { Pixels } from "../image.js";

/** What a pixel can be, by name. */
export type SampleType =
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "float32"
  | "float64";

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<SampleType, unknown>;

/** Whether this machine stores the low byte of a number first. */
export const hostIsLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** How many bytes one number takes. */
export function bytesOf(type: SampleType): number {
  return arrays[type].BYTES_PER_ELEMENT;
}

/** `length` zeros of a type. */
export function pixelsOf(type: SampleType, length: number): Pixels {
  return new arrays[type](length);
}

/** The same bytes as numbers of this machine's byte order. `bytes` must begin where such numbers may begin. */
export function asPixels(type: SampleType, bytes: Uint8Array): Pixels {
  const length = bytes.byteLength / bytesOf(type);
  return new arrays[type](bytes.buffer as ArrayBuffer, bytes.byteOffset, length);
}

/** The name of an array's number type. */
export function typeOf(data: Pixels): SampleType {
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Uint16Array) return "uint16";
  if (data instanceof Int16Array) return "int16";
  if (data instanceof Uint32Array) return "uint32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Float32Array ? "float32" : "float64";
}

/** The bytes of numbers, the low byte of each first: a view where this machine stores them so, else a copy. */
export function littleEndianBytes(data: Pixels): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (hostIsLittleEndian) return bytes;
  const swapped = bytes.slice();
  swapBytes(swapped, data.BYTES_PER_ELEMENT);
  return swapped;
}

/** Turns the bytes of every number of `size` bytes around, in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start + size <= bytes.length; start += size)
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const kept = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = kept;
    }
}
