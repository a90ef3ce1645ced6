import { packedNumbers, packedSamples, packedShape } from "@cellwright/testing/fuzz";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import { openZarr } from "../read-zarr.js";
import { decodeBlosc } from "./blosc.js";
import { decodeBloscLz, decodeLz4 } from "./lz4.js";
import { littleEndianBytes } from "./sample-type.js";
import { decodeZstd } from "./zstd.js";

const numbers = littleEndianBytes(packedNumbers());
const { length } = numbers;

const decoders = {
  zstd: (bytes: Uint8Array) => decodeZstd(bytes, length),
  "blosc lz4": (bytes: Uint8Array) => decodeBlosc(bytes, length),
  "blosc zstd": (bytes: Uint8Array) => decodeBlosc(bytes, length),
  "blosc blosclz": (bytes: Uint8Array) => decodeBlosc(bytes, length),
  "blosc zlib": (bytes: Uint8Array) => decodeBlosc(bytes, length),
  lz4: (bytes: Uint8Array) => decodeLz4(bytes.subarray(4), length),
};

describe.each(Object.keys(decoders) as (keyof typeof decoders)[])("%s", (name) => {
  const decode = decoders[name];
  const packed = packedSamples[name];

  test("what the usual library packed comes out as it went in", () => {
    expect(decode(packed)).toEqual(numbers);
  });

  test("cut off anywhere it is an error", () => {
    for (let end = 0; end < packed.length; end++) {
      // Of no bytes at all nothing is made.
      if (name === "zstd" && end === 0) continue;
      expect(() => decode(packed.subarray(0, end)), `${end}`).toThrow(/is damaged|decodes to/);
    }
  });

  test("with a byte changed it is as long as it must be, or an error of ours", () => {
    for (let at = 0; at < packed.length; at++)
      for (const change of [1, 0x80, 0xff]) {
        const copy = packed.slice();
        copy[at] ^= change;
        try {
          expect(decode(copy).length).toBeLessThanOrEqual(length);
        } catch (error) {
          expect(isCoreError(error), `byte ${at}: ${error}`).toBe(true);
        }
      }
  });
});

describe("zstd", () => {
  const frame = (...bytes: number[]) => Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes]);

  test("frames one after the other, those to be skipped, checksums, sizes that are not said", () => {
    const raw = [0x00, 0x38, 0x11, 0, 0, 7, 8];
    const run = [0x04, 0x38, 0x1b, 0, 0, 9, 1, 2, 3, 4];
    const skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 5, 5];
    const bytes = Uint8Array.from([...frame(...raw), ...skipped, ...frame(...run)]);
    expect([...decodeZstd(bytes, 100)]).toEqual([7, 8, 9, 9, 9]);
  });

  test("a bomb stops at the limit", () => {
    const bomb = [0x00, 0x38, ...Array.from({ length: 1000 }, () => [2, 0, 0x10, 7]).flat()];
    expect(() => decodeZstd(frame(...bomb), 1e6)).toThrow(/more than the 1000000 bytes/);
  });

  test("a dictionary is refused, a size that is not kept is damage", () => {
    expect(() => decodeZstd(frame(0x01, 0x38, 5, 0x11, 0, 0, 7, 8), 9)).toThrow(/a dictionary/);
    expect(() => decodeZstd(frame(0x20, 3, 0x11, 0, 0, 7, 8), 9)).toThrow(/is damaged/);
  });
});

describe("LZ4 and BloscLZ", () => {
  test("runs of every length, near and far", () => {
    const far = Array.from({ length: 9000 }, (_, i) => (i * 31) % 251);
    const literal = [0xf0, ...Array(35).fill(255), 9000 - 15 - 35 * 255, ...far];
    const packed = Uint8Array.from([...literal, 9000 & 255, 9000 >> 8, 0x10, 42]);
    expect([...decodeLz4(packed, 9005)]).toEqual([...far, ...far.slice(0, 4), 42]);
    const pieces = Array.from({ length: 300 }, (_, i) => [29, ...far.slice(30 * i, 30 * i + 30)]);
    const away = 9000 - 1 - 8191;
    const blosc = Uint8Array.from([...pieces.flat(), 0x3f, 255, away >> 8, away & 255]);
    expect([...decodeBloscLz(blosc, 9003)]).toEqual([...far, ...far.slice(0, 3)]);
  });

  test("what stands before the beginning is an error", () => {
    expect(() => decodeLz4(Uint8Array.of(0x10, 1, 2, 0, 0), 9)).toThrow(/is damaged/);
    expect(() => decodeBloscLz(Uint8Array.of(0, 1, 0x20, 5), 4)).toThrow(/is damaged/);
  });
});

test("Blosc's Snappy is refused by name", () => {
  const packed = packedSamples["blosc lz4"].slice();
  packed[2] = (packed[2] & 31) | (2 << 5);
  expect(() => decodeBlosc(packed, length)).toThrow(/Blosc's snappy: write it with lz4 or zstd/);
});

test("half-precision Zarrs become float32, their fill value too", async () => {
  for (const [fill, value] of [
    [1.5, 1.5],
    ["NaN", Number.NaN],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ] as const) {
    const array = {
      ...{ zarr_format: 2, shape: [2, 2], chunks: [1, 2], dtype: ">f2", fill_value: fill },
      ...{ compressor: null, filters: null, order: "C" },
    };
    const files = new Map([
      ["/.zarray", new TextEncoder().encode(JSON.stringify(array))],
      ["/0.0", Uint8Array.of(0x3c, 0, 0xc1, 0)],
    ]);
    const { reader } = await openZarr({ get: async (key) => files.get(key) });
    expect(reader.type).toBe("float32");
    const { data } = await reader.readRegion({ box: { y: 0, x: 0, height: 2, width: 2 } });
    expect([...data]).toEqual([1, -2.5, value, value]);
  }
});

test("the samples are of the shape they say", () => {
  expect(length).toBe(2 * packedShape[0] * packedShape[1]);
});
