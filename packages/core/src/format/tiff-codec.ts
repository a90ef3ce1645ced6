/**
 * Undoes the compression of one strip or tile. In: its bytes and how many must come out. Out: exactly that many, or an error.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { inflateExactly, largestDeflateGain } from "./inflate.js";
import { decodeLzw } from "./lzw.js";
import { decodeZstd, largestZstdGain } from "./zstd.js";

/** The compressions we undo. */
export type Compression = "none" | "deflate" | "lzw" | "packbits" | "zstd";

const readable: Readonly<Record<number, Compression>> = {
  1: "none",
  5: "lzw",
  8: "deflate",
  32773: "packbits",
  32946: "deflate",
  50000: "zstd",
};

const unreadable: Readonly<Record<number, string>> = {
  2: "CCITT Huffman",
  3: "CCITT fax 3",
  4: "CCITT fax 4",
  6: "old JPEG",
  7: "JPEG",
  9: "JBIG",
  10: "JBIG",
  33003: "JPEG 2000",
  33004: "JPEG 2000",
  33005: "JPEG 2000",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  34926: "old Zstandard",
  34933: "PNG",
  34934: "JPEG XR",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

/** The compression of a number in the file. Throws {@link UnsupportedError} for those we cannot undo. */
export function compressionOf(code: number, page: string): Compression {
  const compression = readable[code];
  if (compression === undefined)
    throw new UnsupportedError(
      `${page} is compressed with ${unreadable[code] ?? `method ${code}`}: save it uncompressed, or with LZW, deflate or Zstandard`,
      { compression: code },
    );
  return compression;
}

/** How many bytes one compressed byte can hold at most; where more are declared, the file lies. */
export function largestGain(compression: Compression): number {
  return {
    none: 1,
    packbits: 64,
    lzw: 2048,
    deflate: largestDeflateGain,
    zstd: largestZstdGain,
  }[compression];
}

/**
 * The `length` bytes that a strip or tile holds, in an array of their own. Throws {@link FormatError} where they are
 * fewer, or compressed ones more; uncompressed ones may be followed by padding, which some writers add.
 */
export function decompress(
  bytes: Uint8Array,
  compression: Compression,
  length: number,
): Uint8Array {
  if (compression === "zstd") return unpackZstd(bytes, length);
  if (compression === "deflate") return inflateExactly(bytes, length);
  if (compression === "lzw") return decodeLzw(bytes, length);
  if (compression === "packbits") return decodePackBits(bytes, length);
  if (bytes.length < length)
    throw new FormatError(`has ${bytes.length} bytes, it must hold ${length}`);
  return Uint8Array.from(bytes.subarray(0, length));
}

function unpackZstd(bytes: Uint8Array, length: number): Uint8Array {
  const out = decodeZstd(bytes, length);
  if (out.length < length)
    throw new FormatError(`decodes to ${out.length} bytes, it must hold ${length}`);
  return out;
}

/** PackBits (TIFF 6.0, section 9): a count, then so many bytes as they are, or one byte to repeat. */
function decodePackBits(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  let at = 0;
  while (at < bytes.length) {
    const count = bytes[at++];
    if (count === 128) continue;
    const copied = count < 128;
    const added = copied ? count + 1 : 257 - count;
    if (filled + added > length)
      throw new FormatError(`decodes to more than the ${length} bytes it must hold`);
    if (at + (copied ? added : 1) > bytes.length) throw new FormatError("ends within a run");
    if (copied) out.set(bytes.subarray(at, at + added), filled);
    else out.fill(bytes[at], filled, filled + added);
    at += copied ? added : 1;
    filled += added;
  }
  if (filled < length) throw new FormatError(`decodes to ${filled} bytes, it must hold ${length}`);
  return out;
}
