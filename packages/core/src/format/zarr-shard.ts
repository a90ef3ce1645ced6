/**
 * Chunks of a Zarr packed into shards: one file for many, with an index of where each lies.
 * Format: Zarr's codec `sharding_indexed`, version 1.0; checksums are CRC-32C (RFC 3720, appendix B.4).
 *
 * @module
 */

/** A chunk that is not there. */
const missing = 0xffffffffffffffffn;

/** The bytes of a shard: its chunks in order, `undefined` for those without content, and the index behind them. */
export function packShard(chunks: readonly (Uint8Array | undefined)[]): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + (chunk?.length ?? 0), 0);
  const bytes = new Uint8Array(length + 16 * chunks.length + 4);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [i, chunk] of chunks.entries()) {
    const entry = length + 16 * i;
    view.setBigUint64(entry, chunk ? BigInt(at) : missing, true);
    view.setBigUint64(entry + 8, chunk ? BigInt(chunk.length) : missing, true);
    if (!chunk) continue;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  view.setUint32(bytes.length - 4, crc32c(bytes.subarray(length, bytes.length - 4)), true);
  return bytes;
}

/** Remainders for each byte, of the reversed polynomial 0x82f63b78. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
  return rest;
});

/** The checksum of some bytes. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ remainders[(rest ^ bytes[i]) & 255];
  return (rest ^ 0xffffffff) >>> 0;
}
