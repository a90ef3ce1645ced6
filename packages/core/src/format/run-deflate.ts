/**
 * Packs pixels that are mostly as the one beside them or the one above, as labels are: deflate (RFC 1951) that looks for
 * nothing else, in one pass. Several times as fast as a search for any repeats, and no larger on labels.
 *
 * @module
 */
import { crc32 } from "../crc32.js";
import type { Pixels } from "../image.js";
import { adler32 } from "./inflate.js";
import { littleEndianBytes } from "./sample-type.js";

/** The longest and the shortest match that deflate knows, and the longest way back, in bytes. */
const [longest, shortest, farthest] = [258, 3, 32768];

/** Where less of the sample repeats, a search for any repeats is worth its time. */
const enough = 0.75;

/** Whether pixels repeat so often that {@link packRuns} is the way to pack them, judged by some of them. */
export function isMostlyRuns(data: Pixels): boolean {
  if (data instanceof Float64Array || data.length < 2) return false;
  const step = Math.max(1, Math.floor(data.length / 4096));
  let [seen, same] = [0, 0];
  for (let i = 1; i < data.length; i += step, seen++) if (data[i] === data[i - 1]) same++;
  return same >= enough * seen;
}

/**
 * A zlib (RFC 1950) or gzip (RFC 1952) stream of the pixels' bytes, the low byte of each first. `width` says how many
 * pixels before each the one above it is.
 */
export function packRuns(data: Pixels, width: number, as: "zlib" | "gzip"): Uint8Array {
  const bytes = littleEndianBytes(data);
  const size = data.BYTES_PER_ELEMENT === 8 ? 1 : data.BYTES_PER_ELEMENT;
  const head = as === "zlib" ? [0x78, 0x01] : [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
  const stream = startBits(head);
  deflateRuns(bytes, size, width * data.BYTES_PER_ELEMENT, stream);
  const tail = new DataView(new ArrayBuffer(as === "zlib" ? 4 : 8));
  if (as === "zlib") tail.setUint32(0, adler32(bytes));
  else {
    tail.setUint32(0, crc32(bytes), true);
    tail.setUint32(4, bytes.length % 2 ** 32, true);
  }
  return stream.end(new Uint8Array(tail.buffer));
}

/**
 * One block in the fixed code of the format: each symbol is a match from beside or above, or a byte as it is. Matches are of whole
 * pixels, but for the upper half of 32 bits, which small numbers share.
 */
function deflateRuns(bytes: Uint8Array, size: number, row: number, stream: Bits): void {
  const pixels = wholeNumbers(bytes, size);
  const width = row / size;
  const beside = distanceBits(size);
  const above = row <= farthest ? distanceBits(row) : undefined;
  stream.put(3, 3);
  let at = 0;
  while (at < pixels.length) {
    const left = at > 0 ? repeats(pixels, at, 1) : 0;
    const isShort = left * size < longest;
    const up = above && isShort && at >= width ? repeats(pixels, at, width) : 0;
    const count = Math.max(left, up);
    if (count * size >= shortest) {
      putMatch(count * size, above && up > left ? above : beside, stream);
      at += count;
      continue;
    }
    const more =
      size === 4 && at > 0 && sharesUpperHalf(bytes, 4 * at) ? repeats(pixels, at + 1, 1) : 0;
    putBytes(bytes, at * size, more > 0 ? 2 : size, stream);
    if (more > 0) putMatch(2 + 4 * more, beside, stream);
    at += 1 + more;
  }
  stream.put(0, 7);
}

/** So many bytes as they are. */
function putBytes(bytes: Uint8Array, start: number, count: number, stream: Bits): void {
  for (let i = start; i < start + count; i++)
    stream.put(literals[bytes[i]], bytes[i] < 144 ? 8 : 9);
}

/** A match of any length from 3, in as many symbols as it takes. */
function putMatch(length: number, back: Code, stream: Bits): void {
  for (let rest = length; rest > 0; ) {
    // What is left after a symbol must be one too.
    const most = rest - longest < shortest ? longest - shortest : longest;
    const now = rest <= longest ? rest : most;
    stream.put(lengths[now].code, lengths[now].bits);
    stream.put(back.code, back.bits);
    rest -= now;
  }
}

/** Whether the last two bytes of a pixel of four are those of the pixel before it. */
function sharesUpperHalf(bytes: Uint8Array, start: number): boolean {
  return bytes[start + 2] === bytes[start - 2] && bytes[start + 3] === bytes[start - 1];
}

/** The same bytes by twos or fours, so that fewer are compared; of numbers of 8 bytes one by one. */
function wholeNumbers(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = bytes;
  if (size === 2) return new Uint16Array(buffer, byteOffset, length / 2);
  return size === 4 ? new Uint32Array(buffer, byteOffset, length / 4) : bytes;
}

/** How many numbers from a place on are as those that lie `back` before them. */
function repeats(
  numbers: Uint8Array | Uint16Array | Uint32Array,
  at: number,
  back: number,
): number {
  let i = at;
  while (i < numbers.length && numbers[i] === numbers[i - back]) i++;
  return i - at;
}

/** A symbol and the bits that follow it, to be written from the lowest bit on. */
interface Code {
  readonly code: number;
  readonly bits: number;
}

function turned(code: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) if (code & (1 << i)) out |= 1 << (bits - 1 - i);
  return out;
}

/** RFC 1951, 3.2.6: bytes to 143 have 8 bits from 0x30 on, the others 9 from 0x190 on. */
const literals: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte < 144 ? turned(0x30 + byte, 8) : turned(0x190 + byte - 144, 9),
);

/** The symbol of each length of a match: 257 to 285 (RFC 1951, 3.2.5). */
const lengths: readonly Code[] = Array.from({ length: longest + 1 }, (_, length): Code => {
  if (length < shortest) return { code: 0, bits: 0 };
  if (length === longest) return lengthSymbol(285, 0, 0);
  const extra = Math.max(0, Math.floor(Math.log2(length - shortest)) - 2);
  const group = (length - shortest) >> extra;
  const symbol = 257 + 4 * extra + group;
  return lengthSymbol(symbol, (length - shortest) & ((1 << extra) - 1), extra);
});

/** Symbols to 279 have 7 bits from 0 on, the others 8 from 0xc0 on. */
function lengthSymbol(symbol: number, rest: number, extra: number): Code {
  const bits = symbol < 280 ? 7 : 8;
  const code = symbol < 280 ? turned(symbol - 256, 7) : turned(0xc0 + symbol - 280, 8);
  return { code: code | (rest << bits), bits: bits + extra };
}

function distanceBits(distance: number): Code {
  const extra = Math.max(0, Math.floor(Math.log2(Math.max(1, distance - 1))) - 1);
  const code = turned(2 * extra + ((distance - 1) >> extra), 5);
  return { code: code | (((distance - 1) & ((1 << extra) - 1)) << 5), bits: 5 + extra };
}

/** Bits that become bytes, the lowest first. */
interface Bits {
  /** Adds at most 18 bits. */
  put(code: number, bits: number): void;
  /** All bytes, with `tail` behind them. */
  end(tail: Uint8Array): Uint8Array;
}

function startBits(head: readonly number[]): Bits {
  let out = new Uint8Array(65536);
  out.set(head);
  let [at, held, count] = [head.length, 0, 0];
  return {
    put(code, bits) {
      held |= code << count;
      count += bits;
      if (at + 4 > out.length) {
        const larger = new Uint8Array(2 * out.length);
        larger.set(out);
        out = larger;
      }
      while (count >= 8) {
        out[at++] = held;
        held >>>= 8;
        count -= 8;
      }
    },
    end(tail) {
      if (count > 0) out[at++] = held;
      const bytes = new Uint8Array(at + tail.length);
      bytes.set(out.subarray(0, at));
      bytes.set(tail, at);
      return bytes;
    },
  };
}
