/**
 * Half-precision numbers (IEEE 754 binary16), in which weights may be stored at half the size.
 *
 * @module
 */

/** Float32 numbers as the nearest half-precision bits, ties to even. */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const half = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    const magnitude = bits[i] & 0x7fffffff;
    if (magnitude > 0x7f800000) half[i] = sign | 0x7e00;
    else if (magnitude >= 0x477ff000) half[i] = sign | 0x7c00;
    else if (magnitude >= 0x38800000) {
      const shifted = magnitude - 0x38000000;
      half[i] = sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13);
    } else half[i] = sign | subnormal(Math.abs(values[i]));
  }
  return half;
}

/** Half-precision bits as float32 numbers, exactly. */
export function fromHalf(half: Uint16Array): Float32Array {
  const values = new Float32Array(half.length);
  for (let i = 0; i < half.length; i++) {
    const sign = half[i] & 0x8000 ? -1 : 1;
    const exponent = (half[i] >>> 10) & 31;
    const fraction = half[i] & 0x3ff;
    if (exponent === 31) values[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) values[i] = sign * fraction * 2 ** -24;
    else values[i] = sign * (1024 + fraction) * 2 ** (exponent - 25);
  }
  return values;
}

/**
 * Floats of 24 bits (TIFF Technical Note 3: a sign, 7 bits of exponent, 16 of fraction) as float32 numbers, exactly; three
 * bytes each, the low one first where `littleEndian`.
 */
export function fromFloat24(bytes: Uint8Array, littleEndian: boolean): Float32Array {
  const values = new Float32Array(Math.floor(bytes.length / 3));
  for (let i = 0; i < values.length; i++) {
    const [low, high] = littleEndian ? [3 * i, 3 * i + 2] : [3 * i + 2, 3 * i];
    const sign = bytes[high] & 0x80 ? -1 : 1;
    const exponent = bytes[high] & 0x7f;
    const fraction = bytes[3 * i + 1] * 256 + bytes[low];
    if (exponent === 127) values[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) values[i] = sign * fraction * 2 ** -78;
    else values[i] = sign * (65536 + fraction) * 2 ** (exponent - 79);
  }
  return values;
}

/** A magnitude under the smallest normal half, in steps of 2⁻²⁴, ties to even. */
function subnormal(magnitude: number): number {
  const steps = magnitude * 2 ** 24;
  const below = Math.floor(steps);
  const rest = steps - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
