import { expect, test } from "vitest";
import { NO_AUGMENTATION } from "./augment.js";
import { drawBatch } from "./draw.js";
import type { Labels } from "./image.js";
import { makeLesson, type Sample } from "./sample.js";

const base = { batch: 2, crop: 8, seed: 1, augmentation: NO_AUGMENTATION };

/** An image of one brightness with a square cell of 6 pixels a side every 12 pixels. */
function sample(brightness: number, size = 24, types?: Sample["types"]): Sample {
  const data = Uint32Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size), i % size];
    if (y % 12 >= 6 || x % 12 >= 6) return 0;
    return Math.floor(y / 12) * Math.ceil(size / 12) + Math.floor(x / 12) + 1;
  });
  const labels: Labels = { data, shape: [size, size], axes: "yx" };
  const tensor = {
    data: new Float32Array(size * size).fill(brightness),
    shape: [1, size, size],
    axes: "cyx",
  };
  return { name: `${brightness}`, tensor, labels, ...(types && { types }) };
}

/** How often each image was drawn, by its brightness. */
function drawn(lessons: Parameters<typeof drawBatch>[0], options: object): Map<number, number> {
  const counts = new Map<number, number>();
  for (let index = 0; index < 200; index++) {
    const { image } = drawBatch(lessons, index, { ...base, ...options });
    for (const at of [0, 64]) counts.set(image.data[at], (counts.get(image.data[at]) ?? 0) + 1);
  }
  return counts;
}

test("a network that crops is given its margin, and its target is what lies within", () => {
  const [lesson] = [makeLesson(sample(1), { kind: "distance" })];
  const { image, target, weight } = drawBatch([lesson], 0, { ...base, margin: 3 });
  expect([image.shape, target.shape, weight.shape]).toEqual([
    [2, 1, 14, 14],
    [2, 2, 8, 8],
    [2, 1, 8, 8],
  ]);
  const ramp = {
    ...lesson,
    tensor: { ...lesson.tensor, data: Float32Array.from({ length: 576 }, (_, i) => i) },
  };
  const batch = drawBatch([ramp], 0, { ...base, margin: 3 });
  for (let i = 0; i < 64; i++) {
    const place = batch.image.data[(Math.floor(i / 8) + 3) * 14 + (i % 8) + 3];
    expect(batch.target.data[i]).toBe(lesson.target.data[place] / 255);
  }
});

test("balanced classes weigh alike, whatever their number of pixels", () => {
  const lesson = makeLesson(sample(1), { kind: "classes" });
  const { target, weight } = drawBatch([lesson], 0, { ...base, crop: 20, balance: "classes" });
  const sums = [0, 0, 0];
  for (let i = 0; i < 2; i++)
    for (let k = 0; k < 3; k++)
      for (let p = 0; p < 400; p++)
        sums[k] += target.data[(i * 3 + k) * 400 + p] * weight.data[i * 400 + p];
  for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
});

test("images are drawn alike, or by their cells", () => {
  const lessons = [sample(1, 12), sample(2, 48)].map((one) =>
    makeLesson(one, { kind: "distance" }),
  );
  const alike = drawn(lessons, {});
  expect((alike.get(1) as number) / 400).toBeCloseTo(0.5, 1);
  const crowded = drawn(lessons, { crowding: 1 });
  expect((crowded.get(1) as number) / 400).toBeCloseTo(1 / 17, 1);
});

test("where cells are of several types, each type is drawn alike", () => {
  const of = (type: number) => new Map([...Array(20).keys()].map((label) => [label, type]));
  const images = [
    sample(1, 24, of(0)),
    sample(2, 24, of(0)),
    sample(3, 24, of(0)),
    sample(4, 24, of(1)),
  ];
  const lessons = images.map((image) => makeLesson(image, { kind: "distance", types: 2 }));
  expect(lessons.map(({ type }) => type)).toEqual([0, 0, 0, 1]);
  expect((drawn(lessons, {}).get(4) as number) / 400).toBeCloseTo(0.5, 1);
});

test("mixed crops are of two images, each pixel with its own target", () => {
  const blank = sample(5);
  const empty = { ...blank, labels: { ...blank.labels, data: new Uint32Array(576) } };
  const lessons = [sample(1), empty].map((one) => makeLesson(one, { kind: "distance" }));
  let both = 0;
  for (let index = 0; index < 20; index++) {
    const { image, target } = drawBatch(lessons, index, { ...base, crop: 16, mix: 1 });
    const seen = new Set(image.data.subarray(0, 256));
    if (seen.size === 2) both++;
    for (let i = 0; i < 256; i++) if (image.data[i] === 5) expect(target.data[i]).toBe(0);
  }
  expect(both).toBeGreaterThan(5);
});

test("cells are brought to the diameter wanted, image and target alike", () => {
  const lesson = makeLesson(sample(1, 24), { kind: "distance", diameter: 13.54 });
  expect(lesson.tensor.shape).toEqual([1, 48, 48]);
  expect(lesson.target.shape).toEqual([2, 48, 48]);
  expect(lesson.contacts.shape).toEqual([48, 48]);
  const share = (data: Uint8Array) => data.reduce((sum, v) => sum + v, 0) / data.length / 255;
  const before = makeLesson(sample(1, 24), { kind: "distance" });
  expect(share(lesson.target.data)).toBeCloseTo(share(before.target.data), 1);
});
