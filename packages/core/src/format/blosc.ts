/**
 * Undoes Blosc: blocks of bytes or bits that were sorted by their place in the number, each compressed by one of several codes.
 * Format: c-blosc 1.21, README_CHUNK_FORMAT.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { inflateExactly } from "./inflate.js";
import { decodeBloscLz, decodeLz4 } from "./lz4.js";
import { decodeZstd } from "./zstd.js";

/** The codes by their number in the header. */
const codes = ["blosclz", "lz4", "snappy", "zlib", "zstd"] as const;

/** Numbers of up to so many bytes are compressed apart, byte by byte, */
const mostSplits = 16;
/** where each part has at least so many. */
const leastSplit = 128;

/** What a chunk's header says. */
interface Header {
  readonly flags: number;
  /** Bytes of a number. */
  readonly size: number;
  /** Bytes of the chunk, and of a block of it. */
  readonly length: number;
  readonly block: number;
}

/** How many bytes a chunk says it holds; undefined where it is too short to say. */
export function bloscContent(bytes: Uint8Array): number | undefined {
  return bytes.length < 16 ? undefined : viewOf(bytes).getUint32(4, true);
}

/**
 * The bytes of a chunk; at most `limit`. Throws {@link FormatError} for more and for what no encoder writes,
 * {@link UnsupportedError} for the code Snappy.
 */
export function decodeBlosc(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length < 16) throw damaged();
  const view = viewOf(bytes);
  const header: Header = {
    flags: bytes[2],
    size: bytes[3],
    length: view.getUint32(4, true),
    block: view.getUint32(8, true),
  };
  const { flags, length, block } = header;
  if (length > limit)
    throw new FormatError(`a chunk decodes to more than the ${limit} bytes it can have`);
  if (view.getUint32(12, true) > bytes.length) throw damaged();
  if (flags & 2) {
    if (bytes.length < 16 + length) throw damaged();
    return bytes.slice(16, 16 + length);
  }
  if (length === 0) return new Uint8Array(0);
  const count = Math.ceil(length / block);
  if (block === 0 || header.size === 0 || 16 + 4 * count > bytes.length) throw damaged();
  const out = new Uint8Array(length);
  for (let i = 0; i < count; i++) {
    const size = Math.min(block, length - i * block);
    const stored = readBlock(bytes, view.getUint32(16 + 4 * i, true), size, header);
    out.set(unsorted(stored, header), i * block);
  }
  return out;
}

/** The bytes of a block as they were compressed, in one part or in one for each byte of a number. */
function readBlock(bytes: Uint8Array, start: number, length: number, header: Header): Uint8Array {
  const { flags, size, block } = header;
  const isApart =
    (flags & 16) === 0 && size <= mostSplits && block / size >= leastSplit && length === block;
  const parts = isApart ? size : 1;
  const part = Math.floor(length / parts);
  const out = new Uint8Array(length);
  let at = start;
  for (let i = 0; i < parts; i++) {
    if (at + 4 > bytes.length) throw damaged();
    const stored = viewOf(bytes).getUint32(at, true);
    at += 4;
    if (stored === 0 || at + stored > bytes.length) throw damaged();
    const own = bytes.subarray(at, at + stored);
    out.set(stored === part ? own : unpacked(own, part, flags), i * part);
    at += stored;
  }
  return out;
}

function unpacked(bytes: Uint8Array, length: number, flags: number): Uint8Array {
  const code = codes[flags >> 5];
  if (code === "lz4") return decodeLz4(bytes, length);
  if (code === "blosclz") return decodeBloscLz(bytes, length);
  if (code === "zlib") return inflateExactly(bytes, length);
  if (code !== "zstd")
    throw new UnsupportedError(
      `is compressed with Blosc's ${code ?? `code ${flags >> 5}`}: write it with lz4 or zstd`,
    );
  const out = decodeZstd(bytes, length);
  if (out.length !== length) throw damaged();
  return out;
}

/** A block's bytes back in their numbers. */
function unsorted(bytes: Uint8Array, { flags, size }: Header): Uint8Array {
  const count = Math.floor(bytes.length / size);
  if (flags & 1 && size > 1) return unshuffled(bytes, size, count);
  return flags & 4 && count % 8 === 0 ? unshuffledBits(bytes, size, count) : bytes;
}

/** All first bytes of the numbers, then all second ones, …; what is left over stands behind as it is. */
function unshuffled(bytes: Uint8Array, size: number, count: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let place = 0; place < size; place++) {
    const from = place * count;
    for (let i = 0, to = place; i < count; i++, to += size) out[to] = bytes[from + i];
  }
  out.set(bytes.subarray(size * count), size * count);
  return out;
}

/** All lowest bits of the numbers, eight a byte, then all next ones, … */
function unshuffledBits(bytes: Uint8Array, size: number, count: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const row = count / 8;
  for (let place = 0; place < size; place++)
    for (let bit = 0; bit < 8; bit++) {
      const from = (place * 8 + bit) * row;
      for (let i = 0; i < row; i++) {
        const eight = bytes[from + i];
        if (eight === 0) continue;
        for (let n = 0; n < 8; n++) out[(8 * i + n) * size + place] |= ((eight >> n) & 1) << bit;
      }
    }
  out.set(bytes.subarray(size * count), size * count);
  return out;
}

function damaged(): FormatError {
  return new FormatError("is damaged: not a Blosc chunk");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
