/**
 * The numbers that a page of a TIFF can hold, and which of them we give: how they are stored, what they become.
 * TIFF 6.0 (Adobe 1992); TIFF Technical Note 3 for floats of 16 and 24 bits.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import type { SampleType } from "./sample-type.js";
import type { Compression } from "./tiff-codec.js";

/** How a number is stored, and what it becomes. */
export interface StoredSample {
  /** The number type the image gets. */
  readonly type: SampleType;
  /** Bits of one stored number: 1 to 16 for packed whole numbers, 16 and 24 for small floats, else those of a machine. */
  readonly bits: number;
  readonly kind: "unsigned" | "signed" | "float";
}

const kinds = [
  "",
  "unsigned",
  "signed",
  "float",
  "undefined",
  "complex integer",
  "complex float",
] as const;

/** What number types we give, by kind and bits. Integers of 64 bits are given up to 2^53, as float64. */
const sampleTypes: Readonly<Record<string, SampleType>> = {
  "unsigned 32": "uint32",
  "unsigned 64": "float64",
  "signed 8": "int8",
  "signed 16": "int16",
  "signed 32": "int32",
  "signed 64": "float64",
  "float 16": "float32",
  "float 24": "float32",
  "float 32": "float32",
  "float 64": "float64",
};

/**
 * What samples of so many bits and of this SampleFormat are; format 4 is "undefined", like others we take such samples as
 * unsigned. Throws {@link UnsupportedError} for those we do not give.
 */
export function sampleOf(bits: number, format: number, page: string): StoredSample {
  const kind = kinds[format === 4 ? 1 : format];
  if (kind === "unsigned" && bits >= 1 && bits <= 16)
    return { type: bits <= 8 ? "uint8" : "uint16", bits, kind };
  const type = sampleTypes[`${kind} ${bits}`];
  if (type && (kind === "unsigned" || kind === "signed" || kind === "float"))
    return { type, bits, kind };
  throw new UnsupportedError(
    `${page} has ${bits}-bit ${kind ?? `format ${format}`} samples: save it as 8-, 16- or 32-bit integers or floats`,
    { bits, format },
  );
}

/** Throws {@link UnsupportedError} for a predictor that goes with no such numbers or compression. */
export function checkPredictor(
  predictor: number,
  compression: Compression,
  { type, bits, kind }: StoredSample,
  page: string,
): void {
  if (predictor === 1) return;
  const coded = compression === "deflate" || compression === "lzw" || compression === "zstd";
  const fits =
    (predictor === 2 && [8, 16, 32, 64].includes(bits)) || (predictor === 3 && kind === "float");
  if (!coded || !fits)
    throw new UnsupportedError(
      `${page} has predictor ${predictor} on ${type} pixels with compression ${compression}: save it without a predictor`,
      { predictor, type, bits, compression },
    );
}
