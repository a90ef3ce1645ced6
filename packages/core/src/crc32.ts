/**
 * The checksum that tells damaged bytes from whole ones.
 *
 * @module
 */

/** Remainders of CRC-32 (ISO 3309, reversed polynomial 0xedb88320) for each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 of bytes, as zip and PNG files have it (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ remainders[(rest ^ bytes[i]) & 255];
  return (rest ^ 0xffffffff) >>> 0;
}
