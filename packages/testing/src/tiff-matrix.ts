/**
 * Every way to store pixels in a TIFF that we read, as small files with the numbers that must come out: number types,
 * compressions, predictors, strips and tiles, samples together and apart, byte orders, classic and BigTIFF, turned bits.
 *
 * @module
 */
import type { Pixels, SampleType } from "@cellwright/core";
import { type BuiltTiff, buildTiff } from "./tiff-file.js";

/** A number type as it is stored. */
type StoredType = Pick<BuiltTiff, "type" | "bits" | "kind">;

/** A file and what it must be read as. */
export interface TiffCase {
  /** Number type, compression, layout and so on, in this order. */
  readonly words: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly data: Pixels;
}

/** What to leave out. */
export interface MatrixOptions {
  /** Every so manyth case alone; default 1, all. */
  readonly step?: number;
}

/** The number types by name: those of a machine, packed ones, small floats, integers of 64 bits. */
export const tiffSamples: Readonly<Record<string, StoredType>> = {
  ...Object.fromEntries(
    [1, 2, 4, 7, 10, 12, 14].map((bits) => [
      `uint${bits}`,
      { type: bits < 8 ? "uint8" : "uint16", bits } satisfies StoredType,
    ]),
  ),
  uint8: { type: "uint8" },
  int8: { type: "int8" },
  uint16: { type: "uint16" },
  int16: { type: "int16" },
  uint32: { type: "uint32" },
  int32: { type: "int32" },
  int64: { type: "float64", bits: 64, kind: "signed" },
  float16: { type: "float32", bits: 16 },
  float24: { type: "float32", bits: 24 },
  float32: { type: "float32" },
  float64: { type: "float64" },
};

const compressions: Readonly<Record<string, Partial<BuiltTiff>>> = {
  none: { compression: 1 },
  LZW: { compression: 5 },
  deflate: { compression: 8 },
  PackBits: { compression: 32773 },
  "old deflate": { compression: 32946 },
  Zstandard: { compression: 50000 },
};

const layouts: Readonly<Record<string, Partial<BuiltTiff>>> = {
  strips: { rowsPerStrip: 4 },
  tiles: { tile: [16, 16] },
  "strips, 2 samples": { rowsPerStrip: 4, samples: 2 },
  "tiles, 3 samples": { tile: [16, 16], samples: 3 },
  "strips, 3 samples apart": { rowsPerStrip: 4, samples: 3, planar: true },
  "tiles, 2 samples apart": { tile: [16, 16], samples: 2, planar: true },
};

const orders: Readonly<Record<string, Partial<BuiltTiff>>> = {
  little: { little: true },
  big: { little: false },
  "little BigTIFF": { little: true, big: true },
  "big BigTIFF": { little: false, big: true },
  "little, turned bits": { little: true, turned: true },
};

const [width, height] = [21, 18];

/** A file to make: what its parts are called, and how it is built. */
type Way = readonly [words: readonly string[], built: Partial<BuiltTiff> & StoredType];

/** All cases, each made when it is asked for. */
export function* everyTiff({ step = 1 }: MatrixOptions = {}): Generator<TiffCase> {
  const ways = waysOf().filter((_, n) => n % step === 0);
  for (const [words, built] of ways) {
    const { samples = 1 } = built;
    const data = someNumbers(built, samples * width * height);
    yield {
      words,
      bytes: buildTiff({ ...built, width, height, values: data }),
      axes: samples > 1 ? "cyx" : "yx",
      shape: samples > 1 ? [samples, height, width] : [height, width],
      data,
    };
  }
}

function waysOf(): Way[] {
  const stored: Way[] = Object.entries(tiffSamples).map(([name, type]) => [[name], type]);
  const packed = times(stored, compressions);
  const coded = packed.flatMap(([words, built]) =>
    predictorsOf(built).map(
      (predictor): Way => [[...words, `predictor ${predictor}`], { ...built, predictor }],
    ),
  );
  return times(times(coded, layouts), orders);
}

function times(ways: readonly Way[], choices: Readonly<Record<string, Partial<BuiltTiff>>>): Way[] {
  return ways.flatMap(([words, built]) =>
    Object.entries(choices).map(([word, more]): Way => [[...words, word], { ...built, ...more }]),
  );
}

function predictorsOf({
  type,
  bits = 0,
  kind,
  compression = 1,
}: Partial<BuiltTiff> & StoredType): (1 | 2 | 3)[] {
  const packs = compression === 1 || compression === 32773 || bits % 8 !== 0;
  if (packs) return [1];
  const isFloat = type.startsWith("float") && kind === undefined;
  return isFloat ? [1, 3] : [1, 2];
}

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<SampleType, unknown>;

function arrayOf(type: SampleType, values: ArrayLike<number>): Pixels {
  return arrays[type].from(values);
}

/** Runs, slopes, jumps and both ends of the range; each a number that the stored type holds exactly. */
function someNumbers(stored: StoredType, count: number): Pixels {
  const [low, high] = rangeOf(stored);
  const fraction = stored.type.startsWith("float") && stored.kind === undefined ? 0.25 : 1;
  const list = Array.from({ length: count }, (_, i) => {
    const pick = (i * 7919) % 13;
    if (pick === 0) return low;
    if (pick === 1) return high;
    const small = pick < 5 ? Math.floor(i / 16) : (i * 2654435761) % 1999;
    return fraction * (high > 2000 ? small : small % (high + 1));
  });
  return arrayOf(stored.type, list);
}

function rangeOf({ type, bits, kind }: StoredType): [number, number] {
  if (kind === "signed") return [-(2 ** 53), 2 ** 53];
  if (type.startsWith("float")) return [-65504, bits === 16 ? Infinity : 2 ** 63];
  const size = bits ?? Number(/\d+$/.exec(type)?.[0]);
  return type.startsWith("u") ? [0, 2 ** size - 1] : [-(2 ** (size - 1)), 2 ** (size - 1) - 1];
}
