import { buildTiff } from "@cellwright/testing/tiff";
import { describe, expect, test } from "vitest";
import { planeOf } from "../image.js";
import { openImage, readImage } from "../read-image.js";
import { openPyramid } from "../read-pyramid.js";
import { bytesSource } from "../source.js";

/** The entry of a tag in a little-endian TIFF, for changing its type and count. */
function entryOf(bytes: Uint8Array<ArrayBuffer>, tag: number): DataView {
  const view = new DataView(bytes.buffer);
  let at = view.getUint32(4, true) + 2;
  while (view.getUint16(at, true) !== tag) at += 12;
  return new DataView(bytes.buffer, at, 12);
}

const [width, height, planes] = [5, 4, 3];
const values = Uint16Array.from({ length: width * height * planes }, (_, i) => i * 77);

/** A stack of MetaMorph's: strips of two rows, plane after plane. `each` are the six numbers of a plane. */
function stk(each: (plane: number) => number[], more: Record<number, [number, number[]]> = {}) {
  const strip = 2 * width * 2;
  const bytes = buildTiff({
    ...{ type: "uint16", width, height: height * planes, rowsPerStrip: 2, values },
    tags: {
      257: [4, [height]],
      273: [4, [8, 8 + strip]],
      279: [4, [strip, strip]],
      33629: [4, Array.from({ length: planes }, (_, n) => each(n)).flat()],
      ...more,
    },
  });
  const entry = entryOf(bytes, 33629);
  entry.setUint16(2, 5, true);
  entry.setUint32(4, planes, true);
  return bytes;
}

/** Entries of UIC1 and what they lead to, put behind the file. */
function calibrated(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const longs = (...list: number[]) => [...new Uint8Array(Uint32Array.from(list).buffer)];
  const at = bytes.length;
  const out = Uint8Array.from([
    ...bytes,
    ...longs(65, 100),
    ...longs(1, 2),
    ...longs(3, ...[]),
    ...[0x75, 0x6d, 0, 0],
    ...longs(4, at, 5, at + 8, 6, at + 16),
  ]);
  const entry = entryOf(out, 33628);
  entry.setUint32(4, 3, true);
  entry.setUint32(8, at + 24, true);
  return out;
}

describe("MetaMorph's stacks", () => {
  const day = 2_459_000;

  test("planes with distances are slices, with the calibration's pixel size", async () => {
    const bytes = calibrated(
      stk(() => [3, 2, day, 500, day, 500], { 33628: [4, [0, 0, 0, 0, 0, 0]] }),
    );
    const image = await readImage(bytesSource("a.stk", bytes));
    expect([image.axes, image.shape]).toEqual(["zyx", [planes, height, width]]);
    expect(image.data).toEqual(values);
    expect(image.spacing).toEqual({ z: 1.5, y: 0.5, x: 0.65 });
  });

  test("planes without distances are frames, a time step apart", async () => {
    const bytes = stk((n) => [0, 1, day + (n > 0 ? 1 : 0), 1000 * n, day, 0]);
    const source = bytesSource("a.stk", bytes);
    const image = await readImage(source);
    expect([image.axes, image.shape]).toEqual(["tyx", [planes, height, width]]);
    expect(image.spacing?.t).toBe((86400 + 2) / 2);
    const opened = await openImage(source);
    const pyramid = await openPyramid(source);
    for (let t = 0; t < planes; t++) {
      const { data } = planeOf(image, { t });
      expect((await opened.readPlane({ t })).data).toEqual(data);
      const box = { y: 0, x: 0, height, width };
      expect((await pyramid.readRegion({ index: { t }, box })).data).toEqual(data);
    }
  });

  test("what is not stored plainly, or is cut off, is an error", async () => {
    const each = () => [0, 1, day, 0, day, 0];
    await expect(readImage(bytesSource("a.stk", stk(each, { 273: [4, [8, 40]] })))).rejects.toThrow(
      /is a stack of 3 planes behind one directory, not stored plainly/,
    );
    const many = stk(each);
    entryOf(many, 33629).setUint32(4, 9, true);
    await expect(readImage(bytesSource("a.stk", many))).rejects.toThrow(
      /beyond the end of the file/,
    );
  });
});

/** The tag of Zeiss's for so many slices, channels and frames. */
function lsmInfo([z, c, t]: readonly number[], scan: number): number[] {
  const view = new DataView(new ArrayBuffer(120));
  view.setUint32(0, 0x0400494c, true);
  for (const [i, length] of [width, height, z, c, t].entries())
    view.setInt32(8 + 4 * i, length, true);
  for (const [i, size] of [0.2e-6, 0.25e-6, 1.5e-6].entries())
    view.setFloat64(40 + 8 * i, size, true);
  view.setUint16(88, scan, true);
  view.setFloat64(112, 30, true);
  return [...new Uint8Array(view.buffer)];
}

/** The block with the names of channels. */
function lsmColours(names: readonly string[]): number[] {
  const texts = names.flatMap((name) => [
    ...[name.length + 1, 0, 0, 0],
    ...new TextEncoder().encode(`${name}\0`),
  ]);
  const head = [24 + texts.length, names.length, names.length, 24, 24, 0];
  return [...head.flatMap((number) => [number, 0, 0, 0]), ...texts];
}

/** A file behind another, as its next page. */
function withPage(bytes: Uint8Array, page: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const moved = shifted(page, bytes.length);
  const joined = Uint8Array.from([...bytes, ...moved]);
  const view = new DataView(joined.buffer);
  let link = 4;
  for (let next = view.getUint32(4, true); next !== 0; next = view.getUint32(link, true))
    link = linkOf(joined, next);
  view.setUint32(link, new DataView(moved.buffer).getUint32(4, true), true);
  return joined;
}

const thumbnail = { width: 2, height: 2, samples: 3, values: new Uint8Array(12), rowsPerStrip: 2 };

/** Pages of two channels apart, each followed by a thumbnail, as Zeiss's program writes them. */
function lsm(sizes: readonly number[], scan: number): { bytes: Uint8Array; pages: Uint16Array[] } {
  const pages = Array.from({ length: sizes[0] * sizes[2] }, (_, n) =>
    Uint16Array.from({ length: width * height * 2 }, (_, i) => i * 31 + n),
  );
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  for (const values of pages) {
    const page = buildTiff({
      ...{ type: "uint16", values, width, height, samples: 2, compression: 5, planar: true },
      tags: {
        // The stored lengths are those of the pixels, not of what is compressed.
        279: [4, [2, 2].map((size) => size * width * height)],
        ...(!bytes && { 34412: [7, lsmInfo(sizes, scan)] }),
      },
    });
    bytes = bytes ? withPage(bytes, page) : page;
    bytes = withPage(bytes, buildTiff({ ...thumbnail, tags: { 254: [4, [1]] } }));
  }
  const whole = Uint8Array.from([...(bytes as Uint8Array), ...lsmColours(["Ch1", "green"])]);
  const info = entryOf(whole, 34412).getUint32(8, true);
  new DataView(whole.buffer).setUint32(info + 108, (bytes as Uint8Array).length, true);
  return { bytes: whole, pages };
}

/** Where the place of the next directory stands. */
function linkOf(bytes: Uint8Array<ArrayBuffer>, directory: number): number {
  return directory + 2 + 12 * new DataView(bytes.buffer).getUint16(directory, true);
}

/** A file whose offsets are so much larger. */
function shifted(page: Uint8Array<ArrayBuffer>, by: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(page.buffer);
  const first = view.getUint32(4, true);
  const add = (at: number) => view.setUint32(at, view.getUint32(at, true) + by, true);
  for (let i = 0; i < view.getUint16(first, true); i++) {
    const entry = first + 2 + 12 * i;
    const [tag, type] = [view.getUint16(entry, true), view.getUint16(entry + 2, true)];
    const count = view.getUint32(entry + 4, true);
    const size = { 3: 2, 4: 4, 7: 1 }[type] as number;
    const outside = size * count > 4;
    const at = outside ? view.getUint32(entry + 8, true) : entry + 8;
    if (tag === 273) for (let n = 0; n < count; n++) add(at + 4 * n);
    if (outside) add(entry + 8);
  }
  add(4);
  return page;
}

describe("Zeiss's LSM", () => {
  test("axes, sizes, times and names; thumbnails are passed over", async () => {
    const { bytes, pages } = lsm([3, 2, 2], 0);
    const image = await readImage(bytesSource("a.lsm", bytes));
    expect([image.axes, image.shape]).toEqual(["tczyx", [2, 2, 3, height, width]]);
    expect(image.channels).toEqual(["Ch1", "green"]);
    const close = (size: number) => expect.closeTo(size, 12);
    expect(image.spacing).toEqual({ t: 30, z: close(1.5), y: close(0.25), x: close(0.2) });
    for (const [n, page] of pages.entries())
      for (const c of [0, 1]) {
        const { data } = planeOf(image, { t: Math.floor(n / 3), z: n % 3, c });
        expect(data).toEqual(page.subarray(c * data.length, (c + 1) * data.length));
      }
  });

  test("a scan that goes through time first", async () => {
    const { bytes, pages } = lsm([3, 2, 2], 3);
    const image = await readImage(bytesSource("a.lsm", bytes));
    expect(planeOf(image, { t: 1, z: 0, c: 0 }).data).toEqual(pages[1].subarray(0, 20));
  });

  test("a header that speaks of other pages is an error", async () => {
    const { bytes } = lsm([3, 2, 2], 0);
    const info = entryOf(bytes as Uint8Array<ArrayBuffer>, 34412).getUint32(8, true);
    new DataView(bytes.buffer as ArrayBuffer).setInt32(info + 16, 4, true);
    await expect(readImage(bytesSource("a.lsm", bytes))).rejects.toThrow(
      /has 6 pages of 2 channels, its LSM header speaks of 4 slices x 2 frames of 2/,
    );
  });
});
