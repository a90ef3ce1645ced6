import fc from "fast-check";
import { expect, test } from "vitest";
import { components } from "./components.js";
import { ShapeError } from "./errors.js";
import type { Labels, Mask } from "./image.js";

function mask(...rows: string[]): Mask {
  const data = Uint8Array.from(rows.join(""), (c) => (c === "." ? 0 : 1));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

function text(labels: Labels): string[] {
  const width = labels.shape[1];
  const all = Array.from(labels.data, (label) => (label === 0 ? "." : label.toString(36))).join("");
  return Array.from({ length: labels.shape[0] }, (_, y) => all.slice(y * width, (y + 1) * width));
}

/** The plain way: flood from each pixel that has no number yet. */
function byFlooding(image: Mask | Labels, connectivity: 4 | 8): number[] {
  const out = new Array<number>(image.data.length).fill(0);
  let count = 0;
  for (const start of out.keys()) {
    if (image.data[start] === 0 || out[start] !== 0) continue;
    count++;
    const reached = new Set([start]);
    for (const i of reached)
      for (const j of around(i, image.shape, connectivity))
        if (image.data[j] === image.data[start]) reached.add(j);
    for (const i of reached) out[i] = count;
  }
  return out;
}

function around(i: number, [height, width]: readonly number[], connectivity: 4 | 8): number[] {
  const y = Math.floor(i / width);
  const x = i % width;
  const steps = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dy, dx]));
  return steps
    .filter(([dy, dx]) => connectivity === 8 || dy === 0 || dx === 0)
    .filter(([dy, dx]) => y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width)
    .map(([dy, dx]) => (y + dy) * width + x + dx);
}

test("pieces that share only a corner are two, unless corners count", () => {
  const image = mask("##..", "..##", "#...");
  expect(text(components(image))).toEqual(["11..", "..22", "3..."]);
  expect(text(components(image, { connectivity: 8 }))).toEqual(["11..", "..11", "2..."]);
});

test("a piece that closes at its end is one, numbered by its first pixel", () => {
  expect(text(components(mask("#.#.#", "#.#.#", "###.#", "...##")))).toEqual([
    "1.1.2",
    "1.1.2",
    "111.2",
    "...22",
  ]);
});

test("touching labels stay apart and a torn one becomes two", () => {
  const data = Uint32Array.from([7, 7, 9, 9, 0, 9, 7, 0, 9]);
  const labels = { data, shape: [3, 3], axes: "yx" };
  expect(text(components(labels))).toEqual(["112", "3.2", "4.2"]);
});

test("it agrees with flooding on every mask of 3 x 3", () => {
  for (let pattern = 0; pattern < 512; pattern++) {
    const data = Uint8Array.from({ length: 9 }, (_, i) => (pattern >> i) & 1);
    const image = { data, shape: [3, 3], axes: "yx" };
    for (const connectivity of [4, 8] as const)
      expect(Array.from(components(image, { connectivity }).data)).toEqual(
        byFlooding(image, connectivity),
      );
  }
});

test("it agrees with flooding on random labels", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
  const images = sizes.chain(([height, width]) =>
    fc
      .array(fc.integer({ min: 0, max: 2 }), {
        minLength: height * width,
        maxLength: height * width,
      })
      .map((values) => ({ data: Uint32Array.from(values), shape: [height, width], axes: "yx" })),
  );
  fc.assert(
    fc.property(images, fc.constantFrom(4 as const, 8 as const), (image, connectivity) => {
      expect(Array.from(components(image, { connectivity }).data)).toEqual(
        byFlooding(image, connectivity),
      );
    }),
    { seed: 1, numRuns: 150 },
  );
});

test("what is not a plane is refused", () => {
  const cube = { data: new Uint8Array(8), shape: [2, 2, 2], axes: "cyx" };
  expect(() => components(cube)).toThrow(new ShapeError("mask axes", '"yx"', '"cyx"'));
});
