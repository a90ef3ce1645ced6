import { expect, test } from "vitest";
import type { Labels } from "./image.js";
import {
  clearBorder,
  countLabels,
  fillHoles,
  indexLabels,
  keepLabels,
  mergeLabels,
  outlines,
  relabel,
  removeSmall,
  splitLabel,
  toLabels,
} from "./labels.js";
import { seeded } from "./random.js";

function labels(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (c) => (c === "." ? 0 : Number.parseInt(c, 36)));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

function text(image: { data: ArrayLike<number>; shape: readonly number[] }): string[] {
  const [height, width] = image.shape;
  const all = Array.from(image.data, (label) => (label === 0 ? "." : label.toString(36))).join("");
  return Array.from({ length: height }, (_, y) => all.slice(y * width, (y + 1) * width));
}

function random(seed: number, top: number): Labels {
  const chance = seeded(seed);
  const shape = [1 + Math.floor(chance() * 9), 1 + Math.floor(chance() * 9)];
  const data = Uint32Array.from({ length: shape[0] * shape[1] }, () => Math.floor(chance() * top));
  return { data, shape, axes: "yx" };
}

test("relabel numbers in reading order, without gaps, and once is enough", () => {
  expect(text(relabel(labels("..77", "33.7", "2...")))).toEqual(["..11", "22.1", "3..."]);
  for (let seed = 0; seed < 50; seed++) {
    const once = relabel(random(seed, 2 ** 32));
    expect(relabel(once)).toEqual(once);
    expect(Math.max(...once.data)).toBe(countLabels(once));
  }
});

test("labels of any size are indexed in rising order, sparse and dense alike", () => {
  for (const big of [5, 4294967295]) {
    const image = { data: Uint32Array.from([0, big, 3, 3, big, 1]), shape: [2, 3], axes: "yx" };
    const { index, numbers } = indexLabels(image);
    expect(Array.from(numbers)).toEqual([1, 3, big]);
    expect(Array.from(index)).toEqual([0, 3, 2, 2, 3, 1]);
  }
});

test("an image of whole numbers becomes labels, also as one page of a stack", () => {
  const image = { data: Float32Array.from([0, 2, 70000, 1]), shape: [1, 2, 2], axes: "tyx" };
  expect(toLabels(image)).toEqual({
    data: Uint32Array.from([0, 2, 70000, 1]),
    shape: [2, 2],
    axes: "yx",
  });
});

test.each([
  [Int16Array.from([0, 0, -1, 0]), "-1 at y 1, x 0"],
  [Float32Array.from([0, 0.5, 1, 0]), "0.5 at y 0, x 1"],
  [Float64Array.from([0, 0, 0, 4294967296]), "4294967296 at y 1, x 1"],
  [Float32Array.from([Number.NaN, 0, 0, 0]), "NaN at y 0, x 0"],
])("%s are not labels", (data, where) => {
  expect(() => toLabels({ data, shape: [2, 2], axes: "yx" }, "truth.tif")).toThrow(
    `truth.tif must be whole numbers from 0 to 4294967295, got ${where}`,
  );
});

test("two planes are not labels", () => {
  const stack = { data: new Uint8Array(8), shape: [2, 2, 2], axes: "cyx" };
  expect(() => toLabels(stack)).toThrow('labels must be one plane "yx", got "cyx" of 2 x 2 x 2');
});

test("small cells go, pixel by pixel counted, others keep their number", () => {
  expect(text(removeSmall(labels("9911", "9.15", ".115"), 3))).toEqual(["9911", "9.1.", ".11."]);
});

test("cells are kept by their number", () => {
  expect(text(keepLabels(labels("12", "34"), (label) => label % 2 === 0))).toEqual([".2", ".4"]);
});

test("cells on any of the four borders go", () => {
  expect(text(clearBorder(labels("1....", ".2.3.", "44...", "..5.6", ".7...")))).toEqual([
    ".....",
    ".2.3.",
    ".....",
    "..5..",
    ".....",
  ]);
});

test("outlines are the pixels beside another label, not those at the image's border", () => {
  expect(text(outlines(labels("1112", "1112", "1112", "....")))).toEqual([
    "..11",
    "..11",
    "1111",
    "....",
  ]);
});

test("a hole in one cell is filled; a gap between two, and one open to the border, stay", () => {
  expect(text(fillHoles(labels("1111222", "1.11.22", "111.222", "1111222", ".111222")))).toEqual([
    "1111222",
    "1111.22",
    "111.222",
    "1111222",
    ".111222",
  ]);
});

test("a ring around another cell stays, and so does a hole that leaks only at a corner is none", () => {
  expect(text(fillHoles(labels("11111", "1...1", "1.2.1", "1...1", "11111")))).toEqual([
    "11111",
    "1...1",
    "1.2.1",
    "1...1",
    "11111",
  ]);
  expect(text(fillHoles(labels(".333", "3.3.", "333.")))).toEqual([".333", "333.", "333."]);
});

test("filling holes twice is filling them once, and removes nothing", () => {
  for (let seed = 0; seed < 80; seed++) {
    const image = random(seed, 3);
    const once = fillHoles(image);
    expect(fillHoles(once)).toEqual(once);
    for (const [i, label] of image.data.entries())
      if (label !== 0) expect(once.data[i]).toBe(label);
  }
});

test("merging gives one cell the other's number", () => {
  const image = labels("12", "32");
  expect(text(mergeLabels(image, 1, 2))).toEqual(["11", "31"]);
  expect(text(image)).toEqual(["12", "32"]);
  expect(() => mergeLabels(image, 1, 9)).toThrow("label must be one of the labels of the image");
});

test("splitting cuts at the waist; the other cells stay", () => {
  const image = labels("111...111", "111111111", "111...111", "7........");
  const split = splitLabel(image, 1, [
    [1, 1],
    [1, 7],
  ]);
  expect(text(split)).toEqual(["111...888", "111118888", "111...888", "7........"]);
});

test("points beside the cell, or twice the same, are refused", () => {
  const image = labels("11.");
  expect(() => splitLabel(image, 1, [[0, 2]])).toThrow("point 0 must be on label 1");
  expect(() =>
    splitLabel(image, 1, [
      [0, 0],
      [0, 0],
    ]),
  ).toThrow("point 1 must be on label 1");
});
