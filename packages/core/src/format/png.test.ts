import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { writePng } from "./png.js";

/** A PNG to build: bytes of each row as stored, without their filter. */
interface Wanted {
  width: number;
  height: number;
  depth: number;
  colour: number;
  rows: number[][];
  /** One of the five filters for every row. */
  filter?: number;
  palette?: number[];
  alphas?: number[];
  stream?: Uint8Array;
}

function crc32(bytes: readonly number[]): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function big(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function chunk(type: string, content: readonly number[]): number[] {
  const body = [...[...type].map((letter) => letter.charCodeAt(0)), ...content];
  return [...big(content.length), ...body, ...big(crc32(body))];
}

/** What the filters take away (PNG, section 9): left, above, their mean, or the nearest of left, above, corner. */
function filtered(rows: number[][], filter: number, step: number): number[] {
  return rows.flatMap((row, y) => [
    filter,
    ...row.map((value, i) => {
      const left = i < step ? 0 : row[i - step];
      const above = y === 0 ? 0 : rows[y - 1][i];
      const corner = i < step || y === 0 ? 0 : rows[y - 1][i - step];
      const guess = left + above - corner;
      const [a, b, c] = [left, above, corner].map((value) => Math.abs(guess - value));
      const nearest = a <= b && a <= c ? left : b <= c ? above : corner;
      return (value - [0, left, above, (left + above) >> 1, nearest][filter]) & 255;
    }),
  ]);
}

function buildPng(wanted: Wanted): Uint8Array {
  const { width, height, depth, colour } = wanted;
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 1;
  const step = Math.ceil((samples * depth) / 8);
  const pixels = filtered(wanted.rows, wanted.filter ?? 0, step);
  const stream = wanted.stream ?? deflateSync(Uint8Array.from(pixels));
  const half = Math.ceil(stream.length / 2);
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", [...big(width), ...big(height), depth, colour, 0, 0, 0]),
    ...chunk("tEXt", [...[..."Title"].map((letter) => letter.charCodeAt(0)), 0, 65]),
    ...(wanted.palette ? chunk("PLTE", wanted.palette) : []),
    ...(wanted.alphas ? chunk("tRNS", wanted.alphas) : []),
    ...chunk("IDAT", [...stream.subarray(0, half)]),
    ...chunk("IDAT", [...stream.subarray(half)]),
    ...chunk("IEND", []),
  ]);
}

function read(bytes: Uint8Array, maxBytes?: number): Promise<Image> {
  return readImage(bytesSource("cells.png", bytes), maxBytes ? { maxBytes } : {});
}

/** Rows of bytes that are never twice the same. */
function rowsOf(height: number, bytes: number): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: bytes }, (_, i) => (y * 97 + i * i * 31 + 5) & 255),
  );
}

describe("stored numbers are read", () => {
  test("16 bits, the high byte first", async () => {
    const image = await read(
      buildPng({ width: 2, height: 1, depth: 16, colour: 0, rows: [[1, 2, 255, 0]] }),
    );
    expect(image).toEqual({ data: Uint16Array.of(258, 65280), shape: [1, 2], axes: "yx" });
  });

  test.each([
    ["grey", 0, 1],
    ["RGB", 2, 3],
    ["grey and alpha", 4, 2],
    ["RGB and alpha", 6, 4],
  ])("%s of 8 and 16 bits, every filter", async (_, colour, samples) => {
    const [width, height] = [5, 4];
    for (const depth of [8, 16])
      for (const filter of [0, 1, 2, 3, 4]) {
        const rows = rowsOf(height, (width * samples * depth) / 8);
        const image = await read(buildPng({ width, height, depth, colour, rows, filter }));
        const stored = rows.flatMap((row) =>
          depth === 8
            ? row
            : row.filter((_, i) => i % 2 === 0).map((high, i) => high * 256 + row[2 * i + 1]),
        );
        const planes = Array.from({ length: samples }, (_, s) =>
          stored.filter((_, i) => i % samples === s),
        );
        expect([...image.data]).toEqual(planes.flat());
        expect(image.shape).toEqual(samples === 1 ? [height, width] : [samples, height, width]);
        expect(image.data.BYTES_PER_ELEMENT).toBe(depth / 8);
      }
  });

  test("grey of 1, 2 and 4 bits gives the small numbers that are stored", async () => {
    const grey = async (depth: number, rows: number[][]) => [
      ...(await read(buildPng({ width: 3, height: 2, depth, colour: 0, rows }))).data,
    ];
    expect(await grey(1, [[0b10100000], [0b01100000]])).toEqual([1, 0, 1, 0, 1, 1]);
    expect(await grey(2, [[0b11100100], [0b00011000]])).toEqual([3, 2, 1, 0, 1, 2]);
    expect(
      await grey(4, [
        [0x1f, 0x20],
        [0x34, 0x50],
      ]),
    ).toEqual([1, 15, 2, 3, 4, 5]);
  });

  test("palettes become colours, with alpha where there is some", async () => {
    const palette = [10, 20, 30, 40, 50, 60, 70, 80, 90];
    for (const [depth, rows] of [
      [8, [[0, 2, 1]]],
      [2, [[0b00100100]]],
    ] as const) {
      const built = {
        width: 3,
        height: 1,
        depth,
        colour: 3,
        rows: rows as unknown as number[][],
        palette,
      };
      expect(await read(buildPng(built))).toEqual({
        data: Uint8Array.of(10, 70, 40, 20, 80, 50, 30, 90, 60),
        shape: [3, 1, 3],
        axes: "cyx",
      });
      const clear = await read(buildPng({ ...built, alphas: [7] }));
      expect([...clear.data.subarray(9)]).toEqual([7, 255, 255]);
    }
  });
});

describe("what is written is read back", () => {
  const values = Array.from({ length: 3 * 4 * 5 }, (_, i) => (i * 7919) % 65536);
  test.each([
    { data: Uint8Array.from(values.slice(0, 20)), shape: [4, 5], axes: "yx" },
    { data: Uint16Array.from(values.slice(0, 20)), shape: [4, 5], axes: "yx" },
    { data: Uint8Array.from(values), shape: [3, 4, 5], axes: "cyx" },
    { data: Uint16Array.of(1), shape: [1, 1], axes: "yx" },
  ])("$axes of $shape", async (image) => {
    expect(await read(writePng(image))).toEqual(image);
    expect(writePng(image)).toEqual(writePng(image));
  });

  test("other images are refused", () => {
    const others: Image[] = [
      { data: new Float32Array(4), shape: [2, 2], axes: "yx" },
      { data: new Uint16Array(12), shape: [3, 2, 2], axes: "cyx" },
      { data: new Uint8Array(8), shape: [2, 2, 2], axes: "cyx" },
      { data: new Uint8Array(12), shape: [3, 2, 2], axes: "tyx" },
    ];
    for (const image of others)
      expect(() => writePng(image)).toThrow(/a PNG must be "yx" of uint8 or uint16/);
  });
});

describe("damaged files", () => {
  const wanted: Wanted = {
    width: 5,
    height: 4,
    depth: 16,
    colour: 0,
    rows: rowsOf(4, 10),
    filter: 4,
  };
  const good = buildPng(wanted);

  test("cut off anywhere are an error", async () => {
    for (let length = 8; length < good.length; length++) {
      const error: unknown = await read(good.subarray(0, length)).catch((reason) => reason);
      expect(isCoreError(error, "FormatError"), `${length}`).toBe(true);
      expect((error as Error).message).toMatch(/^cells\.png: /);
    }
  });

  test("with any bit changed are the same image or an error of ours", async () => {
    const { data } = await read(good);
    for (let at = 8; at < good.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const copy = good.slice();
        copy[at] ^= 1 << bit;
        const outcome = (await read(copy, 1e6).catch((reason) => reason)) as Image;
        const same = isCoreError(outcome) || [...outcome.data].join() === [...data].join();
        expect(same, `byte ${at} bit ${bit}`).toBe(true);
      }
  });

  test("a bomb stops at the size that the header implies", async () => {
    const bomb = buildPng({ ...wanted, stream: deflateSync(new Uint8Array(1e7)) });
    await expect(read(bomb)).rejects.toThrow(
      /has damaged pixels: the PNG stream decodes to more than the 44 bytes/,
    );
  });

  test("a header that lies about the size", async () => {
    await expect(read(buildPng({ ...wanted, width: 6 }))).rejects.toThrow(
      /decodes to 44 bytes, it must hold 52/,
    );
    await expect(read(buildPng({ ...wanted, height: 3 }))).rejects.toThrow(
      /more than the 33 bytes/,
    );
    await expect(read(buildPng({ ...wanted, width: 8000, height: 8000 }))).rejects.toThrow(
      /are too few for 8000 x 8000/,
    );
    await expect(read(buildPng({ ...wanted, width: 60000, height: 60000 }))).rejects.toThrow(
      /the limit is 1342/,
    );
    await expect(read(buildPng({ ...wanted, width: 0 }))).rejects.toThrow(
      /says it is 0 x 4 pixels/,
    );
    await expect(read(buildPng({ ...wanted, depth: 3 }))).rejects.toThrow(
      /no PNG has 3 bits of colour type 0/,
    );
  });

  test("a palette that is missing or too short", async () => {
    const built = { width: 1, height: 1, depth: 8, colour: 3, rows: [[1]] };
    await expect(read(buildPng(built))).rejects.toThrow(/its palette is missing/);
    await expect(read(buildPng({ ...built, palette: [1, 2, 3] }))).rejects.toThrow(
      /colour 1 is not in its palette/,
    );
  });

  test("a filter that does not exist", async () => {
    const stream = deflateSync(Uint8Array.from([5, ...Array(10).fill(0)]));
    await expect(read(buildPng({ ...wanted, height: 1, stream }))).rejects.toThrow(
      /is a damaged PNG: Unsupported filter: 5/,
    );
  });
});
