/**
 * TIFF files to test readers with, built byte by byte so that nothing is shared with the reader: every number type, strips
 * and tiles, both byte orders, classic and BigTIFF, compressions, predictors, samples together or apart, wrong tags on demand.
 *
 * @module
 */
import type { SampleType } from "@cellwright/core";
import { bitsOf, encodeRow, kindOf } from "./tiff-row.js";
import { compress, type TiffCompression } from "./tiff-strip.js";

export type { TiffCompression } from "./tiff-strip.js";

/** A TIFF to build: one page of values in the order sample, y, x. */
export interface BuiltTiff {
  /** The type that the image gets. */
  readonly type: SampleType;
  /** Bits of a stored number, where they are not those of the type: 1 to 15, floats of 16 and 24, integers of 64. */
  readonly bits?: number;
  /** How a number is stored, where the type does not say it: integers of 64 bits, which become float64. */
  readonly kind?: "unsigned" | "signed" | "float";
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly values: ArrayLike<number>;
  readonly compression: TiffCompression;
  readonly predictor: 1 | 2 | 3;
  readonly tile?: readonly [width: number, height: number];
  readonly rowsPerStrip: number;
  readonly planar: boolean;
  readonly little: boolean;
  readonly big: boolean;
  /** Whether the bits of each byte of pixels are turned around (FillOrder 2). */
  readonly turned: boolean;
  /** Tags to add or to put in place of the right ones; `undefined` leaves a tag out. */
  readonly tags: Readonly<Record<number, readonly [type: number, values: number[]] | undefined>>;
}

const plain: Omit<BuiltTiff, "values"> = {
  type: "uint8",
  width: 5,
  height: 4,
  samples: 1,
  compression: 1,
  predictor: 1,
  rowsPerStrip: 4,
  planar: false,
  little: true,
  big: false,
  turned: false,
  tags: {},
};

/** A row of stored values, from `left` on; what lies beyond the image is 1. */
function rowOf(wanted: BuiltTiff, y: number, left: number, columns: number, plane: number) {
  const { width, height, values, planar } = wanted;
  const samples = planar ? [plane] : Array.from({ length: wanted.samples }, (_, i) => i);
  return Array.from({ length: columns }, (_, i) => left + i).flatMap((x) =>
    samples.map((s) => (x < width && y < height ? values[(s * height + y) * width + x] : 1)),
  );
}

function segmentsOf(wanted: BuiltTiff): number[][] {
  const { width, height, tile } = wanted;
  const [columns, rows] = tile ?? [width, wanted.rowsPerStrip];
  const segments: number[][] = [];
  for (let plane = 0; plane < (wanted.planar ? wanted.samples : 1); plane++)
    for (let top = 0; top < height; top += rows)
      for (let left = 0; left < width; left += columns) {
        const bottom = tile ? top + rows : Math.min(top + rows, height);
        const stored = Array.from({ length: bottom - top }, (_, i) =>
          encodeRow(rowOf(wanted, top + i, left, columns, plane), wanted),
        );
        const bytes = compress(stored.flat(), wanted.compression);
        segments.push(wanted.turned ? bytes.map(turn) : bytes);
      }
  return segments;
}

function turn(byte: number): number {
  return Number.parseInt([...byte.toString(2).padStart(8, "0")].reverse().join(""), 2);
}

type Entry = [tag: string, values: readonly [type: number, list: number[]]];

function entriesOf(wanted: BuiltTiff, offsets: number[], lengths: number[]): Entry[] {
  const { samples, tile } = wanted;
  const format = { unsigned: 1, signed: 2, float: 3 }[kindOf(wanted)];
  const long = wanted.big ? 16 : 4;
  const strips: BuiltTiff["tags"] = {
    273: [long, offsets],
    278: [3, [wanted.rowsPerStrip]],
    279: [4, lengths],
  };
  const all: BuiltTiff["tags"] = {
    256: [4, [wanted.width]],
    257: [4, [wanted.height]],
    258: [3, Array(samples).fill(bitsOf(wanted))],
    259: [3, [wanted.compression]],
    262: [3, [samples > 2 ? 2 : 1]],
    ...(wanted.turned && { 266: [3, [2]] }),
    277: [3, [samples]],
    284: [3, [wanted.planar ? 2 : 1]],
    317: [3, [wanted.predictor]],
    339: [3, Array(samples).fill(format)],
    ...(tile
      ? { 322: [3, [tile[0]]], 323: [3, [tile[1]]], 324: [long, offsets], 325: [4, lengths] }
      : strips),
    ...wanted.tags,
  };
  const present = Object.entries(all).filter(([, entry]) => entry !== undefined) as Entry[];
  return present.sort(([a], [b]) => Number(a) - Number(b));
}

/** The bytes: header, strips or tiles, then the directory with its values. Little-endian strips of uint8 unless said. */
export function buildTiff(
  options: Partial<BuiltTiff> & Pick<BuiltTiff, "values">,
): Uint8Array<ArrayBuffer> {
  const wanted: BuiltTiff = { ...plain, ...options };
  const { little, big } = wanted;
  const out: number[] = [];
  const put = (value: number, size: number) => {
    const bytes = Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
    out.push(...(little ? bytes : bytes.reverse()));
  };
  const segments = segmentsOf(wanted);
  const start = big ? 16 : 8;
  const total = segments.reduce((sum, bytes) => sum + bytes.length, 0);
  put(little ? 0x4949 : 0x4d4d, 2);
  put(big ? 43 : 42, 2);
  if (big) put(8, 2);
  if (big) put(0, 2);
  put(start + total, big ? 8 : 4);
  const offsets = segments.map((bytes) => {
    for (const byte of bytes) out.push(byte);
    return out.length - bytes.length;
  });
  const entries = entriesOf(
    wanted,
    offsets,
    segments.map((bytes) => bytes.length),
  );
  putDirectory(entries, big, out, put);
  return Uint8Array.from(out);
}

const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 16: 8 };

function putDirectory(
  entries: readonly Entry[],
  big: boolean,
  out: readonly number[],
  put: (value: number, size: number) => void,
): void {
  put(entries.length, big ? 8 : 2);
  const room = big ? 8 : 4;
  let outside = out.length + entries.length * (big ? 20 : 12) + room;
  const values: (() => void)[] = [];
  for (const [tag, [kind, list]] of entries) {
    const size = sizes[kind];
    put(Number(tag), 2);
    put(kind, 2);
    put(list.length, room);
    if (size * list.length <= room) {
      for (const value of list) put(value, size);
      put(0, room - size * list.length);
    } else {
      put(outside, room);
      outside += size * list.length;
      values.push(() => {
        for (const value of list) put(value, size);
      });
    }
  }
  put(0, room);
  for (const write of values) write();
}
