/**
 * Undoes deflate where it is known how many bytes must come out: a bomb stops at that size.
 *
 * @module
 */
import { Inflate, inflateSync } from "fflate";
import { FormatError } from "../errors.js";

/** Deflate's largest possible gain: 2 bits can stand for 258 bytes. */
export const largestDeflateGain = 1032;

/** Streams up to this size are undone at once: a bomb of this size costs half a second and no memory. */
const atOnce = 16384;

/** Larger streams are undone in pieces, so that what a bomb makes of one of them stays small. */
const piece = 32768;

/**
 * The bytes of a zlib stream (RFC 1950), which must be exactly `length` and agree with the stream's checksum.
 * Throws {@link FormatError}; the message lacks the name of what was decoded.
 */
export function inflateExactly(stream: Uint8Array, length: number): Uint8Array {
  checkHeader(stream);
  const out =
    stream.length <= atOnce ? inflateAtOnce(stream, length) : inflatePieces(stream, length);
  if (out.length < length)
    throw new FormatError(`decodes to ${out.length} bytes, it must hold ${length}`);
  if (!endsWithChecksum(stream, adler32(out)))
    throw new FormatError("is damaged: its checksum (Adler-32) differs");
  return out;
}

/** fflate drops what does not fit into the array that it is given; one byte more than wanted shows that. */
function inflateAtOnce(stream: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length + 1);
  const filled = calling(() => inflateSync(stream.subarray(2), { out })).length;
  if (filled > length) throw tooMany(length);
  return out.subarray(0, filled);
}

function inflatePieces(stream: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let filled = 0;
  const inflate = new Inflate((bytes) => {
    if (filled + bytes.length > length) throw tooMany(length);
    out.set(bytes, filled);
    filled += bytes.length;
  });
  for (let at = 2; at < stream.length; at += piece)
    calling(() => inflate.push(stream.subarray(at, at + piece)));
  return out.subarray(0, filled);
}

function calling<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError("is damaged: not a deflate stream", {}, error);
  }
}

function tooMany(length: number): FormatError {
  return new FormatError(`decodes to more than the ${length} bytes it must hold`);
}

function checkHeader(stream: Uint8Array): void {
  if (stream.length < 6) throw new FormatError("is too short for a deflate stream");
  const method = stream[0] & 15;
  if (method !== 8 || (stream[0] * 256 + stream[1]) % 31 !== 0 || (stream[1] & 32) !== 0)
    throw new FormatError("is damaged: it does not begin like a zlib stream");
}

/** Writers may pad a stream, so the checksum is looked for from the end. */
function endsWithChecksum(stream: Uint8Array, sum: number): boolean {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = stream.length - 4; at >= 2; at--) if (view.getUint32(at) === sum) return true;
  return false;
}

/** The checksum of zlib streams (RFC 1950). */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < bytes.length; start += 3800) {
    const end = Math.min(start + 3800, bytes.length);
    let i = start;
    // Four at once: what each would add to b, one after the other.
    for (; i + 4 <= end; i += 4) {
      const [p, q, r, s] = [bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]];
      b += 4 * (a + p) + 3 * q + 2 * r + s;
      a += p + q + r + s;
    }
    for (; i < end; i++) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}
