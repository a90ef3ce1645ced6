import { expect, test } from "vitest";
import type { Image, Labels } from "../image.js";
import { normal, seeded } from "../random.js";
import { synthMovie } from "../synth/movie.js";
import { synthNuclei } from "../synth/nuclei.js";
import { cumulativeShifts, frameShift, labelShift } from "./drift.js";

const scene = synthNuclei({ height: 220, width: 260, seed: 3, diameter: 16 });

function crop<T extends Image>(image: T, top: number, left: number, height = 150, width = 170): T {
  const data = image.data.slice(0, height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = image.data[(top + y) * image.shape[1] + left + x];
  return { ...image, data, shape: [height, width] };
}

function noisy(image: Image, deviation: number, seed: number): Image<Float32Array> {
  const random = seeded(seed);
  return { ...image, data: Float32Array.from(image.data, (v) => v + deviation * normal(random)) };
}

test.each([
  [0, 0],
  [1, 0],
  [-7, 12],
  [30, -25],
])("a picture moved by %i, %i is seen to have moved so, also under noise", (y, x) => {
  const [from, to] = [crop(scene.image, 35, 40), crop(scene.image, 35 - y, 40 - x)];
  expect(frameShift(from, to)).toMatchObject({ y, x, sure: true });
  expect(frameShift(noisy(from, 60, 1), noisy(to, 60, 2))).toMatchObject({ y, x, sure: true });
  const [before, after] = [crop(scene.labels, 35, 40), crop(scene.labels, 35 - y, 40 - x)];
  const renumbered = { ...after, data: after.data.map((label) => (label ? 1000 - label : 0)) };
  expect(labelShift(before, renumbered)).toMatchObject({ y, x, sure: true });
});

test("brightness does not matter", () => {
  const [from, to] = [crop(scene.image, 35, 40), crop(scene.image, 30, 40)];
  const dim = { ...to, data: Float32Array.from(to.data, (value) => 0.2 * value + 500) };
  expect(frameShift(from, dim)).toMatchObject({ y: 5, x: 0, sure: true });
});

test("unlike pictures, noise alone and empty frames are not sure", () => {
  const empty: Labels = { data: new Uint32Array(150 * 170), shape: [150, 170], axes: "yx" };
  for (let seed = 0; seed < 6; seed++) {
    const other = crop(synthNuclei({ height: 220, width: 260, seed, diameter: 16 }).labels, 0, 0);
    const another = crop(synthNuclei({ height: 220, width: 260, seed: 50 + seed }).labels, 0, 0);
    expect(labelShift(other, another).sure).toBe(false);
    expect(frameShift(noisy(empty, 1, seed), noisy(empty, 1, seed + 10)).sure).toBe(false);
  }
  const cells = crop(scene.labels, 35, 40);
  const none = { y: 0, x: 0, height: 0, sure: false };
  expect(labelShift(empty, empty)).toEqual(none);
  expect(labelShift(cells, empty)).toEqual(none);
  expect(labelShift(empty, cells)).toEqual(none);
  const dot: Image = { data: new Uint8Array([1]), shape: [1, 1], axes: "yx" };
  expect(frameShift(dot, dot).sure).toBe(false);
  expect(() => frameShift(dot, cells)).toThrow("frame after must be 1 x 1, got 150 x 170");
});

test("the shifts of a movie whose cells move too add up to the stage's way", () => {
  const { frames, stage } = synthMovie({
    kind: "nuclei",
    frames: 8,
    height: 200,
    width: 200,
    drift: 5,
    diameter: 18,
    density: 0.25,
    seed: 4,
  });
  const labels = frames.map((frame) => frame.labels);
  const images = frames.map((frame) => frame.image);
  for (const path of [
    [...cumulativeShifts(labels, labelShift)],
    [...cumulativeShifts(images, frameShift)],
  ]) {
    expect(path[0]).toEqual({ y: 0, x: 0 });
    expect(path.length).toBe(8);
    for (const [frame, { y, x }] of path.entries()) {
      expect(Math.abs(y + stage[frame].y - stage[0].y)).toBeLessThan(2.5);
      expect(Math.abs(x + stage[frame].x - stage[0].x)).toBeLessThan(2.5);
    }
  }
  expect(Math.hypot(stage[7].y, stage[7].x)).toBeGreaterThan(5);
});
