/**
 * Whole numbers of a few bits, packed without gaps, as TIFF and PNG have them.
 *
 * @module
 */

/**
 * Numbers of 1 to 15 bits, the high bits first; `rowLength` of them a row, each row begins a new byte. Up to 8 bits they
 * become uint8, beyond uint16.
 */
export function unpackBits(
  bytes: Uint8Array,
  bits: number,
  rowLength: number,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  const rowBytes = Math.ceil((rowLength * bits) / 8);
  const rows = Math.floor(bytes.length / rowBytes);
  const values = bits <= 8 ? new Uint8Array(rows * rowLength) : new Uint16Array(rows * rowLength);
  const most = 2 ** bits - 1;
  for (let row = 0; row < rows; row++) {
    let from = row * rowBytes;
    let held = 0;
    let rest = 0;
    for (let i = row * rowLength; i < (row + 1) * rowLength; i++) {
      // At most 14 bits are left over, so 22 are held.
      for (; held < bits; held += 8) rest = (rest << 8) | bytes[from++];
      held -= bits;
      values[i] = (rest >>> held) & most;
      rest &= (1 << held) - 1;
    }
  }
  return values;
}

const turned = Uint8Array.from({ length: 256 }, (_, byte) => {
  let out = 0;
  for (let bit = 0; bit < 8; bit++) out |= ((byte >> bit) & 1) << (7 - bit);
  return out;
});

/** The same bytes with the bits of each turned around, in an array of their own. */
export function turnBits(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = turned[bytes[i]];
  return out;
}
