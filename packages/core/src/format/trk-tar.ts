/**
 * A tar archive, packed by gzip or not: bytes ↔ the few files in it. Names are keys and never paths, links and devices
 * are passed over.
 * Format: POSIX.1-1988 ustar; gzip is RFC 1952.
 *
 * @module
 */
import { Gunzip, gzipSync, strFromU8, strToU8 } from "fflate";
import { FormatError, isCoreError } from "../errors.js";
import { joinBytes } from "../join-bytes.js";
import { checkDecodedSize, type ReadOptions } from "./format.js";
import { largestDeflateGain } from "./inflate.js";

const block = 512;
/** Compressed bytes handed on at a time. */
const piece = 32768;

/**
 * The regular files of an archive by name, `./` at their beginning left out. Throws {@link FormatError} where it is
 * damaged or has a name twice, `UnsupportedError` where it unpacks to more than `maxBytes`.
 */
export function readTar(bytes: Uint8Array, options: ReadOptions = {}): Map<string, Uint8Array> {
  const tar = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes, options) : bytes;
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= tar.length; ) {
    const head = tar.subarray(at, at + block);
    if (head.every((byte) => byte === 0)) break;
    checkHead(head, at);
    const size = octal(head.subarray(124, 136), "size");
    const [start, kind] = [at + block, head[156]];
    if (start + size > tar.length)
      throw new FormatError(
        `is cut off: a file of ${size} bytes begins at byte ${start} of ${tar.length}`,
      );
    // 0 and "0" are regular files; "x", "g", "L", "K" are notes on the next file, the rest has no content.
    if (kind === 0 || kind === 48) {
      const name = textOf(head.subarray(0, 100)).replace(/^(\.\/)+/, "");
      if (files.has(name)) throw new FormatError(`has the file ${name} twice`);
      files.set(name, tar.subarray(start, start + size));
    }
    at = start + Math.ceil(size / block) * block;
  }
  if (files.size === 0) throw new FormatError("is not a tar archive with files");
  return files;
}

/** An archive of files, in the order given, packed by gzip. Names must have at most 100 ASCII characters. */
export function writeTarGz(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const size = [...files.values()].reduce((sum, { length }) => sum + block + padded(length), 0);
  const tar = new Uint8Array(size + 2 * block);
  let at = 0;
  for (const [name, content] of files) {
    tar.set(headOf(name, content.length), at);
    tar.set(content, at + block);
    at += block + padded(content.length);
  }
  return gzipSync(tar, { mtime: 0 });
}

function padded(length: number): number {
  return Math.ceil(length / block) * block;
}

function headOf(name: string, size: number): Uint8Array {
  if (!/^[\x20-\x7e]{1,100}$/.test(name) || size >= 8 ** 11)
    throw new FormatError(
      `must have a name of 1 to 100 ASCII characters and less than 8 GiB, is ${name}`,
    );
  const head = new Uint8Array(block);
  const put = (text: string, at: number) => head.set(strToU8(text), at);
  put(name, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("0", 156);
  put("ustar\x0000", 257);
  put(`${checksum(head).toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

function checkHead(head: Uint8Array, at: number): void {
  if (octal(head.subarray(148, 156), "checksum") !== checksum(head))
    throw new FormatError(`is damaged, or no tar archive: the checksum at byte ${at} differs`);
}

/** The sum of all bytes, those of the checksum itself read as spaces. */
function checksum(head: Uint8Array): number {
  return head.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
}

function octal(field: Uint8Array, what: string): number {
  const text = textOf(field).trim();
  if (!/^[0-7]{1,12}$/.test(text))
    throw new FormatError(`is damaged, or no tar archive: its ${what} is "${text.slice(0, 12)}"`);
  return Number.parseInt(text, 8);
}

function textOf(field: Uint8Array): string {
  const end = field.indexOf(0);
  return strFromU8(end < 0 ? field : field.subarray(0, end), true);
}

/** Unpacks until the bytes are more than allowed: a bomb stops there. */
function gunzip(bytes: Uint8Array, options: ReadOptions): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Gunzip((chunk) => {
    length += chunk.length;
    checkDecodedSize(length, options, bytes.length);
    if (length > bytes.length * largestDeflateGain + piece)
      throw new FormatError("is damaged: it unpacks to more than gzip can pack");
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < bytes.length; at += piece)
      stream.push(bytes.subarray(at, at + piece), at + piece >= bytes.length);
  } catch (error) {
    if (isCoreError(error)) throw error;
    throw new FormatError("is damaged: not a gzip stream", {}, error);
  }
  if (length % 2 ** 32 !== lengthSaid(bytes))
    throw new FormatError(
      `is damaged: it unpacks to ${length} bytes, not the ${lengthSaid(bytes)} it says`,
    );
  return joinBytes(chunks);
}

/** The length that stands at the end of a gzip stream; of more than 4 GiB what is over. */
function lengthSaid(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length < 18 ? -1 : view.getUint32(bytes.length - 4, true);
}
