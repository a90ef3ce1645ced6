/**
 * Files that say more than they hold.
 *
 * @module
 */

/** A bitmap that says it has 2 000 000 000 x 2 000 000 000 pixels of a byte, in a file of 200 bytes. */
export function hugeBitmap(): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(200));
  bytes.setUint16(0, 0x424d);
  for (const [at, value] of [
    [2, 200],
    [10, 54],
    [14, 40],
    [18, 0x7fffff00],
    [22, 0x7fffff00],
    [26, 0x80001],
  ])
    bytes.setUint32(at, value, true);
  return new Uint8Array(bytes.buffer);
}
