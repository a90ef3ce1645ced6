import { deflateSync } from "node:zlib";
import { type BuiltTiff, buildTiff } from "@cellwright/testing/tiff";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { pixelsOf, type SampleType } from "./sample-type.js";

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
  zstd: 50000,
} as const;

/** Strips and tiles, byte orders, classic and BigTIFF, predictors, one sample, several together, several apart. */
function everyWay(type: SampleType, compression: BuiltTiff["compression"]): Partial<BuiltTiff>[] {
  const other = type.startsWith("float") ? 3 : 2;
  const predictors =
    compression === 1 || compression === 32773 ? [1 as const] : [1 as const, other as 2 | 3];
  let ways: Partial<BuiltTiff>[] = predictors.map((predictor) => ({
    type,
    compression,
    predictor,
  }));
  const times = (choices: Partial<BuiltTiff>[]): void => {
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

  test("whole numbers of 1 to 16 bits, and bits that are turned around", async () => {
    for (let bits = 1; bits <= 16; bits++) {
      const type = bits <= 8 ? "uint8" : "uint16";
      const ways = everyWay(type, 5).filter(({ predictor }) => predictor === 1);
      for (const way of ways) {
        const samples = way.samples ?? 1;
        const values = pixelsOf(type, samples * width * height).map(
          (_, i) => (i * 2654435761) % 2 ** bits,
        );
        for (const turned of [false, true]) {
          const built = buildTiff({ ...way, bits, turned, width, height, values });
          const { data } = await read(built);
          expect(sameNumbers(data, values), JSON.stringify({ bits, turned, ...way })).toBe(true);
        }
      }
    }
  });

  test("floats of 24 bits become float32, with and without a predictor", async () => {
    const some = [
      0,
      1,
      -1,
      0.5,
      2 ** -78,
      -(2 ** -62),
      131071 * 2 ** 47,
      Infinity,
      -Infinity,
      3.25,
    ];
    const values = Float32Array.from({ length: width * height }, (_, i) => some[i % some.length]);
    for (const little of [true, false])
      for (const predictor of [1, 3] as const) {
        const way = { type: "float32", bits: 24, compression: 8, predictor, little } as const;
        const { data } = await read(buildTiff({ ...way, width, height, values }));
        expect(sameNumbers(data, values), JSON.stringify(way)).toBe(true);
      }
  });

  test("integers of 64 bits become float64, as far as it holds them", async () => {
    const values = Float64Array.from(
      { length: width * height },
      (_, i) => (i % 5 === 0 ? 2 ** 53 : i) * (i % 2 ? 1 : -1),
    );
    for (const little of [true, false])
      for (const predictor of [1, 2] as const) {
        const way = { type: "float64", kind: "signed", compression: 5, predictor, little } as const;
        const { data } = await read(buildTiff({ ...way, width, height, values }));
        expect(sameNumbers(data, values), JSON.stringify(way)).toBe(true);
      }
    const large = {
      type: "uint8",
      width: 8,
      height: 1,
      values: new Uint8Array(8).fill(255),
    } as const;
    const tags = { 256: [3, [1]], 258: [3, [64]], 339: [3, [2]] } as const;
    const minusOne = await read(buildTiff({ ...large, tags: tags as never }));
    expect([...minusOne.data]).toEqual([-1]);
    const unsigned = { ...tags, 339: [3, [1]] } as never;
    await expect(read(buildTiff({ ...large, tags: unsigned }))).rejects.toThrow(
      /18446744073709551615, which no float64 holds/,
    );
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
  const cases: [string, BuiltTiff["tags"], RegExp][] = [
    ["24 bits", { 258: [3, [24]] }, /24-bit unsigned.*save it as 8-, 16- or 32-bit/],
    ["12 bits with a sign", { 258: [3, [12]], 339: [3, [2]] }, /12-bit signed/],
    ["complex", { 339: [3, [6]], 258: [3, [64]] }, /64-bit complex float/],
    ["JPEG", { 259: [3, [7]] }, /compressed with JPEG: save it uncompressed/],
    ["WebP", { 259: [3, [50001]] }, /compressed with WebP/],
    ["unknown compression", { 259: [3, [12345]] }, /method 12345/],
    ["YCbCr", { 262: [3, [6]] }, /YCbCr pixels: save it as grey or RGB/],
    [
      "predictor without compression",
      { 317: [3, [2]] },
      /predictor 2 on uint8 pixels with compression none/,
    ],
    [
      "predictor on packed bits",
      { 258: [3, [4]], 259: [3, [8]], 317: [3, [2]] },
      /predictor 2 on uint8 pixels with compression deflate/,
    ],
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

  const lies: [string, BuiltTiff["tags"], RegExp][] = [
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
      { 256: [4, [6000]], 257: [4, [3000]], 278: [4, [3000]], 273: [4, [8]], 279: [4, [96]] },
      /too short for the 36000000/,
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
