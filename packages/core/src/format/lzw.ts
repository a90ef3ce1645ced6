/**
 * Undoes LZW as TIFF has it (TIFF 6.0, section 13): codes of 9 to 12 bits, high bit first, one code longer early.
 *
 * @module
 */
import { FormatError } from "../errors.js";

const clear = 256;
const end = 257;
const tableSize = 4096;

/** The strings of the table: each is a shorter one and one more byte. */
interface Table {
  readonly shorter: Uint16Array;
  readonly last: Uint8Array;
  readonly length: Uint16Array;
}

function emptyTable(): Table {
  const table = {
    shorter: new Uint16Array(tableSize),
    last: new Uint8Array(tableSize),
    length: new Uint16Array(tableSize),
  };
  for (let byte = 0; byte < 256; byte++) {
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
  let next = 258;
  let width = 9;
  let previous = -1;
  let filled = 0;
  let bits = 0;
  let held = 0;
  let at = 0;
  for (;;) {
    while (held < width && at < bytes.length) {
      bits = (bits << 8) | bytes[at++];
      held += 8;
    }
    if (held < width) break;
    held -= width;
    const code = bits >>> held;
    bits &= (1 << held) - 1;
    if (code === end) break;
    if (code === clear) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    const isNew = code === next && previous >= 0;
    if (code >= next && !isNew)
      throw new FormatError(`is damaged: LZW code ${code} is not known yet`);
    const base = isNew ? previous : code;
    const added = table.length[base] + (isNew ? 1 : 0);
    if (filled + added > length)
      throw new FormatError(`decodes to more than the ${length} bytes it must hold`);
    const first = writeString(table, base, out, filled);
    if (isNew) out[filled + added - 1] = first;
    filled += added;
    if (previous >= 0 && next < tableSize) {
      table.shorter[next] = previous;
      table.last[next] = first;
      table.length[next] = table.length[previous] + 1;
      next++;
      if (next === (1 << width) - 1 && width < 12) width++;
    }
    previous = code;
  }
  if (filled < length) throw new FormatError(`decodes to ${filled} bytes, it must hold ${length}`);
  return out;
}

/** Writes a string of the table to `out` and returns its first byte. */
function writeString(table: Table, code: number, out: Uint8Array, start: number): number {
  let string = code;
  for (let i = start + table.length[code] - 1; i >= start; i--) {
    out[i] = table.last[string];
    string = table.shorter[string];
  }
  return out[start];
}
