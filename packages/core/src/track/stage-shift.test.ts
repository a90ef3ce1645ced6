import { describe, expect, it } from "vitest";
import type { Labels } from "../image.js";
import { synthMovie } from "../synth/movie.js";
import { synthNuclei } from "../synth/nuclei.js";
import { frameCells } from "./frame-cells.js";
import { commonShift, diameterOf } from "./shift.js";
import { farShift, stageShift } from "./stage-shift.js";

const scene = synthNuclei({ height: 900, width: 900, seed: 3, diameter: 18 }).labels;

/** What a camera sees of the scene, 500 pixels a side: 220 cells. */
function view(top: number, left: number) {
  const data = new Uint32Array(500 * 500);
  for (let y = 0; y < 500; y++)
    data.set(scene.data.subarray((top + y) * 900 + left, (top + y) * 900 + left + 500), y * 500);
  return frameCells({ data, shape: [500, 500], axes: "yx" });
}

/** Discs `[y, x, radius]` on 120 x 120 pixels, moved. */
function discs(list: readonly (readonly [number, number, number])[], dy = 0, dx = 0) {
  const labels: Labels = { data: new Uint32Array(120 * 120), shape: [120, 120], axes: "yx" };
  for (const [n, [cy, cx, radius]] of list.entries())
    for (let i = 0; i < labels.data.length; i++)
      if (Math.hypot(Math.floor(i / 120) - cy - dy, (i % 120) - cx - dx) <= radius)
        labels.data[i] = n + 1;
  return frameCells(labels);
}

describe("farShift", () => {
  it.each([
    [-70, 130],
    [0, -200],
    [150, 0],
  ])("finds a jump of %i, %i pixels, for which nobody votes", (y, x) => {
    const [before, after] = [view(200, 200), view(200 - y, 200 - x)];
    expect(commonShift(before, after, 4 * diameterOf(after))).toBeUndefined();
    expect(farShift(before, after)).toEqual({ y, x });
  });

  it("finds that of a single cell and of two, which are too few to vote", () => {
    expect(farShift(discs([[40, 40, 7]]), discs([[40, 40, 7]], 30, -12))).toEqual({
      y: 30,
      x: -12,
    });
    const two = [
      [30, 40, 6],
      [60, 80, 9],
    ] as const;
    expect(farShift(discs(two), discs(two, -14, 20))).toEqual({ y: -14, x: 20 });
  });

  it("says nothing of stillness, growth, divisions, unlike frames and empty ones", () => {
    const [before, empty] = [view(200, 200), discs([])];
    expect(farShift(before, before)).toBeUndefined();
    const other = synthNuclei({ height: 500, width: 500, seed: 8, diameter: 18 }).labels;
    expect(farShift(before, frameCells(other))).toBeUndefined();
    const mother = discs([[60, 60, 10]]);
    const daughters = [
      [60, 53, 7],
      [60, 68, 7],
    ] as const;
    expect(farShift(mother, discs(daughters))).toBeUndefined();
    expect(farShift(mother, discs([[62, 61, 13]]))).toBeUndefined();
    for (const [a, b] of [
      [empty, empty],
      [empty, mother],
      [mother, empty],
    ])
      expect(farShift(a, b)).toBeUndefined();
  });
});

describe("stageShift", () => {
  it("is the cells' vote where that lays them over one another", () => {
    const cells = [
      [20, 20, 5],
      [30, 70, 6],
      [70, 40, 7],
      [80, 90, 8],
    ] as const;
    expect(stageShift(discs(cells), discs(cells, 9, 14), 60)).toEqual({ y: 9, x: 14 });
    expect(stageShift(discs(cells), discs(cells), 60)).toEqual({ y: 0, x: 0 });
  });

  it("is none where few cells that grow and divide vote for one by chance", () => {
    const { frames } = synthMovie({
      ...{ kind: "nuclei", frames: 21, height: 160, width: 160 },
      ...{ count: 1, doubling: 6, seed: 3 },
    });
    const [before, after] = [18, 19].map((t) => frameCells(frames[t].labels));
    const reach = 4 * diameterOf(after);
    const { y, x } = commonShift(before, after, reach) ?? { y: 0, x: 0 };
    expect(Math.hypot(y, x)).toBeGreaterThan(20);
    expect(stageShift(before, after, reach)).toEqual({ y: 0, x: 0 });
  });
});
