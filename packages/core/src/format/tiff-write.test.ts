import { describe, expect, test } from "vitest";
import type { Image } from "../image.js";
import { readImage } from "../read-image.js";
import { bytesSource } from "../source.js";
import { pixelsOf, type SampleType } from "./sample-type.js";
import { fractionOf } from "./tiff-pack.js";
import { type TiffWriteOptions, writeTiff } from "./tiff-write.js";

const types: SampleType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
];
const options: TiffWriteOptions[] = [{}, { compression: "none" }, { bigTiff: true }];

function draw(type: SampleType, axes: string, shape: number[]): Image {
  const data = pixelsOf(
    type,
    shape.reduce((a, b) => a * b),
  );
  for (let i = 0; i < data.length; i++)
    data[i] = type.startsWith("float") ? Math.sin(i) * 1e6 : (i * 2654435761) % 4294967296;
  return { data, shape, axes };
}

function read(bytes: Uint8Array): Promise<Image> {
  return readImage(bytesSource("cells.tif", bytes));
}

/** The values of a 2- or 4-byte tag of the first page, for little-endian classic files. */
function tagOf(bytes: Uint8Array, tag: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(4, true);
  for (let at = start + 2; at < start + 2 + 12 * view.getUint16(start, true); at += 12) {
    if (view.getUint16(at, true) !== tag) continue;
    const size = view.getUint16(at + 2, true) === 3 ? 2 : 4;
    const count = view.getUint32(at + 4, true);
    const from = count * size > 4 ? view.getUint32(at + 8, true) : at + 8;
    return Array.from({ length: count }, (_, i) =>
      size === 2 ? view.getUint16(from + 2 * i, true) : view.getUint32(from + 4 * i, true),
    );
  }
  return [];
}

describe("what is written is read back", () => {
  test.each(types)("%s with every set of axes", async (type) => {
    const shapes: [string, number[]][] = [
      ["yx", [1, 1]],
      ["yx", [7, 5]],
      ["cyx", [3, 4, 5]],
      ["zyx", [2, 4, 5]],
      ["tyx", [2, 4, 5]],
      ["tcyx", [2, 3, 4, 5]],
      ["tczyx", [2, 3, 4, 3, 2]],
    ];
    for (const [axes, shape] of shapes)
      for (const option of options) {
        const image = draw(type, axes, shape);
        expect(await read(writeTiff(image, option))).toEqual(image);
      }
  });

  test("axes of length 1 are left out", async () => {
    const image = await read(writeTiff(draw("uint8", "tczyx", [1, 2, 1, 3, 4])));
    expect([image.axes, image.shape]).toEqual(["cyx", [2, 3, 4]]);
  });

  test("spacing, of the axes that there are", async () => {
    const spacing = { t: 90, z: 2.5, y: 0.65, x: 0.325 };
    for (const option of options) {
      const stack = { ...draw("uint16", "tczyx", [2, 2, 2, 3, 4]), spacing };
      expect((await read(writeTiff(stack, option))).spacing).toEqual(spacing);
      const plane = { ...draw("uint16", "yx", [3, 4]), spacing };
      expect((await read(writeTiff(plane, option))).spacing).toEqual({ y: 0.65, x: 0.325 });
    }
    const described = { ...draw("uint16", "yx", [3, 4]), spacing: { y: 0.5, x: 0.5 } };
    const again = await read(writeTiff(described, { description: "made by hand" }));
    expect(again.spacing).toEqual({ y: 0.5, x: 0.5 });
  });

  test("noise of several strips, in which deflate finds nothing", async () => {
    const data = new Uint16Array(700 * 500);
    for (let i = 0, state = 1; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      data[i] = state >>> 16;
    }
    const bytes = writeTiff({ data, shape: [500, 700], axes: "yx" });
    expect(tagOf(bytes, 273).length).toBe(Math.ceil(500 / tagOf(bytes, 278)[0]));
    expect(tagOf(bytes, 273).length).toBeGreaterThan(1);
    const { data: found } = await read(bytes);
    expect(found.every((value, i) => value === data[i])).toBe(true);
  });
});

test("the same image gives the same bytes, and the image is not written to", () => {
  const image = draw("uint16", "cyx", [2, 30, 40]);
  const before = image.data.slice();
  expect(writeTiff(image)).toEqual(writeTiff(image));
  expect(image.data).toEqual(before);
});

test("labels become small by deflate alone: a predictor would be lost on ImageJ", () => {
  const labels = { data: new Uint32Array(512 * 512).fill(7), shape: [512, 512], axes: "yx" };
  const bytes = writeTiff(labels);
  expect(bytes.length).toBeLessThan(8000);
  expect([tagOf(bytes, 259), tagOf(bytes, 317)]).toEqual([[8], []]);
  const floats = writeTiff({ data: new Float32Array(4), shape: [2, 2], axes: "yx" });
  expect([tagOf(floats, 259), tagOf(floats, 317)]).toEqual([[8], []]);
  const stored = writeTiff(labels, { compression: "none" });
  expect([tagOf(stored, 259), tagOf(stored, 317)]).toEqual([[1], []]);
});

test("planes that are not compressed lie one after another, as ImageJ wants them", () => {
  const image = draw("uint16", "zyx", [5, 3, 4]);
  const bytes = writeTiff(image, { compression: "none" });
  const [first] = tagOf(bytes, 273);
  expect(first % 2).toBe(0);
  expect(new Uint16Array(bytes.slice(first).buffer)).toEqual(image.data);
});

test("BigTIFF is written where asked for", () => {
  const image = draw("uint8", "yx", [2, 2]);
  expect([...writeTiff(image).subarray(0, 4)]).toEqual([0x49, 0x49, 42, 0]);
  expect([...writeTiff(image, { bigTiff: true }).subarray(0, 4)]).toEqual([0x49, 0x49, 43, 0]);
});

test("images without y and x, or with axes in another order, are refused", () => {
  for (const axes of ["xy", "yxc", "ctyx", "qyx"]) {
    const image = {
      data: new Uint8Array(2 ** axes.length),
      shape: Array(axes.length).fill(2),
      axes,
    };
    expect(() => writeTiff(image)).toThrow(/image axes must be some of "tczyx" in this order/);
  }
  expect(() => writeTiff({ data: new Uint8Array(3), shape: [2, 2], axes: "yx" })).toThrow(
    /must be 4 values/,
  );
});

test("resolutions become fractions that give the number back", () => {
  for (const value of [1, 1 / 0.65, 10000 / 0.49, 3.7, 1e-4, 12345.678, 4e9, 1e-9, Math.PI]) {
    const [numerator, denominator] = fractionOf(value);
    expect(Number.isInteger(numerator) && Number.isInteger(denominator)).toBe(true);
    expect(Math.max(numerator, denominator)).toBeLessThan(2 ** 32);
    expect(numerator / denominator / value).toBeCloseTo(1, 8);
  }
});
