import { describe, expect, it } from "vitest";
import { axesOf, cellAt, frameCells } from "./frame-cells.js";

/** Labels from rows of digits. */
function draw(...rows: string[]) {
  const data = Uint32Array.from(rows.join("").replaceAll(".", "0"), Number);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

describe("frameCells", () => {
  const cells = frameCells(
    draw(
      ".......", //
      ".77..3.",
      ".77..3.",
      ".....33",
      ".......",
    ),
  );

  it("measures each label once, in rising order", () => {
    expect([...cells.labels]).toEqual([3, 7]);
    expect([...cells.areas]).toEqual([4, 4]);
    expect([...cells.y]).toEqual([2.25, 1.5]);
    expect([...cells.x]).toEqual([5.25, 1.5]);
    expect([...cells.yy]).toEqual([0.6875, 0.25]);
    expect([...cells.xx]).toEqual([0.1875, 0.25]);
    expect([...cells.yx]).toEqual([0.1875, 0]);
    expect([...cells.boxes]).toEqual([1, 5, 4, 7, 1, 1, 3, 3]);
    expect([...cells.border]).toEqual([1, 0]);
  });

  it("keeps the pixels as runs, by row and by cell", () => {
    const pixels: string[] = [];
    for (let k = cells.runStart[0]; k < cells.runStart[1]; k++) {
      const n = cells.runs[k];
      expect(cells.cell[n]).toBe(0);
      pixels.push(`${cells.row[n]}:${cells.start[n]}-${cells.end[n]}`);
    }
    expect(pixels).toEqual(["1:5-6", "2:5-6", "3:5-7"]);
    expect(cellAt(cells, 1, 2)).toBe(1);
    expect(cellAt(cells, 3, 6)).toBe(0);
    expect(cellAt(cells, 1, 3)).toBe(-1);
    expect(cellAt(cells, 0, 0)).toBe(-1);
    expect(cellAt(cells, -1, 0)).toBe(-1);
    expect(cellAt(cells, 2, 7)).toBe(-1);
  });

  it("takes huge labels, labels in pieces and empty frames", () => {
    const data = Uint32Array.of(4294967295, 0, 4294967295, 1, 1, 0);
    const huge = frameCells({ data, shape: [2, 3], axes: "yx" });
    expect([...huge.labels]).toEqual([1, 4294967295]);
    expect([...huge.areas]).toEqual([2, 2]);
    expect(huge.x[1]).toBe(1);
    expect(frameCells(draw("...", "...")).count).toBe(0);
  });

  it("names the axes of a bar", () => {
    const bar = axesOf(frameCells(draw("1111111111")), 0);
    expect(bar.major).toBeCloseTo(11.547, 2);
    expect(bar.minor).toBeCloseTo(1.155, 2);
    expect(Math.abs(bar.x)).toBeCloseTo(1, 6);
  });

  it("wants one plane", () => {
    expect(() => frameCells({ data: new Uint32Array(8), shape: [2, 2, 2], axes: "tyx" })).toThrow(
      /yx/,
    );
  });
});
