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
  const [height, width] = image.shape;
  const out = new Array<number>(height * width).fill(0);
  let count = 0;
  for (let start = 0; start < out.length; start++) {
    if (image.data[start] === 0 || out[start] !== 0) continue;
    out[start] = ++count;
    const stack: number[] = [start];
    for (let i = stack.pop(); i !== undefined; i = stack.pop())
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++) {
          if (connectivity === 4 && dy !== 0 && dx !== 0) continue;
          const y: number = Math.floor(i / width) + dy;
          const x: number = (i % width) + dx;
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          const j = y * width + x;
          if (out[j] !== 0 || image.data[j] !== image.data[start]) continue;
          out[j] = count;
          stack.push(j);
        }
  }
  return out;
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

test("it agrees with flooding on every mask of 3 x 4", () => {
  for (let pattern = 0; pattern < 4096; pattern++) {
    const data = Uint8Array.from({ length: 12 }, (_, i) => (pattern >> i) & 1);
    const image = { data, shape: [3, 4], axes: "yx" };
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
    { seed: 1, numRuns: 300 },
  );
});

test("what is not a plane is refused", () => {
  const cube = { data: new Uint8Array(8), shape: [2, 2, 2], axes: "cyx" };
  expect(() => components(cube)).toThrow(new ShapeError("mask axes", '"yx"', '"cyx"'));
});
