/**
 * Undoes Zstandard, up to as many bytes as are wanted: a bomb stops there. In JavaScript alone, as pages with a strict policy
 * run nothing else; frames that need a dictionary are refused, checksums are not looked at.
 * Format: RFC 8878, section 3.1.1.
 *
 * @module
 */
import { FormatError, UnsupportedError } from "../errors.js";
import { type FrameOutput, freshState, largestBlock, readBlock } from "./zstd-block.js";
import { damaged } from "./zstd-entropy.js";

/** Zstandard's largest possible gain: 4 bytes can stand for a block of 128 KiB of one byte. */
export const largestZstdGain = 32768;

/**
 * The bytes of all frames, in an array of their own; at most `limit`. Throws {@link FormatError} for more and for what no
 * encoder writes; the message lacks the name of what was decoded.
 */
export function decodeZstd(bytes: Uint8Array, limit: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let data = new Uint8Array(0);
  let filled = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw damaged();
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== 0xfd2fb528) throw damaged();
    const start = filled;
    const header = headerOf(view, at);
    const out: FrameOutput = {
      data,
      start,
      at: start,
      grow(more) {
        const wanted = out.at + more;
        if (wanted > limit)
          throw new FormatError(`decodes to more than the ${limit} bytes it must hold`);
        if (wanted <= out.data.length) return;
        const larger = new Uint8Array(Math.min(limit, Math.max(wanted, 2 * out.data.length)));
        larger.set(out.data.subarray(0, out.at));
        out.data = larger;
      },
    };
    // What it says it holds is made at once, as far as so few bytes can hold it.
    const said = Math.min(header.size ?? 0, limit, (bytes.length - at) * largestZstdGain);
    out.grow(Math.max(0, said - start));
    at = readFrame(bytes, header.end, out) + (header.hasChecksum ? 4 : 0);
    data = out.data as Uint8Array<ArrayBuffer>;
    filled = out.at;
    if (at > bytes.length || (header.size !== undefined && filled - start !== header.size))
      throw damaged();
  }
  return filled === data.length ? data : data.slice(0, filled);
}

/** What stands before a frame's blocks. */
function headerOf(view: DataView, start: number) {
  const descriptor = view.getUint8(start + 4);
  const isSingle = (descriptor >> 5) & 1;
  const room = [isSingle, 2, 4, 8][descriptor >> 6];
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const at = start + 5 + (isSingle ? 0 : 1) + dictionary;
  if ((descriptor & 8) !== 0 || at + room > view.byteLength) throw damaged();
  for (let i = 0; i < dictionary; i++)
    if (view.getUint8(at - 1 - i) !== 0)
      throw new UnsupportedError("is compressed with a dictionary (Zstandard): write it without");
  const hasChecksum = (descriptor & 4) !== 0;
  return { end: at + room, hasChecksum, size: sizeAt(view, at, room) };
}

function sizeAt(view: DataView, at: number, room: number): number | undefined {
  if (room === 1) return view.getUint8(at);
  if (room === 2) return view.getUint16(at, true) + 256;
  if (room === 4) return view.getUint32(at, true);
  return room === 8 ? Number(view.getBigUint64(at, true)) : undefined;
}

/** Reads the blocks of a frame; returns where they end. */
function readFrame(bytes: Uint8Array, start: number, out: FrameOutput): number {
  const state = freshState();
  for (let at = start; ; ) {
    if (at + 3 > bytes.length) throw damaged();
    const head = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    const kind = (head >> 1) & 3;
    const size = head >> 3;
    const stored = kind === 1 ? 1 : size;
    at += 3;
    if (kind === 3 || size > largestBlock || at + stored > bytes.length) throw damaged();
    if (kind === 2) readBlock(bytes, at, at + size, state, out);
    else {
      out.grow(size);
      if (kind === 0) out.data.set(bytes.subarray(at, at + size), out.at);
      else out.data.fill(bytes[at], out.at, out.at + size);
      out.at += size;
    }
    at += stored;
    if (head & 1) return at;
  }
}
