import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { bytesOf, pixelsOf, type SampleType } from "./sample-type.js";

/** A TIFF to build: one page of values in the order sample, y, x. */
interface Wanted {
  type: SampleType;
  width: number;
  height: number;
  samples: number;
  values: ArrayLike<number>;
  compression: 1 | 5 | 8 | 32773 | 32946;
  predictor: 1 | 2 | 3;
  tile?: [width: number, height: number];
  rowsPerStrip: number;
  planar: boolean;
  little: boolean;
  big: boolean;
  /** Tags to add or to put in place of the right ones; `undefined` leaves a tag out. */
  tags: Record<number, [type: number, values: number[]] | undefined>;
}

const plain: Omit<Wanted, "values"> = {
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
  tags: {},
};

/** Bit by bit, so that it shares nothing with the decoder: 9 to 12 bits, one code longer early. */
function encodeLzw(bytes: number[]): number[] {
  let text = "";
  let table = new Map<string, number>();
  let next = 258;
  let width = 9;
  const put = (code: number) => {
    text += code.toString(2).padStart(width, "0");
  };
  const restart = () => {
    put(256);
    table = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]));
    next = 258;
    width = 9;
  };
  restart();
  let string = "";
  for (const byte of bytes) {
    const longer = string + String.fromCharCode(byte);
    if (table.has(longer)) {
      string = longer;
      continue;
    }
    put(table.get(string)!);
    table.set(longer, next++);
    if (next === 512 || next === 1024 || next === 2048) width++;
    string = String.fromCharCode(byte);
    if (next === 4094) {
      put(table.get(string)!);
      restart();
      string = "";
    }
  }
  if (string !== "") put(table.get(string)!);
  // The decoder has added one more string by now.
  if (string !== "" && [511, 1023, 2047].includes(next)) width++;
  put(257);
  const list: number[] = [];
  for (let i = 0; i < text.length; i += 8)
    list.push(Number.parseInt(text.slice(i, i + 8).padEnd(8, "0"), 2));
  return list;
}

/** Runs of three and more as runs, all else as it is. */
function encodePackBits(bytes: number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    let run = 1;
    while (run < 128 && bytes[i + run] === bytes[i]) run++;
    if (run > 2) {
      out.push(257 - run, bytes[i]);
      i += run;
    } else {
      const rest = bytes.slice(i, i + 3);
      out.push(rest.length - 1, ...rest, 128);
      i += rest.length;
    }
  }
  return out;
}

function compress(bytes: number[], compression: Wanted["compression"]): number[] {
  if (compression === 5) return encodeLzw(bytes);
  if (compression === 32773) return encodePackBits(bytes);
  return compression === 1 ? bytes : [...deflateSync(Uint8Array.from(bytes))];
}

function bytesOfValue(value: number, type: SampleType, little: boolean): number[] {
  const size = bytesOf(type);
  const view = new DataView(new ArrayBuffer(8));
  if (type === "float32") view.setFloat32(0, value, little);
  else if (type === "float64") view.setFloat64(0, value, little);
  else if (size === 1) view.setUint8(0, value);
  else if (size === 2) view.setUint16(0, value, little);
  else view.setUint32(0, value, little);
  return Array.from({ length: size }, (_, i) => view.getUint8(i));
}

/** One row of a strip or tile, coded with the predictor. */
function encodeRow(row: number[], wanted: Wanted): number[] {
  const { type, predictor, little } = wanted;
  const step = wanted.planar ? 1 : wanted.samples;
  if (predictor === 2) {
    const differences = row.map((value, i) => value - (i < step ? 0 : row[i - step]));
    return differences.flatMap((value) => bytesOfValue(value, type, little));
  }
  const coded = row.map((value) => bytesOfValue(value, type, predictor === 3 ? false : little));
  if (predictor === 1) return coded.flat();
  const shuffled: number[] = [];
  for (let place = 0; place < bytesOf(type); place++)
    for (const value of coded) shuffled.push(value[place]);
  return shuffled.map((byte, i) => (i < step ? byte : (byte - shuffled[i - step]) & 255));
}

/** A row of stored values, from `left` on; what lies beyond the image is 7. */
function rowOf(wanted: Wanted, y: number, left: number, columns: number, plane: number): number[] {
  const { width, height, values, planar } = wanted;
  const samples = planar ? [plane] : Array.from({ length: wanted.samples }, (_, i) => i);
  return Array.from({ length: columns }, (_, i) => left + i).flatMap((x) =>
    samples.map((s) => (x < width && y < height ? values[(s * height + y) * width + x] : 7)),
  );
}

function segmentsOf(wanted: Wanted): number[][] {
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
        segments.push(compress(stored.flat(), wanted.compression));
      }
  return segments;
}

type Entry = [tag: string, values: [type: number, list: number[]]];

function entriesOf(wanted: Wanted, offsets: number[], lengths: number[]): Entry[] {
  const { samples, type, tile } = wanted;
  const format = type.startsWith("uint") ? 1 : type.startsWith("int") ? 2 : 3;
  const long = wanted.big ? 16 : 4;
  const strips: Wanted["tags"] = {
    273: [long, offsets],
    278: [3, [wanted.rowsPerStrip]],
    279: [4, lengths],
  };
  const all: Wanted["tags"] = {
    256: [4, [wanted.width]],
    257: [4, [wanted.height]],
    258: [3, Array(samples).fill(bytesOf(type) * 8)],
    259: [3, [wanted.compression]],
    262: [3, [samples > 2 ? 2 : 1]],
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

/** The bytes: header, strips or tiles, then the directory with its values. */
function buildTiff(options: Partial<Wanted> & Pick<Wanted, "values">): Uint8Array {
  const wanted: Wanted = { ...plain, ...options };
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
  put(entries.length, big ? 8 : 2);
  const room = big ? 8 : 4;
  let outside = out.length + entries.length * (big ? 20 : 12) + room;
  const values: (() => void)[] = [];
  for (const [tag, [kind, list]] of entries) {
    const size = { 1: 1, 2: 1, 3: 2, 4: 4, 16: 8 }[kind]!;
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
  return Uint8Array.from(out);
}

const limits: Partial<Record<SampleType, [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
};

/** Slopes, jumps and both ends of the range. */
function someValues(type: SampleType, count: number) {
  const data = pixelsOf(type, count);
  const [low, high] = limits[type] ?? [-1e30, 1e30];
  for (let i = 0; i < count; i++) {
    const pick = (i * 7919) % 13;
    data[i] = pick === 0 ? low : pick === 1 ? high : pick < 5 ? i / 3 : (i * 2654435761) % 100;
  }
  return data;
}

function read(bytes: Uint8Array, maxBytes?: number): Promise<Image> {
  return readImage(bytesSource("cells.tif", bytes), maxBytes ? { maxBytes } : {});
}

function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.constructor !== b.constructor || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

const types = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
] as const;
const compressions = {
  none: 1,
  lzw: 5,
  deflate: 8,
  "old deflate": 32946,
  packbits: 32773,
} as const;

/** Strips and tiles, byte orders, classic and BigTIFF, predictors, one sample, several together, several apart. */
function everyWay(type: SampleType, compression: Wanted["compression"]): Partial<Wanted>[] {
  const other = type.startsWith("float") ? 3 : 2;
  const predictors =
    compression === 1 || compression === 32773 ? [1 as const] : [1 as const, other as 2 | 3];
  let ways: Partial<Wanted>[] = predictors.map((predictor) => ({ type, compression, predictor }));
  const times = (choices: Partial<Wanted>[]): void => {
    ways = ways.flatMap((way) => choices.map((choice) => ({ ...way, ...choice })));
  };
  times([{ rowsPerStrip: 4 }, { tile: [8, 4] }]);
  times([{ little: true }, { little: false }]);
  times([{ big: true }, { big: false }]);
  times([{ samples: 1 }, { samples: 2 }, { samples: 3 }, { samples: 3, planar: true }]);
  return ways;
}

describe("every way to store pixels gives the same pixels", () => {
  const [width, height] = [11, 9];
  const pairs = types.flatMap((type) =>
    Object.entries(compressions).map(([name, compression]) => ({ type, name, compression })),
  );

  test.each(pairs)("$type, $name", async ({ type, compression }) => {
    for (const way of everyWay(type, compression)) {
      const samples = way.samples ?? 1;
      const values = someValues(type, samples * width * height);
      const image = await read(buildTiff({ ...way, width, height, values }));
      expect(image.axes).toBe(samples === 1 ? "yx" : "cyx");
      expect(image.shape).toEqual(samples === 1 ? [height, width] : [samples, height, width]);
      expect(sameNumbers(image.data, values), JSON.stringify(way)).toBe(true);
    }
  });

  test("LZW with tables that fill up several times", async () => {
    const values = Uint16Array.from({ length: 150 * 100 }, (_, i) => (i * i * 31) % 65521);
    const bytes = buildTiff({
      type: "uint16",
      width: 150,
      height: 100,
      values,
      compression: 5,
      rowsPerStrip: 100,
    });
    expect(sameNumbers((await read(bytes)).data, values)).toBe(true);
  });

  test("LZW strings of every length up to a table of one run", async () => {
    for (const count of [1, 2, 3, 255, 256, 257, 30000]) {
      const values = new Uint8Array(count).fill(9);
      const bytes = buildTiff({ width: count, height: 1, rowsPerStrip: 1, values, compression: 5 });
      expect(sameNumbers((await read(bytes)).data, values)).toBe(true);
    }
  });

  test("half-precision floats become float32, every one of them exactly", async () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const built = {
      type: "uint16",
      width: 256,
      height: 256,
      rowsPerStrip: 256,
      values: bits,
    } as const;
    const image = await read(buildTiff({ ...built, tags: { 339: [3, [3]] } }));
    expect(image.data).toBeInstanceOf(Float32Array);
    expect(
      [0, 1, 0x0400, 0x3c00, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0xc000].map((i) => image.data[i]),
    ).toEqual([0, 2 ** -24, 2 ** -14, 1, 0.333251953125, 65504, Infinity, -Infinity, -2]);
    expect(image.data[0x7e00]).toBeNaN();
  });

  test("palette and white-is-zero pixels are given as they are stored", async () => {
    const values = someValues("uint8", 20);
    for (const colour of [0, 3]) {
      const image = await read(buildTiff({ values, tags: { 262: [3, [colour]] } }));
      expect(image).toEqual({ data: values, shape: [4, 5], axes: "yx" });
    }
  });

  test("an uncompressed strip may be followed by padding", async () => {
    const values = someValues("uint8", 20);
    const image = await read(buildTiff({ values, tags: { 279: [4, [23]] } }));
    expect(image).toEqual({ data: values, shape: [4, 5], axes: "yx" });
  });

  test("a deflate strip may be followed by padding", async () => {
    const values = someValues("uint8", 20);
    const length = deflateSync(values as Uint8Array).length;
    const image = await read(
      buildTiff({ values, compression: 8, tags: { 279: [4, [length + 3]] } }),
    );
    expect(sameNumbers(image.data, values)).toBe(true);
  });
});

describe("what cannot be read exactly is refused by name", () => {
  const values = someValues("uint8", 20);
  const cases: [string, Wanted["tags"], RegExp][] = [
    ["bilevel", { 258: [3, [1]] }, /1-bit black-and-white.*save it as 8-, 16- or 32-bit/],
    ["12 bits", { 258: [3, [12]] }, /12-bit unsigned/],
    ["complex", { 339: [3, [6]], 258: [3, [64]] }, /64-bit complex float/],
    ["JPEG", { 259: [3, [7]] }, /compressed with JPEG: save it uncompressed/],
    ["Zstandard", { 259: [3, [50000]] }, /compressed with Zstandard/],
    ["WebP", { 259: [3, [50001]] }, /compressed with WebP/],
    ["unknown compression", { 259: [3, [12345]] }, /method 12345/],
    ["YCbCr", { 262: [3, [6]] }, /YCbCr pixels: save it as grey or RGB/],
    [
      "predictor without compression",
      { 317: [3, [2]] },
      /predictor 2 on uint8 pixels with compression none/,
    ],
    ["turned bits", { 266: [3, [2]] }, /FillOrder 2/],
    ["volumes in a page", { 32997: [3, [4]] }, /volume in one page/],
  ];
  for (const [name, tags, message] of cases)
    test(name, async () => {
      const error: unknown = await read(buildTiff({ values, tags })).catch((reason) => reason);
      expect(isCoreError(error, "UnsupportedError")).toBe(true);
      expect((error as Error).message).toMatch(/^cells\.tif: page 1 /);
      expect((error as Error).message).toMatch(message);
    });

  test("more pixels than allowed", async () => {
    await expect(read(buildTiff({ values }), 19)).rejects.toThrow(
      /takes 20 bytes when decoded, the limit is 19/,
    );
    await expect(read(buildTiff({ values }), 20)).resolves.toBeDefined();
  });
});

describe("damaged files", () => {
  const values = someValues("uint16", 12 * 9);
  const shape = { type: "uint16", width: 12, height: 9, rowsPerStrip: 4, values } as const;
  const variants = Object.entries(compressions).map(([name, compression]) => ({
    name,
    compression,
  }));

  test.each(variants)("$name, cut off anywhere, are an error", async ({ compression }) => {
    for (const big of [false, true]) {
      const bytes = buildTiff({ ...shape, compression, big });
      for (let length = 0; length < bytes.length; length++) {
        const outcome: unknown = await read(bytes.subarray(0, length)).catch((reason) => reason);
        expect(isCoreError(outcome, "FormatError"), `${length} of ${bytes.length}`).toBe(true);
        expect((outcome as Error).message).toContain("cells.tif");
      }
    }
  });

  test.each(variants)(
    "$name, with any byte changed, are read or are an error of ours",
    async ({ compression }) => {
      const bytes = buildTiff({ ...shape, compression });
      for (let at = 0; at < bytes.length; at++)
        for (const change of [1, 0x80, 0xff]) {
          const copy = bytes.slice();
          copy[at] ^= change;
          const outcome: unknown = await read(copy, 1e6).catch((reason) => reason);
          const fine = isCoreError(outcome) || (outcome as Image).data.length > 0;
          expect(fine, `byte ${at}: ${outcome}`).toBe(true);
        }
    },
  );

  test("deflate whose pixels were changed is noticed by its checksum", async () => {
    const bytes = buildTiff({ ...shape, compression: 8, rowsPerStrip: 9 });
    const end = new DataView(bytes.buffer).getUint32(4, true);
    for (let at = 8; at < end; at++)
      for (let bit = 0; bit < 8; bit++) {
        const copy = bytes.slice();
        copy[at] ^= 1 << bit;
        const outcome = (await read(copy).catch((reason) => reason)) as Image | Error;
        expect(outcome instanceof Error || sameNumbers(outcome.data, values)).toBe(true);
      }
  });

  const lies: [string, Wanted["tags"], RegExp][] = [
    ["no width", { 256: undefined }, /page 1 lacks the tag ImageWidth/],
    ["width 0", { 256: [4, [0]] }, /it is 0 x 9/],
    ["a text for a width", { 256: [2, [65]] }, /ImageWidth of page 1 must be whole numbers/],
    ["two widths", { 256: [4, [12, 12]] }, /must have 1 values, it has 2/],
    [
      "a larger width",
      { 256: [4, [13]] },
      /strip 1 of page 1 \(bytes 8 to 104\) is too short for the 104/,
    ],
    [
      "a height beyond its strips",
      { 257: [4, [1000]] },
      /StripOffsets of page 1 must have 250 values, it has 3/,
    ],
    [
      "a huge size",
      { 256: [4, [60000]], 257: [4, [30000]], 278: [4, [30000]], 273: [4, [8]], 279: [4, [96]] },
      /too short for the 3600000000/,
    ],
    ["strips of no rows", { 278: [3, [0]] }, /strips or tiles of 12 x 0/],
    ["planes of a third kind", { 284: [3, [3]] }, /must have PlanarConfiguration 1 or 2, it is 3/],
    ["no samples", { 277: [3, [0]] }, /0 samples/],
    ["a strip at 0", { 273: [4, [0, 104, 200]] }, /strip 1 of page 1 is missing/],
    ["an empty strip", { 279: [4, [96, 0, 24]] }, /strip 2 of page 1 is missing/],
    [
      "a strip beyond the end",
      { 273: [4, [8, 104, 4e9]] },
      /strip 3 .* lies beyond the end of the file/,
    ],
    [
      "more sample kinds than samples",
      { 339: [3, [1, 1]] },
      /SampleFormat of page 1 must have 1 values/,
    ],
  ];
  test.each(lies)("%s", async (_, tags, message) => {
    const outcome: unknown = await read(buildTiff({ ...shape, tags })).catch((reason) => reason);
    expect(isCoreError(outcome, "FormatError")).toBe(true);
    expect((outcome as Error).message).toMatch(message);
  });

  test("directories that run in a circle end", async () => {
    const bytes = buildTiff({ ...shape });
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    const next = first + 2 + view.getUint16(first, true) * 12;
    view.setUint32(next, first, true);
    await expect(read(bytes)).rejects.toThrow(/page 2 leads back to an earlier page/);
    const two = Uint8Array.from([...bytes, ...bytes.subarray(first, next + 4)]);
    new DataView(two.buffer).setUint32(next, bytes.length, true);
    await expect(read(two)).rejects.toThrow(/page 3 leads back to an earlier page/);
  });

  test("a directory that says it has 2^60 tags, or none", async () => {
    const bytes = buildTiff({ ...shape, big: true });
    const view = new DataView(bytes.buffer);
    const first = Number(view.getBigUint64(8, true));
    for (const count of [0n, 2n ** 60n, 2n ** 64n - 1n]) {
      view.setBigUint64(first, count, true);
      await expect(read(bytes)).rejects.toThrow(/must have 1 to 4096 tags/);
    }
    view.setBigUint64(8, 2n ** 63n, true);
    await expect(read(bytes)).rejects.toThrow(/lies beyond the end of the file/);
  });

  test("a tag that stands twice", async () => {
    const bytes = buildTiff({ ...shape });
    const view = new DataView(bytes.buffer);
    view.setUint16(view.getUint32(4, true) + 2 + 12, 256, true);
    await expect(read(bytes)).rejects.toThrow(/page 1 has the tag ImageWidth twice/);
  });

  test("a bomb stops at the size that was declared", async () => {
    for (const size of [1e6, 2e8]) {
      const stream = deflateSync(new Uint8Array(size), { level: 1 });
      const start = buildTiff({
        values: new Uint8Array(20),
        compression: 8,
        tags: { 273: [4, [4096]], 279: [4, [stream.length]] },
      });
      const bytes = new Uint8Array(4096 + stream.length);
      bytes.set(start);
      bytes.set(stream, 4096);
      await expect(read(bytes)).rejects.toThrow(/decodes to more than the 20 bytes it must hold/);
    }
  });

  test.each([
    ["LZW", 5],
    ["PackBits", 32773],
    ["deflate", 8],
  ] as const)("%s that holds too much or too little", async (_, compression) => {
    const pixels = new Uint8Array(20).fill(3);
    for (const [width, message] of [
      [4, /more than the 16 bytes/],
      [6, /decodes to 20 bytes, it must hold 24/],
    ] as const)
      await expect(
        read(buildTiff({ values: pixels, compression, tags: { 256: [3, [width]] } })),
      ).rejects.toThrow(message);
  });

  test("LZW codes that nobody can have written", async () => {
    const start = buildTiff({ values: new Uint8Array(20), tags: { 259: [3, [5]] } });
    // The code 9 bits long that begins with ones is 511.
    start.fill(255, 8, 28);
    await expect(read(start)).rejects.toThrow(
      /strip 1 of page 1 \(bytes 8 to 28\) is damaged: LZW code 511/,
    );
  });
});
