import { lengthOf, pyramidOf } from "@cellwright/core";
import { expect, test } from "vitest";
import { fieldsOf } from "./read.js";
import { readImage, readLabels, readSource } from "./source.js";
import { writeNdArray } from "./wire.js";

const signal = new AbortController().signal;
const host = { open: () => Promise.reject(new Error("nothing is opened here")) };
const array = (shape: readonly number[]) =>
  writeNdArray(
    Uint16Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    shape,
    "buffer",
  );

test.each([
  [[4, 5], "yx", [4, 5]],
  [[4, 5, 1], "cyx", [1, 4, 5]],
  [[4, 5, 3], "cyx", [3, 4, 5]],
  [[6, 7, 8], "zyx", [6, 7, 8]],
  [[2, 6, 7, 3], "czyx", [3, 2, 6, 7]],
  [[1, 1, 6, 7], "tzyx", [1, 1, 6, 7]],
  [[2, 3, 6, 7, 4], "tczyx", [2, 4, 3, 6, 7]],
])("an array of shape %j is %s, as ImageJ.JS and itk-vtk-viewer mean it", (given, axes, shape) => {
  const image = readImage(array(given));
  expect(image.axes).toBe(axes);
  expect(image.shape).toEqual(shape);
});

test("colours that lie side by side come to lie behind each other", () => {
  const image = readImage(array([2, 2, 3]));
  expect([...image.data]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  const said = readImage(array([2, 3, 4]), "xyz");
  expect(said.shape).toEqual([4, 3, 2]);
  expect([...said.data].slice(0, 4)).toEqual([0, 12, 4, 16]);
});

test("an image of ITK, and numbers with a shape", () => {
  const itk = {
    imageType: { dimension: 2, components: 2 },
    size: [3, 2],
    data: new Uint8Array(12),
  };
  expect(readImage(itk)).toMatchObject({ axes: "cyx", shape: [2, 2, 3] });
  const plain = { data: new Uint8ClampedArray(6), shape: [2, 3] };
  expect(readImage(plain).data).toEqual(new Uint8Array(6));
  expect(readImage({ ...plain, axes: "xy" }).shape).toEqual([3, 2]);
});

test.each([
  [
    [
      [1, 2],
      [3, 4],
    ],
    "a list: send its numbers as an ndarray",
  ],
  [42, "got 42"],
  [{ imageType: { components: 1 }, size: [9, 9], data: new Uint8Array(4) }, "4 numbers"],
  [{ imageType: null, size: "9", data: null }, "ITK image"],
  [{ data: new BigInt64Array(4), shape: [2, 2] }, "convert numbers of 64 bits to int32"],
  [{ data: new Uint8Array(4), shape: [2, 3] }, "a shape that fits it"],
  [array([2, 2, 2, 2, 2, 2]), "of 2 to 5 axes"],
])("what is no image is refused: %#", (value, message) => {
  expect(() => readImage(value)).toThrow(message);
});

test.each(["yxx", "y", "yxq", "yx!", "tyx"])("axes %j do not fit an array of two", (axes) => {
  expect(() => readImage(array([2, 2]), axes)).toThrow('a letter of "tczyx"');
});

test("an address is opened by the host, and what is too large is refused before a pixel is read", async () => {
  const reader = { ...pyramidOf(readImage(array([2, 2]))), shape: [9000, 9000] };
  const opens = { open: async () => ({ name: "a.tif", reader }) };
  await expect(
    readSource({ url: "https://a.example/a.tif" }, fieldsOf({}, "options"), opens, signal),
  ).rejects.toThrow("at most 67108864 pixels a plane");
  await expect(
    readSource({ url: "a", more: 1 }, fieldsOf({}, "options"), opens, signal),
  ).rejects.toThrow('no field "more"');
});

test("labels are whole numbers without channels", async () => {
  const given = await readSource(
    array([3, 2, 5]),
    fieldsOf({ axes: "tyx" }, "options"),
    host,
    signal,
  );
  const labels = await readLabels(given, signal);
  expect(labels).toMatchObject({ axes: "tyx", shape: [3, 2, 5] });
  expect(lengthOf(labels, "t")).toBe(3);
  expect(labels.data[29]).toBe(29);
  const half = writeNdArray(Float32Array.of(0, 1.5), [1, 2], "buffer");
  const odd = await readSource(half, fieldsOf({}, "options"), host, signal);
  await expect(readLabels(odd, signal)).rejects.toThrow(
    "whole numbers from 0 to 4294967295, got 1.5",
  );
});
