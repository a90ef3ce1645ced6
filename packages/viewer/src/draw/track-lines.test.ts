import { expect, test } from "vitest";
import { aimAt } from "./frames.js";
import { labelColour } from "./label-colour.js";
import { trackLines } from "./track-lines.js";

const nan = Number.NaN;
const paths = new Map([
  [1, { label: 1, begin: 0, y: Float64Array.of(10, nan, 30), x: Float64Array.of(1, nan, 3) }],
  [2, { label: 2, begin: 3, y: Float64Array.of(40, 50), x: Float64Array.of(4, 5) }],
  [3, { label: 3, begin: 3, y: Float64Array.of(44, 55), x: Float64Array.of(9, 8) }],
]);
const lineage = {
  tracks: [
    { label: 1, begin: 0, end: 2, parent: 0 },
    { label: 2, begin: 3, end: 4, parent: 1 },
    { label: 3, begin: 3, end: 4, parent: 1 },
  ],
  path: (label: number) => paths.get(label),
};
const look = { t: 4, frames: 5, seed: 0, origin: { y: 10, x: 0 } };

const ends = (from: number, to: number, tail: number, head: number, t: number) => {
  const lines = trackLines(lineage, { tail, head, colourBy: "track" }, { ...look, t });
  return [...lines.places].slice(from * 4, to * 4);
};

test("lines bridge frames in which a cell was not seen, and lead from the mother's end to each daughter", () => {
  // Places are counted from the origin.
  expect(ends(0, 5, 4, 0, 4)).toEqual([
    ...[0, 1, 20, 3],
    ...[20, 3, 30, 4],
    ...[30, 4, 40, 5],
    ...[20, 3, 34, 9],
    ...[34, 9, 45, 8],
  ]);
});

test("a tail reaches back, a head ahead, neither farther than it is long", () => {
  expect(ends(0, 9, 1, 0, 4)).toEqual([30, 4, 40, 5, 34, 9, 45, 8]);
  expect(ends(0, 9, 0, 1, 2)).toEqual([20, 3, 30, 4, 20, 3, 34, 9]);
  expect(ends(0, 9, 0, 0, 2)).toEqual([]);
});

test("colours are those of the track, of the founder of its line, or of time", () => {
  const colours = (colourBy: "track" | "lineage" | "time") => {
    const lines = trackLines(lineage, { tail: 1, head: 0, colourBy }, look);
    return Array.from({ length: lines.count }, (_, i) => [
      ...lines.colours.slice(i * 8 + 4, i * 8 + 7),
    ]);
  };
  expect(colours("track")).toEqual([labelColour(2), labelColour(3)]);
  expect(colours("lineage")).toEqual([labelColour(1), labelColour(1)]);
  const [a, b] = colours("time");
  expect(a).toEqual(b);
});

test("a table in which tracks descend from each other does not hang", () => {
  const broken = {
    tracks: [
      { label: 1, begin: 0, end: 2, parent: 2 },
      { label: 2, begin: 0, end: 2, parent: 1 },
    ],
    path: (label: number) => paths.get(label),
  };
  const lines = trackLines(broken, { tail: 9, head: 9, colourBy: "lineage" }, look);
  expect(lines.count).toBeGreaterThan(0);
});

test("a step goes for the newest frame; while it plays, the one under way is finished first", () => {
  const frame = (t: number) => ({ t, z: 0 });
  const still = { shown: frame(0), next: frame(0) };
  const going = aimAt(still, frame(1), false);
  expect(going).toEqual({ shown: frame(0), next: frame(1) });
  expect(aimAt(going, frame(2), false).next).toEqual(frame(2));
  expect(aimAt(going, frame(2), true).next).toEqual(frame(1));
  expect(aimAt(going, frame(0), false)).toEqual(still);
});
