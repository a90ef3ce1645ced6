/**
 * Undoes LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, high bit first, one code longer early.
 *
 * @module
 */
import { FormatError } from "../errors.js";

const clear = 256;
const end = 257;
const firstFree = 258;
const tableSize = 4096;

/** The strings of the table: each is a shorter one and one more byte, with its first byte and length at hand. */
interface Table {
  readonly shorter: Uint16Array;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly length: Uint16Array;
}

function emptyTable(): Table {
  const table = {
    shorter: new Uint16Array(tableSize),
    first: new Uint8Array(tableSize),
    last: new Uint8Array(tableSize),
    length: new Uint16Array(tableSize),
  };
  for (let byte = 0; byte < 256; byte++) {
    table.first[byte] = byte;
    table.last[byte] = byte;
    table.length[byte] = 1;
  }
  return table;
}

/**
 * The bytes of an LZW stream, which must be exactly `length`.
 * Throws {@link FormatError} for fewer, for more and for codes that no encoder writes.
 */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const table = emptyTable();
  let next = firstFree;
  let width = 9;
  let previous = -1;
  let filled = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < bytes.length; ) {
    bits = (bits << 8) | bytes[at++];
    held += 8;
    if (held < width) continue;
    held -= width;
    const code = bits >>> held;
    bits &= (1 << held) - 1;
    if (code === end) break;
    if (code === clear) {
      next = firstFree;
      width = 9;
      previous = -1;
      continue;
    }
    const isFree = previous >= 0 && next < tableSize;
    if (isFree) addString(table, next, previous, code);
    if (code > next || (code === next && !isFree))
      throw new FormatError(`is damaged: LZW code ${code} is not known yet`);
    filled = writeString(table, code, out, filled);
    if (isFree) next++;
    if (next === (1 << width) - 1 && width < 12) width++;
    previous = code;
  }
  if (filled < length) throw new FormatError(`decodes to ${filled} bytes, it must hold ${length}`);
  return out;
}

/** The string of `previous` and the first byte of what `code` stands for; that may be the new string itself. */
function addString(table: Table, next: number, previous: number, code: number): void {
  table.shorter[next] = previous;
  table.first[next] = table.first[previous];
  table.last[next] = table.first[code < next ? code : previous];
  table.length[next] = table.length[previous] + 1;
}

/** Writes a string of the table to `out` from `start` on and returns where it ends. */
function writeString(table: Table, code: number, out: Uint8Array, start: number): number {
  const end = start + table.length[code];
  if (end > out.length)
    throw new FormatError(`decodes to more than the ${out.length} bytes it must hold`);
  let string = code;
  for (let i = end - 1; i >= start; i--) {
    out[i] = table.last[string];
    string = table.shorter[string];
  }
  return end;
}
