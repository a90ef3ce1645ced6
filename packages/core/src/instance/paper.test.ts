import { expect, test } from "vitest";
import type { Mask, Tensor } from "../image.js";
import { countLabels } from "../labels.js";
import { seeded } from "../random.js";
import { type BacteriaDecoder, decodeBacteria } from "./bacteria.js";
import { type CytoplasmDecoder, decodeCytoplasm } from "./cytoplasm.js";
import { decodeNuclei, type NucleiDecoder } from "./nuclei.js";

const nuclei: NucleiDecoder = {
  kind: "nuclei",
  threshold: 0.75,
  minArea: 5,
  maxEccentricity: 0.95,
  minSolidity: 0.75,
};
const bacteria: BacteriaDecoder = {
  kind: "bacteria",
  threshold: 0.6,
  minArea: 3,
  minEccentricity: 0.1,
  border: 0,
  clearBorder: false,
};
const cytoplasm: CytoplasmDecoder = { kind: "cytoplasm", iterations: 40, smoothing: 1 };

/** Maps whose interior is drawn: "." = 0, "1" … "9" = tenths, "#" = 1. */
function maps(...rows: string[]): Tensor {
  const interior = Float32Array.from(rows.join(""), (c) =>
    c === "." ? 0 : c === "#" ? 1 : Number(c) / 10,
  );
  const data = new Float32Array(3 * interior.length);
  data.set(interior, interior.length);
  return { data, shape: [3, rows.length, rows[0].length], axes: "cyx" };
}

function text(image: { data: ArrayLike<number>; shape: readonly number[] }): string[] {
  const [height, width] = image.shape;
  const all = Array.from(image.data, (label) => (label === 0 ? "." : label.toString(36))).join("");
  return Array.from({ length: height }, (_, y) => all.slice(y * width, (y + 1) * width));
}

test("a nucleus is above the threshold, joined at corners too, and keeps its hole", () => {
  const found = decodeNuclei(maps("###7...", "#7#....", "####...", "....##.", "....##."), {
    ...nuclei,
    minSolidity: 0.5,
    maxEccentricity: 0.99,
  });
  expect(text(found)).toEqual(["111....", "1.1....", "1111...", "....11.", "....11."]);
});

test("what is too small, too long or too dented is no nucleus", () => {
  const drawn = maps(
    "##...............",
    "##..#############",
    ".................",
    "#.....#...###....",
    "#.....#...###....",
    "#.....#...###....",
    "#######..........",
  );
  expect(countLabels(decodeNuclei(drawn, nuclei))).toBe(1);
  expect(countLabels(decodeNuclei(drawn, { ...nuclei, minArea: 4 }))).toBe(2);
  expect(countLabels(decodeNuclei(drawn, { ...nuclei, maxEccentricity: 1 }))).toBe(2);
  expect(countLabels(decodeNuclei(drawn, { ...nuclei, minSolidity: 0 }))).toBe(2);
});

test("the area and the shape of a nucleus are those with its hole filled", () => {
  const ring = maps("###", "#.#", "###");
  expect(countLabels(decodeNuclei(ring, { ...nuclei, minArea: 9 }))).toBe(1);
  expect(countLabels(decodeNuclei(ring, { ...nuclei, minArea: 10 }))).toBe(0);
});

test("several kinds of cells add up to one interior", () => {
  const two = { data: new Float32Array(4 * 9), shape: [4, 3, 3], axes: "cyx" };
  two.data.fill(0.4, 9, 27);
  expect(countLabels(decodeNuclei(two, nuclei))).toBe(1);
});

test("bacteria are long enough and large enough", () => {
  const drawn = maps("######..", "........", "##......", "##...###");
  expect(text(decodeBacteria(drawn, bacteria))).toEqual([
    "111111..",
    "........",
    "........",
    ".....222",
  ]);
  expect(countLabels(decodeBacteria(drawn, { ...bacteria, minEccentricity: 0 }))).toBe(3);
  expect(countLabels(decodeBacteria(drawn, { ...bacteria, minArea: 4 }))).toBe(1);
});

test("a frame can be left out, and cells that it cuts with it", () => {
  const drawn = maps("#........", "####.....", ".........", "..#####..", ".........", ".........");
  const framed = { ...bacteria, border: 1 };
  expect(text(decodeBacteria(drawn, framed))).toEqual([
    ".........",
    ".111.....",
    ".........",
    "..22222..",
    ".........",
    ".........",
  ]);
  expect(text(decodeBacteria(drawn, { ...framed, clearBorder: true }))[3]).toBe("..11111..");
  expect(countLabels(decodeBacteria(drawn, { ...framed, clearBorder: true }))).toBe(1);
  expect(countLabels(decodeBacteria(drawn, { ...bacteria, border: 3 }))).toBe(0);
});

const field = [
  "57897311124542",
  "56887432235542",
  "55677533357643",
  "33456544578753",
  "11245555799753",
  "00145567888754",
  "11246567877666",
  "33456556776678",
  "35565446765678",
  "35554346776678",
];

/** The cells of `field` from two nuclei, as numpy and scipy compute them step by step from the method's description. */
const grown = [
  {
    iterations: 2,
    rows: [
      "..............",
      "..............",
      "...1..........",
      "..............",
      "..............",
      ".........222..",
      ".........222..",
      ".........222..",
      ".........222..",
      "..............",
    ],
  },
  {
    iterations: 6,
    rows: [
      "..............",
      "..............",
      "...1..........",
      ".........22...",
      "........2222..",
      ".......222222.",
      ".......222222.",
      ".......2222222",
      "........22222.",
      ".........222..",
    ],
  },
  {
    iterations: 40,
    rows: [
      "..............",
      "..............",
      "...1..........",
      ".........22...",
      "........2222..",
      ".......222222.",
      ".......222222.",
      ".......2222222",
      ".......222222.",
      "........2222..",
    ],
  },
  {
    iterations: 41,
    rows: [
      "..............",
      "..............",
      "...1..........",
      ".........22...",
      "........2222..",
      ".......222222.",
      "......2222222.",
      ".......2222222",
      ".......222222.",
      "........2222..",
    ],
  },
];

test.each(grown)("after $iterations steps the contour is where the method says", (expected) => {
  const seeds: Mask = { data: new Uint8Array(140), shape: [10, 14], axes: "yx" };
  for (const y of [2, 3]) seeds.data.fill(1, y * 14 + 2, y * 14 + 4);
  for (const y of [6, 7]) seeds.data.fill(1, y * 14 + 9, y * 14 + 12);
  const { iterations } = expected;
  const cells = decodeCytoplasm(maps(...field), { ...cytoplasm, iterations }, { seeds });
  expect(text(cells)).toEqual(expected.rows);
});

test("without nuclei to start from, cells cannot grow; from none, none grow", () => {
  const drawn = maps("###", "###");
  expect(() => decodeCytoplasm(drawn, cytoplasm)).toThrow(
    "seeds must be the nuclei, as labels or mask, got none",
  );
  const none: Mask = { data: new Uint8Array(6), shape: [2, 3], axes: "yx" };
  expect(countLabels(decodeCytoplasm(drawn, cytoplasm, { seeds: none }))).toBe(0);
  const small: Mask = { data: new Uint8Array(4), shape: [2, 2], axes: "yx" };
  expect(() => decodeCytoplasm(drawn, cytoplasm, { seeds: small })).toThrow(
    "seeds size must be 2 x 3 like the maps, got 2 x 2",
  );
});

function randomField(seed: number): { maps: Tensor; mask: Mask } {
  const random = seeded(seed);
  const shape = [16, 20];
  const data = new Float32Array(960).map(() => random());
  const mask = Uint8Array.from({ length: 320 }, () => (random() < 0.08 ? 1 : 0));
  return {
    maps: { data, shape: [3, ...shape], axes: "cyx" },
    mask: { data: mask, shape, axes: "yx" },
  };
}

test("cells carry the numbers of their nuclei", () => {
  for (let seed = 0; seed < 20; seed++) {
    const field = randomField(seed);
    const data = Uint32Array.from(field.mask.data, (inside, i) => (inside ? 700 + i : 0));
    const cells = decodeCytoplasm(
      field.maps,
      { ...cytoplasm, iterations: 0 },
      { seeds: { ...field.mask, data } },
    );
    expect(cells.data.filter((_, i) => data[i] !== 0)).toEqual(data.filter((label) => label !== 0));
  }
});

test("cells of separate nuclei never touch", () => {
  for (let seed = 0; seed < 40; seed++) {
    const field = randomField(seed);
    const steps = { ...cytoplasm, iterations: 1 + (seed % 9) };
    const { data, shape } = decodeCytoplasm(field.maps, steps, { seeds: field.mask });
    const touching = Array.from(data.keys()).filter((i) => {
      const left = i % shape[1] > 0 ? data[i - 1] : 0;
      const up = i >= shape[1] ? data[i - shape[1]] : 0;
      return [left, up].some((label) => label !== 0 && data[i] !== 0 && label !== data[i]);
    });
    expect(touching).toEqual([]);
  }
});

test("stopping stops at the next step, with the signal's own reason", () => {
  const seeds: Mask = { data: Uint8Array.from([0, 1, 0, 1]), shape: [2, 2], axes: "yx" };
  const controller = new AbortController();
  const seen: number[] = [];
  const run = () =>
    decodeCytoplasm(maps("#9", "8#"), cytoplasm, {
      seeds,
      signal: controller.signal,
      onProgress: (done) => {
        seen.push(done);
        if (done === 1) controller.abort(new Error("enough"));
      },
    });
  expect(run).toThrow("enough");
  expect(seen).toEqual([0, 1]);
});
