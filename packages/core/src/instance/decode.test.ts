import { expect, test } from "vitest";
import { ModelError } from "../errors.js";
import type { Tensor } from "../image.js";
import { checkDecoder, decode } from "./decode.js";

test("what is left out gets its default", () => {
  expect(checkDecoder({ kind: "watershed", threshold: 0.4 })).toEqual({
    kind: "watershed",
    threshold: 0.4,
    prominence: 0.12,
    minHeight: 0.3,
    smoothing: 1,
    minArea: 16,
  });
  expect(checkDecoder({ kind: "nuclei" })).toEqual({
    kind: "nuclei",
    threshold: 0.75,
    minArea: 100,
    maxEccentricity: 0.95,
    minSolidity: 0.75,
  });
  expect(checkDecoder({ kind: "bacteria", clearBorder: true })).toEqual({
    kind: "bacteria",
    threshold: 0.6,
    minArea: 25,
    minEccentricity: 0.1,
    border: 0,
    clearBorder: true,
  });
  expect(checkDecoder({ kind: "cytoplasm" })).toEqual({
    kind: "cytoplasm",
    iterations: 120,
    smoothing: 1,
  });
});

test("a checked decoder is itself again, also by way of JSON", () => {
  for (const kind of ["watershed", "nuclei", "bacteria", "cytoplasm"]) {
    const decoder = checkDecoder({ kind });
    expect(checkDecoder(JSON.parse(JSON.stringify(decoder)))).toEqual(decoder);
  }
});

test.each([
  [null, 'decoder must be fields, such as kind: "watershed", got null'],
  ["watershed", 'decoder must be fields, such as kind: "watershed", got "watershed"'],
  [[], 'decoder must be fields, such as kind: "watershed", got []'],
  [
    {},
    "decoder kind must be one of watershed, nuclei, bacteria, cytoplasm, stardist, cellpose, got nothing",
  ],
  [
    { kind: "toString" },
    'decoder kind must be one of watershed, nuclei, bacteria, cytoplasm, stardist, cellpose, got "toString"',
  ],
  [
    { kind: "watershed", treshold: 1 },
    "field of the watershed decoder must be one of threshold, prominence, minHeight, smoothing, " +
      'minArea, got "treshold"',
  ],
  [{ kind: "nuclei", threshold: 1.5 }, "decoder threshold must be a number from 0 to 1, got 1.5"],
  [
    { kind: "nuclei", threshold: Number.NaN },
    "decoder threshold must be a number from 0 to 1, got NaN",
  ],
  [
    { kind: "cytoplasm", iterations: 2.5 },
    "decoder iterations must be a whole number from 0 to 10000, got 2.5",
  ],
  [
    { kind: "bacteria", border: -1 },
    "decoder border must be a whole number from 0 to 1000000000, got -1",
  ],
  [{ kind: "bacteria", clearBorder: 1 }, "decoder clearBorder must be true or false, got 1"],
  [
    { kind: "watershed", minArea: "16" },
    'decoder minArea must be a whole number from 0 to 1000000000, got "16"',
  ],
])("%j is refused by the name of its field", (value, message) => {
  expect(() => checkDecoder(value)).toThrow(ModelError);
  expect(() => checkDecoder(value)).toThrow(message);
});

test("the kind says which decoder runs", () => {
  const maps: Tensor = { data: new Float32Array(3 * 64), shape: [3, 8, 8], axes: "cyx" };
  for (let y = 1; y < 7; y++) maps.data.fill(1, 64 + y * 8 + 1, 64 + y * 8 + 5);
  const count = (decoder: unknown) =>
    decode(maps, checkDecoder(decoder)).data.filter((v) => v).length;
  expect(count({ kind: "nuclei", minArea: 10 })).toBe(24);
  expect(count({ kind: "bacteria" })).toBe(0);
  expect(count({ kind: "bacteria", minArea: 24 })).toBe(24);
  expect(count({ kind: "watershed" })).toBe(0);
  expect(() => count({ kind: "cytoplasm" })).toThrow("seeds must be the nuclei");
});

test("one that is already stopped does not begin", () => {
  const maps: Tensor = { data: new Float32Array(3), shape: [3, 1, 1], axes: "cyx" };
  const signal = AbortSignal.abort(new Error("stopped before"));
  expect(() => decode(maps, checkDecoder({ kind: "nuclei" }), { signal })).toThrow(
    "stopped before",
  );
});
