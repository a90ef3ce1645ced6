import { describe, expect, test } from "vitest";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { writeTiff } from "./tiff-write.js";

/** A file of so many pages of 2 x 3 pixels, each filled with its number, with a text of ours. */
function pagesWith(
  description: string,
  pages: number,
  spacing?: Record<string, number>,
): Uint8Array {
  const data = Uint8Array.from({ length: pages * 6 }, (_, i) => Math.floor(i / 6));
  const image: Image = { data, shape: [pages, 2, 3], axes: "tyx" };
  return writeTiff(spacing ? { ...image, spacing } : image, { description, compression: "none" });
}

function read(bytes: Uint8Array): Promise<Image> {
  return readImage(bytesSource("cells.tif", bytes));
}

/** The page that each plane of the image shows. */
function pagesOf(image: Image): number[] {
  return Array.from(image.data).filter((_, i) => i % 6 === 0);
}

function ome(pixels: string, inside = "", around = ""): string {
  return `<?xml version="1.0" encoding="UTF-8"?><!-- <OME><Image/> --><OME xmlns="x"><Image ID="Image:0"><Pixels SizeX="3" SizeY="2" ${pixels}>${inside}</Pixels></Image>${around}</OME>`;
}

describe("ImageJ", () => {
  test("pages run over channel, slice, frame and become t, c, z", async () => {
    const text = "ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n";
    const image = await read(pagesWith(text, 12));
    expect([image.axes, image.shape]).toEqual(["tczyx", [2, 2, 3, 2, 3]]);
    expect(pagesOf(image)).toEqual([0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
  });

  test("images alone are slices; frames alone are time", async () => {
    expect((await read(pagesWith("ImageJ=1.54f\nimages=3\n", 3))).axes).toBe("zyx");
    expect((await read(pagesWith("ImageJ=1.54f\nimages=3\nframes=3\n", 3))).axes).toBe("tyx");
    expect((await read(pagesWith("ImageJ=1.54f\n", 1))).axes).toBe("yx");
  });

  test("units become micrometres, pixels stay unknown", async () => {
    // The resolution is written in pixels a centimetre of 1 µm: 10000 pixels a unit.
    const size = { y: 1, x: 1 };
    const withUnit = async (lines: string) =>
      (await read(pagesWith(`ImageJ=1.54f\nimages=2\nslices=2\n${lines}`, 2, size))).spacing;
    expect(await withUnit("unit=mm\nspacing=0.002\n")).toEqual({ z: 2, y: 0.1, x: 0.1 });
    expect(await withUnit("unit=\\u00B5m\nspacing=3\n")).toEqual({ z: 3, y: 0.0001, x: 0.0001 });
    expect(await withUnit("unit=pixel\nspacing=3\n")).toBeUndefined();
    expect(await withUnit("finterval=4\n")).toBeUndefined();
  });

  test("a text that does not agree with the pages is an error", async () => {
    await expect(read(pagesWith("ImageJ=1.54f\nimages=6\nslices=6\n", 5))).rejects.toThrow(
      "cells.tif: has 5 pages, ImageJ's text in it speaks of 1 channels x 6 slices x 1 frames",
    );
  });

  test("a large stack behind one directory is read plane after plane", async () => {
    const start = pagesWith("ImageJ=1.54f\nimages=3\nslices=3\n", 1);
    const whole = Uint8Array.from([...start, ...Array(6).fill(1), ...Array(6).fill(2)]);
    const image = await read(whole);
    expect([image.axes, pagesOf(image)]).toEqual(["zyx", [0, 1, 2]]);
    await expect(read(whole.subarray(0, -1))).rejects.toThrow(
      /the stack of 3 planes .* lies beyond the end/,
    );
  });
});

describe("OME", () => {
  test("pages run over the axes of DimensionOrder", async () => {
    const sizes = { C: 2, Z: 3, T: 2 };
    for (const order of ["CZT", "CTZ", "ZCT", "ZTC", "TCZ", "TZC"]) {
      const text = ome(
        `DimensionOrder="XY${order}" SizeC="2" SizeZ="3" SizeT="2" Type="uint8"`,
        "<TiffData/>",
      );
      const image = await read(pagesWith(text, 12));
      expect([image.axes, image.shape]).toEqual(["tczyx", [2, 2, 3, 2, 3]]);
      const expected: number[] = [];
      for (let t = 0; t < 2; t++)
        for (let c = 0; c < 2; c++)
          for (let z = 0; z < 3; z++) {
            const at: Record<string, number> = { T: t, C: c, Z: z };
            const [a, b, d] = order as Iterable<string> as unknown as ("C" | "Z" | "T")[];
            expected.push(at[a] + sizes[a] * (at[b] + sizes[b] * at[d]));
          }
      expect(pagesOf(image)).toEqual(expected);
    }
  });

  test("TiffData may place the pages itself", async () => {
    const parts = [2, 0, 1].map(
      (c, page) => `<TiffData IFD="${page}" FirstC="${c}" PlaneCount="1"><UUID>u</UUID></TiffData>`,
    );
    const text = ome('DimensionOrder="XYCZT" SizeC="3" SizeZ="1" SizeT="1"', parts.join(""));
    expect(pagesOf(await read(pagesWith(text, 3)))).toEqual([1, 2, 0]);
    const twice = ome(
      'DimensionOrder="XYCZT" SizeC="3" SizeZ="1" SizeT="1"',
      parts[0] + parts[0] + parts[1],
    );
    await expect(read(pagesWith(twice, 3))).rejects.toThrow(
      /gives its planes to other pages or files/,
    );
  });

  test("pixel sizes with their units and names of channels", async () => {
    const text = ome(
      'DimensionOrder="XYCZT" SizeC="2" SizeZ="2" SizeT="2" PhysicalSizeX="0.65" PhysicalSizeY="650" PhysicalSizeYUnit="nm" PhysicalSizeZ="2" PhysicalSizeZUnit="&#181;m" TimeIncrement="5" TimeIncrementUnit="min"',
      '<Channel ID="a" Name="phase &amp; &lt;more&gt;"/><Channel Name="DAPI"><LightPath/></Channel>',
    );
    const image = await read(pagesWith(text, 8));
    expect(image.spacing).toEqual({ t: 300, z: 2, y: 0.65, x: 0.65 });
    expect(image.channels).toEqual(["phase & <more>", "DAPI"]);
  });

  test("a lone plane of a set of files is read as a plane, some of many pages are refused", async () => {
    const sizes =
      'DimensionOrder="XYCZT" SizeC="3" SizeZ="5" SizeT="2" PhysicalSizeX="1" PhysicalSizeY="1"';
    const parts = ["a", "b"].map(
      (name) => `<TiffData IFD="0"><UUID FileName="${name}.ome.tif">x</UUID></TiffData>`,
    );
    const text = ome(sizes, parts.join(""));
    expect(await read(pagesWith(text, 1))).toMatchObject({ axes: "yx", spacing: { x: 1, y: 1 } });
    await expect(read(pagesWith(ome(sizes), 1))).rejects.toThrow(
      /has 1 pages, its OME-XML speaks of 30 planes/,
    );
    await expect(read(pagesWith(text, 7))).rejects.toThrow(
      /has 7 pages, its OME-XML speaks of 30 planes/,
    );
  });

  test("several images, other sizes and damaged texts are refused", async () => {
    const sizes = 'SizeC="1" SizeZ="1" SizeT="1"';
    const cases: [string, RegExp][] = [
      [ome(sizes, "", "<Image><Pixels/></Image>"), /holds 2 images/],
      [
        ome(sizes).replace('SizeX="3"', 'SizeX="4"'),
        /pages of 3 x 2 pixels, its OME-XML says 4 x 2/,
      ],
      [ome('SizeC="1" SizeZ="0" SizeT="1"'), /SizeZ must be a whole number, it is "0"/],
      [ome('SizeC="1" SizeT="1"'), /SizeZ must be a whole number, it is ""/],
      [ome(`DimensionOrder="XYCCT" ${sizes}`), /DimensionOrder "XYCCT"/],
      [ome(sizes).replace("<OME x", '<!DOCTYPE a [<!ENTITY b "c">]><OME x'), /XML with a DOCTYPE/],
      [ome(sizes).slice(0, -6), /XML that ends within <OME>/],
    ];
    for (const [text, message] of cases)
      await expect(read(pagesWith(text, 1))).rejects.toThrow(message);
  });
});

describe("without a text that we know", () => {
  test("pages are frames", async () => {
    for (const text of ['{"shape": [3, 2, 3]}', "<MetaData><OMERO/></MetaData>", "<", "hello"])
      expect(await read(pagesWith(text, 3))).toMatchObject({ axes: "tyx", shape: [3, 2, 3] });
  });

  test("a resolution counts from 0.001 to 10 µm a pixel", async () => {
    for (const size of [0.001, 0.65, 10])
      expect((await read(pagesWith("", 1, { y: size, x: size }))).spacing?.x).toBeCloseTo(size, 12);
    // 72 dots an inch say nothing about a microscope.
    for (const size of [0.0001, 25400 / 72])
      expect((await read(pagesWith("", 1, { y: size, x: size }))).spacing).toBeUndefined();
  });
});

describe("pages", () => {
  /** Where the directories of a little-endian classic TIFF lie. */
  function directoriesOf(bytes: Uint8Array): number[] {
    const view = new DataView(bytes.buffer);
    const found: number[] = [];
    for (let at = view.getUint32(4, true); at !== 0; ) {
      found.push(at);
      at = view.getUint32(at + 2 + 12 * view.getUint16(at, true), true);
    }
    return found;
  }

  /** The file with another value for a tag, which must be the `entry`-th, of one page. */
  function changed(bytes: Uint8Array, page: number, entry: number, value: number): Uint8Array {
    const copy = bytes.slice();
    new DataView(copy.buffer).setUint32(
      directoriesOf(copy)[page] + 2 + 12 * entry + 8,
      value,
      true,
    );
    return copy;
  }

  test("smaller copies and masks are passed over, whatever their size", async () => {
    const three = pagesWith("", 3);
    for (const flag of [1, 4, 5]) {
      const image = await read(changed(changed(three, 1, 0, flag), 1, 1, 2));
      expect([image.axes, pagesOf(image)]).toEqual(["tyx", [0, 2]]);
    }
    const none = changed(changed(three, 0, 0, 1), 1, 0, 1);
    expect(await read(none)).toMatchObject({ axes: "yx", data: new Uint8Array(6).fill(2) });
    await expect(read(changed(none, 2, 0, 1))).rejects.toThrow(/holds only smaller copies/);
  });

  test("pages of other sizes are refused", async () => {
    await expect(read(changed(pagesWith("", 3), 2, 2, 1))).rejects.toThrow(
      "cells.tif: page 3 is 3 x 1 x 1 uint8, page 1 is 3 x 2 x 1 uint8: save pages of different kinds as separate images",
    );
  });
});
