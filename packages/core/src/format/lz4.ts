/**
 * Undoes LZ4 and BloscLZ, two codes of the same idea: bytes as they are, then what stood some way before, again.
 * Formats: LZ4 block format 1.6; BloscLZ as of c-blosc 1.21 (a form of FastLZ).
 *
 * @module
 */
import { FormatError } from "../errors.js";
import { repeat } from "./zstd-block.js";

/** Distances of BloscLZ that need two bytes more. */
const farthest = 8191;

function damaged(): FormatError {
  return new FormatError("is damaged: not an LZ4 or BloscLZ block");
}

/** The bytes of a block, which must be exactly `length`. Throws {@link FormatError}. */
export function decodeLz4(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  let filled = 0;
  const more = (first: number): number => {
    let sum = first;
    if (first < 15) return sum;
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= bytes.length) throw damaged();
      byte = bytes[at++];
    }
    return sum;
  };
  while (at < bytes.length) {
    const token = bytes[at++];
    const copied = more(token >> 4);
    if (at + copied > bytes.length || filled + copied > length) throw damaged();
    out.set(bytes.subarray(at, at + copied), filled);
    at += copied;
    filled += copied;
    // The last one has nothing to repeat.
    if (at === bytes.length) break;
    if (at + 2 > bytes.length) throw damaged();
    const distance = bytes[at] | (bytes[at + 1] << 8);
    at += 2;
    const repeated = more(token & 15) + 4;
    if (distance === 0 || distance > filled || filled + repeated > length) throw damaged();
    repeat(out, filled, distance, repeated);
    filled += repeated;
  }
  if (filled !== length) throw damaged();
  return out;
}

/** The bytes of a block of BloscLZ, which must be exactly `length`. Throws {@link FormatError}. */
export function decodeBloscLz(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  let at = 0;
  const next = (): number => {
    if (at >= bytes.length) throw damaged();
    return bytes[at++];
  };
  // The high bits of the first one are the version's: it never repeats.
  let control = next() & 31;
  for (;;) {
    if (control < 32) {
      const end = at + control + 1;
      if (end > bytes.length || filled + control + 1 > length) throw damaged();
      out.set(bytes.subarray(at, end), filled);
      filled += control + 1;
      at = end;
    } else {
      const { repeated, distance } = readRepeat(control, next);
      if (distance > filled || filled + repeated > length) throw damaged();
      repeat(out, filled, distance, repeated);
      filled += repeated;
    }
    if (at >= bytes.length) break;
    control = next();
  }
  if (filled !== length) throw damaged();
  return out;
}

/** How much is to be repeated from how far. */
function readRepeat(control: number, next: () => number): { repeated: number; distance: number } {
  let repeated = (control >> 5) + 2;
  if (repeated === 9) for (let byte = 255; byte === 255; repeated += byte) byte = next();
  const high = control & 31;
  const low = next();
  const isFar = high === 31 && low === 255;
  const distance = isFar ? next() * 256 + next() + farthest : high * 256 + low;
  return { repeated, distance: distance + 1 };
}
