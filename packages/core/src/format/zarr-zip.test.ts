import { expect, test } from "vitest";
import { crc32 } from "../crc32.js";
import { openZarr } from "../read-zarr.js";
import { bytesSource, type Source } from "../source.js";
import { findZipBytes, listZip, readZipEntry } from "../zip.js";
import { startZip } from "../zip-write.js";
import { writeOmeZarr } from "./ome-zarr-write.js";
import { zipStore } from "./zarr-zip.js";

const data = Uint16Array.from({ length: 40 * 50 }, (_, i) => (i * 7919) % 4001);
const image = { data, shape: [40, 50], axes: "yx" };

/** An OME-Zarr in a zip, below a folder; `deflate` packs its files a second time. */
async function zipped(folder: string, shard: number, deflate: boolean): Promise<Uint8Array> {
  const zip = startZip();
  const set = (name: string, bytes: Uint8Array) => zip.add(folder + name, bytes, { deflate });
  await writeOmeZarr(image, { set }, { chunk: 16, shard });
  return zip.end();
}

test("an OME-Zarr in a zip, at its root or below a folder, sharded or not", async () => {
  const box = { y: 3, x: 5, height: 30, width: 41 };
  for (const folder of ["", "cells.zarr/", "a/b/"])
    for (const shard of [1, 2])
      for (const deflate of [false, true]) {
        const source = bytesSource("cells.zip", await zipped(folder, shard, deflate));
        const { reader } = await openZarr(await zipStore(source));
        const region = await reader.readRegion({ box });
        expect(region.data[0]).toBe(data[3 * 50 + 5]);
        expect(region.data.at(-1)).toBe(data[32 * 50 + 45]);
      }
});

test("of a stored shard only the pieces that are asked for are read", async () => {
  const large = { ...image, data: new Uint16Array(400 * 500).map((_, i) => i % 65521) };
  const zip = startZip();
  const set = (name: string, bytes: Uint8Array) => zip.add(name, bytes);
  await writeOmeZarr({ ...large, shape: [400, 500] }, { set }, { chunk: 64, shard: 8, levels: 1 });
  const bytes = zip.end();
  let read = 0;
  const source: Source = {
    name: "cells.zip",
    byteLength: bytes.length,
    read: async (start, end) => {
      read += end - start;
      return bytes.subarray(start, end);
    },
  };
  const { reader } = await openZarr(await zipStore(source));
  read = 0;
  await reader.readRegion({ box: { y: 0, x: 0, height: 64, width: 64 } });
  expect(read).toBeLessThan(bytes.length / 10);
});

test("a zip without a Zarr is an error", async () => {
  const zip = startZip();
  zip.add("notes.txt", Uint8Array.of(1));
  await expect(zipStore(bytesSource("notes.zip", zip.end()))).rejects.toThrow(
    "notes.zip is a zip without a Zarr in it",
  );
});

/** A zip of one stored file whose sizes and places stand in the fields for large ones alone. */
function largeZip(content: Uint8Array): Uint8Array {
  const out: number[] = [];
  const put = (value: number, size: number) => {
    for (let i = 0; i < size; i++) out.push(Math.floor(value / 256 ** i) % 256);
  };
  const none = 0xffffffff;
  const head = (signature: number, extra: number) => {
    put(signature, 4);
    if (signature === 0x02014b50) put(45, 2);
    for (const [value, size] of [
      ...[
        [45, 2],
        [0, 2],
        [0, 2],
        [0, 4],
        [crc32(content), 4],
        [none, 4],
        [none, 4],
      ],
      ...[
        [1, 2],
        [extra, 2],
      ],
    ])
      put(value, size);
  };
  head(0x04034b50, 20);
  out.push(0x61);
  for (const [value, size] of [
    [1, 2],
    [16, 2],
    [content.length, 8],
    [content.length, 8],
  ])
    put(value, size);
  out.push(...content);
  const directory = out.length;
  head(0x02014b50, 28);
  for (const [value, size] of [
    [0, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [none, 4],
  ])
    put(value, size);
  out.push(0x61);
  for (const [value, size] of [
    [1, 2],
    [24, 2],
    [content.length, 8],
    [content.length, 8],
    [0, 8],
  ])
    put(value, size);
  const end = out.length;
  for (const [value, size] of [
    ...[
      [0x06064b50, 4],
      [44, 8],
      [45, 2],
      [45, 2],
      [0, 4],
      [0, 4],
      [1, 8],
      [1, 8],
    ],
    ...[
      [end - directory, 8],
      [directory, 8],
      [0x07064b50, 4],
      [0, 4],
      [end, 8],
      [1, 4],
    ],
    ...[
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [0xffff, 2],
      [0xffff, 2],
      [none, 4],
      [none, 4],
      [0, 2],
    ],
  ])
    put(value, size);
  return Uint8Array.from(out);
}

test("a zip whose sizes stand in the fields for more than 4 GiB", async () => {
  const content = Uint8Array.of(5, 6, 7);
  const source = bytesSource("large.zip", largeZip(content));
  const entries = await listZip(source);
  expect(entries).toMatchObject([{ name: "a", size: 3, packed: 3, offset: 0 }]);
  expect(await readZipEntry(source, entries[0], 10)).toEqual(content);
  expect(await findZipBytes(source, entries[0])).toBe(30 + 1 + 20);
});
