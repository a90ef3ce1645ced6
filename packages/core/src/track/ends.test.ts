import { describe, expect, it } from "vitest";
import { sharedArea, sharedByFrames, turned } from "./ends.js";
import { frameCells } from "./frame-cells.js";

function draw(...rows: string[]) {
  const data = Uint32Array.from(rows.join("").replaceAll(".", "0"), Number);
  return frameCells({ data, shape: [rows.length, rows[0].length], axes: "yx" });
}

const before = draw("11..", "11.2", "...2");
const after = draw("....", ".334", ".334");

describe("sharedByFrames", () => {
  it("counts the pixels that moved cells share", () => {
    const { start, other, area } = sharedByFrames(before, after, 1, 1);
    expect([...start]).toEqual([0, 1, 1]);
    expect([...other]).toEqual([0]);
    expect([...area]).toEqual([4]);
    const still = sharedByFrames(before, after, 0, 0);
    expect([...still.start]).toEqual([0, 1, 2]);
    expect([...still.other]).toEqual([0, 1]);
    expect([...still.area]).toEqual([1, 2]);
  });

  it("agrees with a look at one pair, and with itself turned round", () => {
    const shared = sharedByFrames(before, after, 0.6, 0.4);
    expect([...shared.area]).toEqual([2, 1]);
    expect(sharedArea({ cells: before, cell: 0, dy: 1, dx: 0 }, after, 0)).toBe(2);
    expect(sharedArea({ cells: before, cell: 0, dy: 1, dx: 0 }, after, 1)).toBe(0);
    const round = turned(shared, after.count);
    expect([...round.start]).toEqual([0, 1, 2]);
    expect([...round.other]).toEqual([0, 1]);
    expect([...round.area]).toEqual([2, 1]);
  });
});
