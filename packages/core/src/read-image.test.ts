import { expect, test } from "vitest";
import { isCoreError } from "./errors.js";
import { writeNpy } from "./format/npy.js";
import { writePng } from "./format/png.js";
import { writeTiff } from "./format/tiff-write.js";
import { type Image, lengthOf, planeOf } from "./image.js";
import { openImage, readImage } from "./read-image.js";
import { bytesSource, type Source } from "./source.js";

const image: Image = {
  data: Uint16Array.from([0, 1, 258, 65535, 7, 8]),
  shape: [2, 3],
  axes: "yx",
};

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

test("a file is known by its bytes, not by its name", async () => {
  for (const bytes of [writeTiff(image), writePng(image), writeNpy(image)])
    expect(await readImage(bytesSource("picture.txt", bytes))).toEqual(image);
});

test.each([
  ["a text file", latin1("dear diary,\n")],
  ["a text file", latin1("\xff\xfeh\0i\0")],
  ["empty", new Uint8Array(0)],
  ["a JPEG file", latin1("\xff\xd8\xff\xe0\0\x10JFIF")],
  ["a ZIP file", latin1("PK\x03\x04\x14\0")],
  ["an HDF5 file", latin1("\x89HDF\r\n\x1a\n\0")],
  ["a WebP file", latin1("RIFF\x10\0\0\0WEBPVP8 ")],
  ["a DICOM file", latin1(`${"\0".repeat(128)}DICM`)],
  ["all zeros at its beginning", new Uint8Array(100)],
  ["of a kind we do not know", latin1("\x01\x02\x03")],
])("%s is said to be that", async (kind, bytes) => {
  const error: unknown = await readImage(bytesSource("notes.tif", bytes)).catch((reason) => reason);
  expect(isCoreError(error, "FormatError")).toBe(true);
  expect((error as Error).message).toBe(
    `notes.tif is ${kind}, not an image we read: give TIFF, PNG, NPY or NPZ`,
  );
});

test.each([
  ["a Zeiss CZI file", latin1("ZISRAWFILE\0\0")],
  ["a Nikon ND2 file", latin1("\xda\xce\xbe\x0a\0\0")],
  ["a Leica LIF file", latin1("\x70\0\0\0\x10\0")],
  ["a DeltaVision file", latin1(`${"\x01".repeat(96)}\xa0\xc0`)],
])("%s is said to be that, with what converts it", async (kind, bytes) => {
  await expect(readImage(bytesSource("cells.tif", bytes))).rejects.toThrow(
    `cells.tif is ${kind}, not an image we read: convert it with Bio-Formats, to OME-TIFF (bfconvert) or OME-Zarr (bioformats2raw)`,
  );
});

test("the size limit holds for every format and names the file", async () => {
  for (const bytes of [writeTiff(image), writePng(image), writeNpy(image)]) {
    const source = bytesSource("big.tif", bytes);
    const error: unknown = await readImage(source, { maxBytes: 11 }).catch((reason) => reason);
    expect(isCoreError(error, "UnsupportedError")).toBe(true);
    expect((error as Error).message).toMatch(
      /^big\.tif: takes \d+ bytes when decoded, the limit is 11/,
    );
  }
});

test("large files are read in pieces, a page's strips at a time", async () => {
  const data = Uint16Array.from({ length: 1000 * 1000 }, (_, i) => (i * i) % 65521);
  const bytes = writeTiff({ data, shape: [1000, 1000], axes: "yx" }, { compression: "none" });
  let largest = 0;
  const source: Source = {
    name: "big.tif",
    byteLength: bytes.length,
    read: async (start, end) => {
      largest = Math.max(largest, end - start);
      return bytes.subarray(start, end);
    },
  };
  const found = (await readImage(source)).data;
  expect(found.every((value, i) => value === data[i])).toBe(true);
  expect(largest).toBeLessThan(300_000);
});

test("a source that gives fewer bytes than it says it has is an error", async () => {
  const bytes = writeTiff(image);
  const source: Source = {
    name: "shrunk.tif",
    byteLength: bytes.length,
    read: async (start, end) => bytes.subarray(start, Math.min(end, bytes.length - 1)),
  };
  await expect(readImage(source)).rejects.toThrow(/^shrunk\.tif: gave \d+ of the \d+ bytes/);
});

test("errors of the source itself are passed on as they are", async () => {
  const source: Source = {
    name: "gone.tif",
    byteLength: 100,
    read: async () => {
      throw new TypeError("disk on fire");
    },
  };
  await expect(readImage(source)).rejects.toThrow(new TypeError("disk on fire"));
});

test("planes read one by one are those of the whole image, in any layout", async () => {
  const data = Uint16Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i * 7);
  const stack: Image = { data, shape: [2, 3, 4, 5], axes: "tcyx", spacing: { y: 0.5, x: 0.5 } };
  const frames: Image = { data, shape: [6, 4, 5], axes: "tyx" };
  const array: Image = { data: Float32Array.from(data), shape: [6, 4, 5], axes: "cyx" };
  for (const [bytes, length] of [
    [writeTiff(stack), 6],
    [writeTiff(frames, { compression: "none" }), 6],
    [writeNpy(array), 6],
    [writePng({ data: Uint8Array.from(data.slice(0, 60)), shape: [3, 4, 5], axes: "cyx" }), 3],
  ] as const) {
    const source = bytesSource("stack", bytes);
    const whole = await readImage(source);
    const { readPlane, ...opened } = await openImage(source);
    const { data: _, ...known } = whole;
    expect(opened).toEqual(known);
    const [outer, inner] = whole.axes.slice(0, -2).padStart(2, "z");
    let planes = 0;
    for (let a = 0; a < lengthOf(whole, outer); a++)
      for (let b = 0; b < lengthOf(whole, inner); b++) {
        const index = { [outer]: a, [inner]: b };
        expect(await readPlane(index)).toEqual(planeOf(whole, index));
        planes++;
      }
    expect(planes).toBe(length);
    await expect(readPlane({ [inner]: 99 })).rejects.toThrow(/^index of axis . must be 0 to/);
  }
});

test("a plane is read without the pixels of the others, and the limit is that of a plane", async () => {
  const data = Uint16Array.from({ length: 50 * 100 * 100 }, (_, i) => (i * i) % 65521);
  const image: Image = { data, shape: [50, 100, 100], axes: "tyx" };
  for (const bytes of [writeTiff(image, { compression: "none" }), writeNpy(image)]) {
    let read = 0;
    const source: Source = {
      name: "movie",
      byteLength: bytes.length,
      read: async (start, end) => {
        read += end - start;
        return bytes.subarray(start, end);
      },
    };
    const reader = await openImage(source, { maxBytes: 100 * 100 * 2 });
    await reader.readPlane(reader.axes.startsWith("t") ? { t: 49 } : { c: 49 });
    expect(read).toBeLessThan(bytes.length / 4);
    await expect(openImage(source, { maxBytes: 100 * 100 * 2 - 1 })).rejects.toThrow(
      /the limit is/,
    );
  }
});
