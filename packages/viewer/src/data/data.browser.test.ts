import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Image, writeTiff } from "@cellwright/core";
import { describePage, openSite, type Site, type Visit } from "@cellwright/testing/page";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const pipelines = join(
  dirname(createRequire(import.meta.url).resolve("@itk-wasm/image-io")),
  "pipelines",
);

/** What the program of the page offers to tests. */
declare const kit: typeof import("./open.js");

const program = `
import * as opening from ${JSON.stringify(here("./open.ts"))};
globalThis.kit = opening;
`;

const pixels = Uint16Array.from({ length: 4 * 5 * 6 }, (_, i) => 500 * i);
const raw = Buffer.from(pixels.buffer);

function nrrd(encoding: "raw" | "gzip"): Buffer {
  const lines = ["NRRD0004", "type: uint16", "dimension: 3", "sizes: 6 5 4", "endian: little"];
  const head = `${lines.join("\n")}\nencoding: ${encoding}\n\n`;
  return Buffer.concat([Buffer.from(head), encoding === "gzip" ? gzipSync(raw) : raw]);
}

function mha(): Buffer {
  const lines = ["ObjectType = Image", "NDims = 3", "BinaryData = True", "DimSize = 6 5 4"];
  const end = "BinaryDataByteOrderMSB = False\nElementType = MET_USHORT\nElementDataFile = LOCAL\n";
  return Buffer.concat([Buffer.from(`${lines.join("\n")}\n${end}`), raw]);
}

/** NIfTI-1 in one file: header of 348 bytes, 4 more, the pixels. */
function nifti(): Buffer {
  const head = Buffer.alloc(352);
  head.writeInt32LE(348, 0);
  for (const [i, value] of [3, 6, 5, 4, 1, 1, 1, 1].entries()) head.writeInt16LE(value, 40 + 2 * i);
  head.writeInt16LE(512, 70);
  head.writeInt16LE(16, 72);
  for (let i = 0; i < 8; i++) head.writeFloatLE(1, 76 + 4 * i);
  head.writeFloatLE(352, 108);
  head.writeFloatLE(1, 112);
  head.write("n+1\0", 344, "latin1");
  return Buffer.concat([head, raw]);
}

function mrc(): Buffer {
  const head = Buffer.alloc(1024);
  for (const [i, value] of [6, 5, 4, 6].entries()) head.writeInt32LE(value, 4 * i);
  for (const [i, value] of [6, 5, 4].entries()) head.writeInt32LE(value, 28 + 4 * i);
  for (let i = 0; i < 6; i++) head.writeFloatLE(i < 3 ? 6 : 90, 40 + 4 * i);
  for (let i = 0; i < 3; i++) head.writeInt32LE(i + 1, 64 + 4 * i);
  head.write("MAP ", 208, "latin1");
  head.writeUInt32LE(0x4144, 212);
  return Buffer.concat([head, raw]);
}

/** 24 bits a pixel, bottom row first: 2 x 2, each pixel its blue, green, red. */
function bmp(): Buffer {
  const head = Buffer.alloc(54);
  head.write("BM", 0, "latin1");
  head.writeUInt32LE(70, 2);
  head.writeUInt32LE(54, 10);
  for (const [i, value] of [40, 2, 2].entries()) head.writeUInt32LE(value, 14 + 4 * i);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  head.writeUInt32LE(16, 34);
  const rows = [
    [31, 32, 33, 41, 42, 43, 0, 0],
    [11, 12, 13, 21, 22, 23, 0, 0],
  ];
  return Buffer.concat([head, ...rows.map((row) => Buffer.from(row))]);
}

const wide: Image = {
  data: Uint16Array.from({ length: 900 * 700 }, (_, i) => (i * 40503) & 0xffff),
  shape: [900, 700],
  axes: "yx",
};

const files = new Map<string, Uint8Array>([
  ["/raw.nrrd", nrrd("raw")],
  ["/zipped.nrrd", nrrd("gzip")],
  ["/brain.mha", mha()],
  ["/brain.nii", nifti()],
  ["/brain.nii.gz", gzipSync(nifti())],
  ["/density.mrc", mrc()],
  ["/picture.bmp", bmp()],
  ["/broken.nrrd", nrrd("gzip").subarray(0, 100)],
  ["/wide.tif", writeTiff(wide)],
]);

const patience = 120_000;

describePage("images in a page", () => {
  let site: Site;
  let visit: Visit;
  beforeAll(async () => {
    site = await openSite({
      root: here("../.."),
      program,
      find: (path) =>
        path.startsWith("/itk/") ? readFileSync(join(pipelines, path.slice(5))) : files.get(path),
    });
  }, patience);
  afterAll(() => site?.close());
  beforeEach(async () => {
    visit = await site.visit();
    await visit.page.waitForFunction(() => "kit" in globalThis);
  });

  test.each([false, true])(
    "are read by ITK's readers from the page's own host (in a thread: %s)",
    async (threaded) => {
      const names = [...files.keys()].filter((name) => /raw|zipped|brain|density/.test(name));
      const found = await visit.page.evaluate(
        async ([paths, inThread]) => {
          if (inThread) kit.decodeIn(kit.startThread());
          const read = async (path: string) => {
            const [{ reader, name }] = await kit.openAddress(path);
            const box = { y: 2, x: 3, height: 2, width: 3 };
            const { data } = await reader.readRegion({ index: { z: 3 }, box });
            return [name, reader.axes, reader.shape, reader.type, [...data]];
          };
          return Promise.all(paths.map(read));
        },
        [names, threaded] as const,
      );
      const expected = [0, 1].flatMap((y) =>
        [0, 1, 2].map((x) => 500 * (90 + (y + 2) * 6 + x + 3)),
      );
      const image = ["zyx", [4, 5, 6], "uint16", expected];
      expect(found).toEqual(
        ["raw", "zipped", "brain", "brain", "brain", "density"].map((name) => [name, ...image]),
      );
      expect([visit.problems, visit.strangers]).toEqual([[], []]);
    },
  );

  test("with colours have channels, red first", async () => {
    const found = await visit.page.evaluate(async () => {
      kit.decodeIn(kit.startThread());
      const [{ reader }] = await kit.openAddress("picture.bmp");
      const box = { y: 0, x: 0, height: 2, width: 2 };
      const red = await reader.readRegion({ index: { c: 0 }, box });
      const canvas = new OffscreenCanvas(8, 8);
      const context = canvas.getContext("2d");
      if (context) context.fillStyle = "rgb(250 120 10)";
      context?.fillRect(0, 0, 8, 8);
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 1 });
      const path = "made.jpg";
      const [jpeg] = await kit.openFiles([{ path, file: new File([blob], path) }]);
      const middle = { y: 4, x: 4, height: 1, width: 1 };
      const values = [0, 1, 2].map((c) => jpeg.reader.readRegion({ index: { c }, box: middle }));
      const colour = (await Promise.all(values)).map(({ data }) => data[0]);
      return { axes: reader.axes, red: [...red.data], jpeg: jpeg.reader.axes, colour };
    });
    expect(found).toMatchObject({ axes: "cyx", red: [13, 23, 33, 43], jpeg: "cyx" });
    for (const [i, value] of [250, 120, 10].entries())
      expect(Math.abs(found.colour[i] - value)).toBeLessThanOrEqual(3);
    expect([visit.problems, visit.strangers]).toEqual([[], []]);
  });

  test("that are broken say so, in a thread as in the page, and others open after them", async () => {
    const found = await visit.page.evaluate(async () => {
      const said: unknown[] = [];
      for (const thread of [undefined, kit.startThread()]) {
        kit.decodeIn(thread);
        const error = await kit.openAddress("broken.nrrd").catch((reason: unknown) => reason);
        said.push((error as Error).message, (error as { kind?: string }).kind);
        said.push((await kit.openAddress("raw.nrrd")).length);
      }
      return said;
    });
    const message = expect.stringMatching(/^broken\.nrrd cannot be read as NRRD: it is damaged/);
    expect(found).toEqual([message, "FormatError", 1, message, "FormatError", 1]);
    expect(visit.strangers).toEqual([]);
  });

  test("of our own formats are decoded in a thread, the same pixels", async () => {
    const sums = await visit.page.evaluate(async () => {
      kit.decodeIn(kit.startThread());
      const bytes = await (await fetch("wide.tif")).arrayBuffer();
      const file = new File([bytes], "wide.tif");
      const opened = [
        ...(await kit.openFiles([{ path: "wide.tif", file }])),
        ...(await kit.openAddress("wide.tif")),
      ];
      return Promise.all(
        opened.map(async ({ reader }) => {
          const box = { y: 100, x: 50, height: 700, width: 600 };
          const { data } = await reader.readRegion({ box });
          return Array.from<number>(data).reduce(
            (sum, value, i) => (sum + value * (i % 251)) % 1e9,
            0,
          );
        }),
      );
    });
    let expected = 0;
    for (let i = 0; i < 700 * 600; i++) {
      const at = (100 + Math.floor(i / 600)) * 700 + 50 + (i % 600);
      expected = (expected + wide.data[at] * (i % 251)) % 1e9;
    }
    expect(sums).toEqual([expected, expected]);
    expect([visit.problems, visit.strangers]).toEqual([[], []]);
  });
});
