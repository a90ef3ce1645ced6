import { describe, expect, it } from "vitest";
import { seeded } from "../random.js";
import { frameCells } from "./frame-cells.js";
import { commonShift, diameterOf } from "./shift.js";

/** Squares of 6 px at these places. */
function squares(places: readonly (readonly [number, number])[]) {
  const data = new Uint32Array(200 * 200);
  for (const [i, [y, x]] of places.entries())
    for (let row = y; row < y + 6; row++)
      data.fill(i + 1, row * 200 + x, row * 200 + x + 6 + (i % 4));
  return frameCells({ data, shape: [200, 200], axes: "yx" });
}

const random = seeded(2);
const places = Array.from(
  { length: 30 },
  (_, i) =>
    [30 * Math.floor(i / 6) + Math.floor(12 * random()) + 20, 28 * (i % 6) + 10] as [
      number,
      number,
    ],
);

describe("commonShift", () => {
  it("finds a movement of many cells, though some do not take part", () => {
    const moved = places.map(
      ([y, x], i) => (i % 5 === 0 ? [y, x] : [y - 17, x + 9]) as [number, number],
    );
    expect(commonShift(squares(places), squares(moved), 30)).toEqual({ y: -17, x: 9 });
    expect(commonShift(squares(places), squares(places), 30)).toEqual({ y: 0, x: 0 });
  });

  it("says nothing of too few cells, or of cells that do not agree", () => {
    expect(commonShift(squares(places.slice(0, 2)), squares(places), 30)).toBeUndefined();
    const scattered = places.map(() => [Math.floor(190 * random()), Math.floor(188 * random())]);
    const others = squares(scattered as [number, number][]);
    expect(commonShift(squares(places.slice(0, 12)), others, 8)).toBeUndefined();
  });
});

describe("diameterOf", () => {
  it("is that of the median cell, 0 of none", () => {
    expect(diameterOf(squares([[10, 10]]))).toBeCloseTo(Math.sqrt(144 / Math.PI), 9);
    expect(diameterOf(squares([]))).toBe(0);
  });
});
