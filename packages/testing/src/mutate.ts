/**
 * Damage: files changed at random, again the same way from the same seed.
 *
 * @module
 */

/** Numbers that lie about sizes, counts and places. */
const lies = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

/**
 * The same bytes, damaged in one to three places: bits turned, bytes changed, numbers of 2, 4 and 8 bytes that lie or lead
 * elsewhere in the file, pieces copied over others, the end cut off or made longer.
 */
export function mutated(bytes: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  let out = bytes.slice();
  const changes = 1 + Math.floor(random() ** 2 * 3);
  for (let i = 0; i < changes; i++) out = changed(out, random);
  return out;
}

function changed(bytes: Uint8Array<ArrayBuffer>, random: () => number): Uint8Array<ArrayBuffer> {
  const { length } = bytes;
  if (length === 0) return bytes;
  // Headers and what stands at the end matter more than pixels.
  const near = Math.floor(Math.min(length, 400) * random());
  const at = [near, length - 1 - near, Math.floor(length * random())][Math.floor(random() * 3)];
  const kind = Math.floor(random() * 8);
  if (kind === 0) bytes[at] ^= 1 << Math.floor(random() * 8);
  else if (kind === 1) bytes[at] = Math.floor(random() * 256);
  else if (kind === 2) return bytes.slice(0, at);
  else if (kind === 3) {
    const longer = new Uint8Array(length + Math.floor(random() * 100));
    longer.set(bytes);
    return longer;
  } else if (kind === 4) bytes.copyWithin(at, near, near + Math.floor(random() * 64));
  else {
    const value = random() < 0.5 ? lies[Math.floor(random() * lies.length)] : random() * length;
    putNumber(bytes, at, Math.floor(value), { size: [2, 4, 8][kind - 5], little: random() < 0.7 });
  }
  return bytes;
}

function putNumber(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  value: number,
  { size, little }: { size: number; little: boolean },
): void {
  if (at + size > bytes.length) return;
  const view = new DataView(bytes.buffer);
  if (size === 2) view.setUint16(at, value, little);
  else if (size === 4) view.setUint32(at, value, little);
  else view.setBigUint64(at, BigInt(value), little);
}
