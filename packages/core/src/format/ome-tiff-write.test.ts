import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { seeded } from "../random.js";
import { readImage } from "../read-image.js";
import { openPyramid } from "../read-pyramid.js";
import { bytesSource } from "../source.js";
import { type OmeTiffOptions, writeOmeTiff } from "./ome-tiff-write.js";
import { pixelsOf, type SampleType } from "./sample-type.js";

function noise(type: SampleType, axes: string, shape: number[], most = 2 ** 31): Image {
  const random = seeded(2);
  const data = pixelsOf(
    type,
    shape.reduce((a, b) => a * b),
  );
  for (let i = 0; i < data.length; i++) data[i] = random() * most;
  return { data, shape, axes };
}

/** A file in memory. */
async function written(image: Image, options?: OmeTiffOptions): Promise<Uint8Array> {
  let file = new Uint8Array(0);
  const write = (at: number, bytes: Uint8Array): void => {
    if (at + bytes.length > file.length) {
      const longer = new Uint8Array(at + bytes.length);
      longer.set(file);
      file = longer;
    }
    file.set(bytes, at);
  };
  const length = await writeOmeTiff(image, { write }, options);
  expect(file.length).toBe(length);
  return file;
}

const source = (bytes: Uint8Array) => bytesSource("a.ome.tif", bytes);

test("every type, axes, spacing and channels come back, classic and BigTIFF", async () => {
  const types: SampleType[] = [
    ...(["uint8", "int8", "uint16", "int16"] as const),
    ...(["uint32", "int32", "float32", "float64"] as const),
  ];
  for (const type of types)
    for (const bigTiff of [false, true])
      for (const [axes, shape] of [
        ["yx", [17, 35]],
        ["tczyx", [2, 3, 2, 20, 16]],
      ] as const) {
        const image: Image & Required<Pick<Image, "spacing">> = {
          ...noise(type, axes, [...shape]),
          spacing: { ...(axes === "tczyx" && { t: 90, z: 2 }), y: 0.65, x: 0.325 },
          ...(axes === "tczyx" && { channels: ["DAPI", 'a "b" <c> & d', "µ"] }),
        };
        const bytes = await written(image, { tile: 16, bigTiff });
        const { spacing, ...rest } = await readImage(source(bytes));
        const { spacing: wanted, ...expected } = image;
        expect(rest).toEqual(expected);
        for (const [axis, step] of Object.entries(wanted))
          expect(spacing?.[axis]).toBeCloseTo(step, 9);
      }
});

test("smaller copies of labels are every second pixel of them, on every plane", async () => {
  const image = noise("uint32", "tyx", [2, 70, 101], 2 ** 32);
  image.data.fill(0, 0, 40 * 101);
  const reader = await openPyramid(source(await written(image, { labels: true, tile: 16 })));
  expect(reader.levels.map(({ height, width }) => [height, width])).toEqual([
    [70, 101],
    [35, 51],
    [18, 26],
    [9, 13],
  ]);
  for (const t of [0, 1])
    for (const [level, { height, width }] of reader.levels.entries()) {
      const box = { y: 0, x: 0, height, width };
      const { data } = await reader.readRegion({ index: { t }, box, level });
      const expected: number[] = [];
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          expected.push(image.data[t * 7070 + y * 2 ** level * 101 + x * 2 ** level]);
      expect([...data]).toEqual(expected);
    }
});

test("tiles without cells take no room of their own", async () => {
  const data = new Uint32Array(512 * 512);
  data[100_000] = 70_000;
  const image = { data, shape: [512, 512], axes: "yx" };
  const bytes = await written(image, { labels: true, tile: 16, levels: 1 });
  // 1024 tiles of 8 bytes of places each.
  expect(bytes.length).toBeLessThan(1024 * 8 + 2000);
  expect((await readImage(source(bytes))).data).toEqual(data);
});

test("what cannot be written is refused", async () => {
  const image = noise("uint8", "yx", [4, 4], 9);
  await expect(written(image, { tile: 24 })).rejects.toThrow("a multiple of 16");
  await expect(written({ ...image, axes: "xy" })).rejects.toThrow("image axes must be");
});
