/**
 * A row of pixels as a TIFF stores it: bytes of numbers, bits without gaps, differences.
 *
 * @module
 */
import type { BuiltTiff } from "./tiff-file.js";

/** How a number is stored. */
type Stored = Pick<BuiltTiff, "type" | "bits" | "kind">;

/** Bits of a stored number. */
export function bitsOf({ type, bits }: Stored): number {
  return bits ?? Number(/\d+$/.exec(type)?.[0]);
}

/** How a number is stored. */
export function kindOf({ type, kind }: Stored): "unsigned" | "signed" | "float" {
  if (kind) return kind;
  return type.startsWith("u") ? "unsigned" : type.startsWith("i") ? "signed" : "float";
}

/** One row of a strip or tile, coded with the predictor. */
export function encodeRow(row: readonly number[], wanted: BuiltTiff): number[] {
  const { predictor, little } = wanted;
  const bits = bitsOf(wanted);
  if (bits % 8 !== 0) return packBits(row, bits);
  const step = wanted.planar ? 1 : wanted.samples;
  const size = bits / 8;
  const coded = row.map((value) => bytesOfValue(value, wanted, predictor === 3 ? false : little));
  if (predictor === 2) return differences(coded, step, size, little);
  if (predictor === 1) return coded.flat();
  const shuffled: number[] = [];
  for (let place = 0; place < size; place++) for (const value of coded) shuffled.push(value[place]);
  return shuffled.map((byte, i) => (i < step ? byte : (byte - shuffled[i - step]) & 255));
}

function packBits(row: readonly number[], bits: number): number[] {
  const text = row.map((value) => value.toString(2).padStart(bits, "0")).join("");
  return Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
    Number.parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, "0"), 2),
  );
}

/** Numbers of whole bytes as differences from the pixel before, which run over at the end of the range. */
function differences(
  coded: readonly number[][],
  step: number,
  size: number,
  little: boolean,
): number[] {
  const bits = (bytes: readonly number[]) =>
    (little ? [...bytes].reverse() : bytes).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return coded.flatMap((bytes, i) => {
    const before = i < step ? 0n : bits(coded[i - step]);
    const difference = BigInt.asUintN(8 * size, bits(bytes) - before);
    const out = Array.from({ length: size }, (_, n) =>
      Number((difference >> BigInt(8 * n)) & 255n),
    );
    return little ? out : out.reverse();
  });
}

function bytesOfValue(value: number, stored: Stored, little: boolean): number[] {
  const size = bitsOf(stored) / 8;
  const view = new DataView(new ArrayBuffer(8));
  if (kindOf(stored) === "float" && size < 4) {
    const bits = smallFloat(value, size === 2 ? 5 : 7, size === 2 ? 10 : 16);
    for (let i = 0; i < size; i++)
      view.setUint8(little ? i : size - 1 - i, Math.floor(bits / 256 ** i) % 256);
  } else if (kindOf(stored) === "float" && size === 4) view.setFloat32(0, value, little);
  else if (kindOf(stored) === "float") view.setFloat64(0, value, little);
  else if (size === 1) view.setUint8(0, value);
  else if (size === 2) view.setUint16(0, value, little);
  else if (size === 4) view.setUint32(0, value, little);
  else view.setBigInt64(0, BigInt(value), little);
  return Array.from({ length: size }, (_, i) => view.getUint8(i));
}

/** The bits of a float with so many bits of exponent and fraction, for values that such a float holds exactly. */
function smallFloat(value: number, exponentBits: number, fractionBits: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 2 ** (exponentBits + fractionBits) : 0;
  const bias = 2 ** (exponentBits - 1) - 1;
  const size = Math.abs(value);
  if (size === Infinity) return sign + (2 * bias + 1) * 2 ** fractionBits;
  const exponent = Math.max(1 - bias, Math.floor(Math.log2(size || 2 ** -bias)));
  const fraction = Math.round((size / 2 ** exponent) * 2 ** fractionBits);
  // A normal number's leading one adds one to the exponent; the smallest ones have none.
  return sign + (exponent + bias - 1) * 2 ** fractionBits + fraction;
}
