import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { dataPath, describeData } from "@cellwright/testing";
import { describe, expect, test } from "vitest";
import { isCoreError } from "../errors.js";
import { type Image, planeOf } from "../image.js";
import type { PyramidReader } from "../pyramid.js";
import { readImage } from "../read-image.js";
import { openPyramid } from "../read-pyramid.js";
import { bytesSource, type Source } from "../source.js";
import type { Box } from "../tile.js";
import { pixelsOf } from "./sample-type.js";
import { writeTiff } from "./tiff-write.js";

/** A page of 16-bit pixels in tiles; `value` says what each pixel is. */
interface TiledPage {
  readonly width: number;
  readonly height: number;
  readonly tile: number;
  readonly value: (y: number, x: number) => number;
  readonly tags?: Readonly<Record<number, number>>;
  /** Pages below this one. */
  readonly below?: readonly TiledPage[];
  readonly deflate?: boolean;
}

/** What was read of a source. */
interface Counted extends Source {
  readonly reads: [start: number, end: number][];
}

function counting(source: Source): Counted {
  const reads: [number, number][] = [];
  return {
    ...source,
    reads,
    read: (start, end) => {
      reads.push([start, end]);
      return source.read(start, end);
    },
  };
}

const total = (reads: readonly [number, number][]) =>
  reads.reduce((sum, [start, end]) => sum + end - start, 0);

/** The bytes of a tile of 16-bit pixels, low byte first. */
function tileBytes(page: TiledPage, n: number): Uint8Array {
  const { tile, width, value } = page;
  const across = Math.ceil(width / tile);
  const [top, left] = [Math.floor(n / across) * tile, (n % across) * tile];
  const bytes = new Uint8Array(tile * tile * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < tile * tile; i++)
    view.setUint16(2 * i, value(top + Math.floor(i / tile), left + (i % tile)), true);
  return page.deflate ? deflateSync(bytes) : bytes;
}

/**
 * A BigTIFF of tiled pages whose tiles are made when they are read: a file of any length without the memory for it.
 * Deflated tiles are made at once.
 */
function tiledFile(pages: readonly TiledPage[]): Source {
  const pieces: { start: number; length: number; make: () => Uint8Array }[] = [];
  let end = 16;
  const place = (length: number, make: () => Uint8Array): number => {
    const start = end;
    pieces.push({ start, length, make });
    end += Math.ceil(length / 8) * 8;
    return start;
  };
  const longs = (values: readonly number[]) => {
    const list = BigUint64Array.from(values, BigInt);
    return new Uint8Array(list.buffer);
  };
  const header = new Uint8Array(16);
  pieces.push({ start: 0, length: 16, make: () => header });
  const pointers: { at: DataView; offset: number }[] = [
    { at: new DataView(header.buffer), offset: 8 },
  ];
  header.set([0x49, 0x49, 43, 0, 8, 0, 0, 0]);
  const write = (page: TiledPage): { start: number; next: { at: DataView; offset: number } } => {
    const below = (page.below ?? []).map((copy) => write(copy).start);
    const { tile, width, height } = page;
    const count = Math.ceil(width / tile) * Math.ceil(height / tile);
    const offsets: number[] = [];
    const lengths: number[] = [];
    for (let n = 0; n < count; n++) {
      const made = page.deflate ? tileBytes(page, n) : undefined;
      const length = made?.length ?? tile * tile * 2;
      offsets.push(place(length, () => made ?? tileBytes(page, n)));
      lengths.push(length);
    }
    const entries: [tag: number, values: number[]][] = [
      [256, [width]],
      [257, [height]],
      [258, [16]],
      [259, [page.deflate ? 8 : 1]],
      [262, [1]],
      [322, [tile]],
      [323, [tile]],
      [324, offsets],
      [325, lengths],
      ...(below.length > 0 ? [[330, below] as [number, number[]]] : []),
      ...Object.entries(page.tags ?? {}).map(([tag, value]): [number, number[]] => [+tag, [value]]),
    ];
    entries.sort(([a], [b]) => a - b);
    const view = new DataView(new ArrayBuffer(8 + entries.length * 20 + 8));
    view.setBigUint64(0, BigInt(entries.length), true);
    for (const [i, [tag, values]] of entries.entries()) {
      const at = 8 + i * 20;
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, 16, true);
      view.setBigUint64(at + 4, BigInt(values.length), true);
      const inside = values.length === 1;
      const value = inside ? values[0] : place(values.length * 8, () => longs(values));
      view.setBigUint64(at + 12, BigInt(value), true);
    }
    const start = place(view.byteLength, () => new Uint8Array(view.buffer));
    return { start, next: { at: view, offset: 8 + entries.length * 20 } };
  };
  for (const page of pages) {
    const { start, next } = write(page);
    const { at, offset } = pointers.at(-1) as (typeof pointers)[number];
    at.setBigUint64(offset, BigInt(start), true);
    pointers.push(next);
  }
  pieces.sort((a, b) => a.start - b.start);
  return {
    name: "slide.tif",
    byteLength: end,
    read: async (from, to) => {
      const out = new Uint8Array(to - from);
      let low = 0;
      for (let high = pieces.length; low < high; ) {
        const middle = (low + high) >> 1;
        if (pieces[middle].start + pieces[middle].length > from) high = middle;
        else low = middle + 1;
      }
      for (let i = low; i < pieces.length && pieces[i].start < to; i++) {
        const { start, make } = pieces[i];
        const bytes = make();
        const [first, last] = [Math.max(from, start), Math.min(to, start + bytes.length)];
        if (first < last) out.set(bytes.subarray(first - start, last - start), first - from);
      }
      return out;
    },
  };
}

const ramp = (y: number, x: number) => (y * 31 + x * 7) & 0xffff;

function expectRamp({ data }: Image, box: Box, value = ramp): void {
  const expected = new Uint16Array(box.height * box.width);
  for (let i = 0; i < expected.length; i++)
    expected[i] = value(box.y + Math.floor(i / box.width), box.x + (i % box.width));
  expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.buffer))).toBe(0);
}

test("a window of a large tiled file reads less than 2 % of it, and its tables once", async () => {
  const source = counting(tiledFile([{ width: 16384, height: 16384, tile: 256, value: ramp }]));
  expect(source.byteLength).toBeGreaterThan(512 * 1024 ** 2);
  const reader = await openPyramid(source);
  expect(total(source.reads)).toBeLessThan(0.005 * source.byteLength);
  expect([reader.axes, reader.shape, reader.type]).toEqual(["yx", [16384, 16384], "uint16"]);
  expect(reader.levels[0].tile).toEqual({ height: 256, width: 256 });
  const box = { y: 7000, x: 9001, height: 512, width: 512 };
  expectRamp(await reader.readRegion({ box }), box);
  expect(total(source.reads)).toBeLessThan(0.02 * source.byteLength);
  const before = total(source.reads);
  const again = { y: 7100, x: 9101, height: 100, width: 100 };
  expectRamp(await reader.readRegion({ box: again }), again);
  // Of two tiles, a hundred rows or fewer of each, and nothing of the tables.
  expect(total(source.reads) - before).toBeLessThanOrEqual(4 * 256 * 256 * 2);
  expect(source.reads.slice(-4).every(([start, end]) => end - start <= 256 * 256 * 2)).toBe(true);
});

test("tables of many tiles are read in pieces, each piece once", async () => {
  const source = counting(tiledFile([{ width: 32768, height: 32768, tile: 128, value: ramp }]));
  const reader = await openPyramid(source);
  const opened = total(source.reads);
  for (let n = 0; n < 20; n++) {
    const box = { y: 20000 + n, x: 100 * n, height: 2, width: 3 };
    expectRamp(await reader.readRegion({ box }), box);
  }
  // Both tables have 65 536 numbers of 8 bytes: 1 MiB. Two pieces of them and rows of tiles were read.
  expect(total(source.reads) - opened).toBeLessThan(300_000);
});

test("every box of a page with tiles at its edges is what the whole image has there", async () => {
  for (const deflate of [false, true]) {
    const page = { width: 37, height: 21, tile: 16, value: ramp, deflate };
    const source = tiledFile([page]);
    const reader = await openPyramid(source);
    const whole = await readImage(source);
    expectRamp(whole, { y: 0, x: 0, height: 21, width: 37 });
    for (let y = 0; y < 21; y += 5)
      for (let x = 0; x < 37; x += 6)
        for (const [height, width] of [
          [1, 1],
          [21 - y, 37 - x],
          [Math.min(4, 21 - y), Math.min(18, 37 - x)],
        ])
          expectRamp(await reader.readRegion({ box: { y, x, height, width } }), {
            y,
            x,
            height,
            width,
          });
  }
});

describe("levels", () => {
  const half = (y: number, x: number) => 1000 + y + x;
  const small = { width: 32, height: 24, tile: 16, value: half };
  const large = { width: 64, height: 48, tile: 16, value: ramp };
  const other = { ...large, value: (y: number, x: number) => 5000 + y + x };
  const otherSmall = { ...small, value: (y: number, x: number) => 9000 + y + x };

  async function checkLevels(pages: readonly TiledPage[]): Promise<PyramidReader> {
    const reader = await openPyramid(tiledFile(pages));
    expect([reader.axes, reader.shape]).toEqual(["tyx", [2, 48, 64]]);
    expect(reader.levels.map(({ height, width, scale }) => [height, width, scale])).toEqual([
      [48, 64, { y: 1, x: 1 }],
      [24, 32, { y: 2, x: 2 }],
    ]);
    const box = { y: 3, x: 5, height: 20, width: 25 };
    expectRamp(await reader.readRegion({ box, level: 1 }), box, half);
    const second = await reader.readRegion({ box, level: 1, index: { t: 1 } });
    expectRamp(second, box, otherSmall.value);
    expectRamp(await reader.readRegion({ box, index: { t: 1 } }), box, other.value);
    return reader;
  }

  test("are the pages below each page, as in an OME-TIFF", () =>
    checkLevels([
      { ...large, below: [small] },
      { ...other, below: [otherSmall] },
    ]));

  test("are reduced pages, behind each page or behind all", async () => {
    const reduced = { tags: { 254: 1 } };
    await checkLevels([large, { ...small, ...reduced }, other, { ...otherSmall, ...reduced }]);
    await checkLevels([large, other, { ...small, ...reduced }, { ...otherSmall, ...reduced }]);
  });

  test("masks, thumbnails of another shape and copies we cannot decode are passed over", async () => {
    const reader = await openPyramid(
      tiledFile([
        {
          ...large,
          below: [
            { ...small, tags: { 317: 9 } },
            { ...small, width: 10 },
          ],
        },
        { ...small, tags: { 254: 5 } },
      ]),
    );
    expect(reader.levels).toHaveLength(1);
  });

  test("of odd sizes have whole factors where rounding explains them", async () => {
    const page = { ...large, width: 101, height: 75 };
    const copies = [
      { ...small, width: 50, height: 38 },
      { ...small, width: 26, height: 19 },
    ];
    const reader = await openPyramid(tiledFile([{ ...page, below: copies }]));
    expect(reader.levels.map(({ scale }) => scale)).toEqual([1, 2, 4].map((n) => ({ y: n, x: n })));
  });
});

test("planes of a hyperstack, and of ImageJ's stacks behind one directory, are read by their index", async () => {
  const data = pixelsOf("float32", 2 * 3 * 4 * 5 * 6).map((_, i) => i / 7);
  const image = { data, shape: [2, 3, 4, 5, 6], axes: "tczyx", spacing: { y: 0.5, x: 0.5, t: 2 } };
  const reader = await openPyramid(bytesSource("a.tif", writeTiff(image as Image)));
  expect([reader.axes, reader.shape]).toEqual(["tczyx", [2, 3, 4, 5, 6]]);
  expect(reader.spacing).toEqual({ y: 0.5, x: 0.5, t: 2 });
  const box = { y: 1, x: 2, height: 3, width: 4 };
  const places: Record<string, number>[] = [{}, { t: 1, c: 2, z: 3 }, { z: 2 }, { c: 1 }];
  for (const index of places) {
    const { data: plane } = planeOf(image as Image, index);
    const expected = [1, 2, 3].flatMap((y) => [...plane.subarray(y * 6 + 2, y * 6 + 6)]);
    expect([...(await reader.readRegion({ box, index })).data]).toEqual(expected);
  }
});

test("boxes and places that are not in the image are refused", async () => {
  const image: Image = { data: new Uint8Array(12), shape: [3, 4], axes: "yx" };
  const reader = await openPyramid(bytesSource("a.tif", writeTiff(image)));
  const box = { y: 0, x: 0, height: 3, width: 4 };
  for (const wrong of [{ y: 1 }, { x: -1 }, { width: 0 }, { height: 1.5 }, { width: Number.NaN }])
    await expect(reader.readRegion({ box: { ...box, ...wrong } })).rejects.toThrow(
      /box must be within 3 x 4 pixels/,
    );
  await expect(reader.readRegion({ box, level: 1 })).rejects.toThrow(/level must be 0 to 0, got 1/);
  await expect(reader.readRegion({ box, index: { t: 1 } })).rejects.toThrow(
    /axis t must be 0 to 0/,
  );
});

test("a cut file opens, and says what is missing when that is read", async () => {
  const source = tiledFile([{ width: 64, height: 64, tile: 16, value: ramp, deflate: true }]);
  const bytes = (await source.read(0, source.byteLength)).slice();
  // The first tile stands right behind the header: its stream is damaged.
  bytes.fill(0, 16, 40);
  const reader = await openPyramid(bytesSource("cut.tif", bytes));
  const box = { y: 0, x: 0, height: 4, width: 4 };
  await expect(reader.readRegion({ box })).rejects.toThrow(
    /^cut\.tif: tile 1 of page 1 .* damaged/,
  );
  const other = { ...box, y: 32, x: 32 };
  expectRamp(await reader.readRegion({ box: other }), other);
});

test("a file with any byte changed is read or is an error of ours", async () => {
  const small = { width: 8, height: 8, tile: 16, value: ramp, deflate: true };
  const source = tiledFile([{ ...small, width: 16, height: 16, below: [small] }]);
  const bytes = (await source.read(0, source.byteLength)).slice();
  let failed = 0;
  for (let at = 0; at < bytes.length; at++)
    for (const value of [0, 0xff, bytes[at] ^ 1]) {
      const before = bytes[at];
      bytes[at] = value;
      try {
        const options = { maxBytes: 10 ** 7 };
        const reader = await openPyramid(bytesSource("fuzz.tif", bytes), options);
        for (const level of reader.levels.keys())
          await reader.readRegion({ box: { y: 0, x: 0, height: 1, width: 1 }, level });
      } catch (error) {
        failed++;
        expect(isCoreError(error), `byte ${at} as ${value}: ${error}`).toBe(true);
      }
      bytes[at] = before;
    }
  expect(failed).toBeGreaterThan(100);
});

test("a region stops with its signal, and beyond the limit is refused", async () => {
  const source = tiledFile([{ width: 64, height: 64, tile: 16, value: ramp }]);
  const reader = await openPyramid(source, { maxBytes: 2000 });
  const box = { y: 0, x: 0, height: 32, width: 32 };
  await expect(reader.readRegion({ box })).rejects.toThrow(/takes 2048 bytes when decoded/);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(reader.readRegion({ box: { ...box, width: 8 }, signal })).rejects.toThrow("enough");
});

describeData("files of other projects' test suites", () => {
  test.each([
    "ome_files/test/data/rgb.ome.tiff",
    "tiff_imagejs/img/color16-lzw.tif",
    "tiff_imagejs/img/stack.tif",
    "tiff_imagejs/img/tile_rgb_deflate.tif",
    "tiff_imagejs/img/grey16-multi.tif",
  ])("%s is the same by regions and as a whole", async (file) => {
    const source = bytesSource(file, readFileSync(dataPath(`formats/${file}`)));
    const whole = await readImage(source);
    const { data: _, ...head } = whole;
    const reader = await openPyramid(source);
    expect(reader).toMatchObject(head);
    const [height, width] = whole.shape.slice(-2);
    const box = { y: 3, x: 5, height: height - 7, width: width - 11 };
    for (let n = 0; n < (whole.axes.length > 2 ? whole.shape[0] : 1); n++) {
      const index = { [whole.axes[0]]: n };
      const plane = planeOf(whole, index).data;
      const region = await reader.readRegion({ box, index });
      expect(region.data.constructor).toBe(whole.data.constructor);
      let different = 0;
      for (let i = 0; i < region.data.length; i++) {
        const at = (3 + Math.floor(i / box.width)) * width + 5 + (i % box.width);
        if (region.data[i] !== plane[at]) different++;
      }
      expect(different).toBe(0);
    }
  });
});
