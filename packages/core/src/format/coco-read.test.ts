import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { seeded } from "../random.js";
import { writeCoco } from "./coco.js";
import { readCoco } from "./coco-read.js";

function noise(height: number, width: number, step: number): Labels {
  const random = seeded(height);
  const data = Uint32Array.from({ length: height * width }, () => Math.floor(random() * 4) * step);
  return { data, shape: [height, width], axes: "yx" };
}

test("polygons and runs give the labels they were made of, image by image", () => {
  const images = [
    { file: "a.tif", labels: noise(31, 22, 1), t: 0 },
    { file: "a.tif", labels: noise(31, 22, 70_001), t: 1 },
    { file: "b.tif", labels: noise(9, 50, 3) },
    { file: "empty.tif", labels: { data: new Uint32Array(6), shape: [2, 3], axes: "yx" } },
  ];
  expect(readCoco(writeCoco(images))).toEqual(images);
});

test("above 65 535 cells", () => {
  const data = Uint32Array.from({ length: 300 * 240 }, (_, i) => i + 1);
  const labels = { data, shape: [300, 240], axes: "yx" };
  expect(readCoco(writeCoco([{ file: "a", labels }]))[0].labels.data).toEqual(data);
});

const file = (annotations: object[], image: object = {}) =>
  JSON.stringify({
    images: [{ id: 5, file_name: "a", height: 3, width: 4, ...image }],
    annotations: annotations.map((annotation) => ({ image_id: 5, ...annotation })),
  });

test("compressed runs as COCO's own tools write them, overlaps, crowds, several polygons", () => {
  // The counts 1 2 1 2 6, the last two as differences from those two before.
  const packed = { size: [3, 4], counts: "12105" };
  expect([...readCoco(file([{ segmentation: packed }]))[0].labels.data]).toEqual([
    ...[0, 0, 0, 0],
    ...[1, 1, 0, 0],
    ...[1, 1, 0, 0],
  ]);
  const crowd = { segmentation: { size: [3, 4], counts: [0, 12] }, iscrowd: 1 };
  const two = {
    segmentation: [
      [0, 0, 1, 0, 1, 1, 0, 1],
      [0, 0, 2, 0, 2, 1, 0, 1],
    ],
  };
  const later = { segmentation: [[1, 0, 4, 0, 4, 1, 1, 1]] };
  expect([...readCoco(file([crowd, two, later]))[0].labels.data.subarray(0, 4)]).toEqual([
    1, 1, 2, 2,
  ]);
});

test("damaged files are refused", () => {
  for (const [text, message] of [
    ["{}", /must be COCO/],
    ["{", /must be JSON/],
    [file([{ segmentation: [[1, 2, 3]] }]), /must have polygons of numbers/],
    [file([{ segmentation: {} }]), /must have polygons, or runs that fill an image of 3 x 4/],
    [file([{ segmentation: { size: [3, 4], counts: [1, 5] } }]), /runs that fill/],
    [file([{ segmentation: { size: [3, 4], counts: [-1, 13] } }]), /runs that fill/],
    [file([{ segmentation: { size: [4, 3], counts: [12] } }]), /runs that fill/],
    [file([{ image_id: 6 }]), /is of image 6, which is not there/],
    [file([], { height: 0 }), /must have height and width/],
    [file([], { height: 1e6, width: 1e6 }), /the limit is/],
  ] as const)
    expect(() => readCoco(text)).toThrow(message);
});
