/**
 * A strip or tile of a TIFF, compressed by the simplest code that gives a valid stream.
 *
 * @module
 */
import { deflateSync } from "node:zlib";

/** Numbers of compressions: none, LZW, deflate, PackBits, deflate by its old number, Zstandard. */
export type TiffCompression = 1 | 5 | 8 | 32773 | 32946 | 50000;

/** The stream of some bytes. */
export function compress(bytes: number[], compression: TiffCompression): number[] {
  if (compression === 5) return encodeLzw(bytes);
  if (compression === 32773) return encodePackBits(bytes);
  if (compression === 50000) return encodeZstd(bytes);
  return compression === 1 ? bytes : [...deflateSync(Uint8Array.from(bytes))];
}

/** Bit by bit, so that it shares nothing with the decoder: 9 to 12 bits, one code longer early. */
function encodeLzw(bytes: number[]): number[] {
  let text = "";
  let table = new Map<string, number>();
  let next = 258;
  let width = 9;
  const put = (code: number) => {
    text += code.toString(2).padStart(width, "0");
  };
  const restart = () => {
    put(256);
    table = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]));
    next = 258;
    width = 9;
  };
  restart();
  let string = "";
  for (const byte of bytes) {
    const longer = string + String.fromCharCode(byte);
    if (table.has(longer)) {
      string = longer;
      continue;
    }
    put(table.get(string) as number);
    table.set(longer, next++);
    if (next === 512 || next === 1024 || next === 2048) width++;
    string = String.fromCharCode(byte);
    if (next === 4094) {
      put(table.get(string) as number);
      restart();
      string = "";
    }
  }
  if (string !== "") put(table.get(string) as number);
  // The decoder has added one more string by now.
  if (string !== "" && [511, 1023, 2047].includes(next)) width++;
  put(257);
  const list: number[] = [];
  for (let i = 0; i < text.length; i += 8)
    list.push(Number.parseInt(text.slice(i, i + 8).padEnd(8, "0"), 2));
  return list;
}

/** Runs of three and more as runs, all else as it is. */
function encodePackBits(bytes: number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    let run = 1;
    while (run < 128 && bytes[i + run] === bytes[i]) run++;
    if (run > 2) {
      out.push(257 - run, bytes[i]);
      i += run;
    } else {
      const rest = bytes.slice(i, i + 3);
      out.push(rest.length - 1, ...rest, 128);
      i += rest.length;
    }
  }
  return out;
}

/**
 * One frame that does not say how much it holds, as writers that stream leave it; a block that is all one byte is told as
 * such, others are stored as they are.
 */
function encodeZstd(bytes: number[]): number[] {
  const out = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38];
  const size = 1000;
  for (let at = 0; at === 0 || at < bytes.length; at += size) {
    const block = bytes.slice(at, at + size);
    const last = at + size >= bytes.length ? 1 : 0;
    const isRun = block.length > 0 && block.every((byte) => byte === block[0]);
    const head = (block.length << 3) | (isRun ? 2 : 0) | last;
    out.push(head & 255, (head >> 8) & 255, head >> 16, ...(isRun ? [block[0]] : block));
  }
  return out;
}
