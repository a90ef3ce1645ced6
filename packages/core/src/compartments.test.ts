import { expect, test } from "vitest";
import { cytoplasmOf, nucleiOf, ringsAround } from "./compartments.js";
import type { Labels } from "./image.js";

function drawn(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join("").replaceAll(".", "0"), Number);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

function text({ data, shape }: Labels): string[] {
  return Array.from({ length: shape[0] }, (_, y) =>
    data
      .subarray(y * shape[1], (y + 1) * shape[1])
      .join("")
      .replaceAll("0", "."),
  );
}

test("a ring keeps its distance from its nucleus and its hands off the neighbour", () => {
  const nuclei = drawn(
    "............",
    ".....4......",
    "............",
    "..........55",
    "............",
  );
  expect(text(ringsAround(nuclei, { width: 1 }))).toEqual([
    "....4.4.....",
    "...4...4..55",
    "....4.4..5..",
    ".....4..5...",
    ".........5..",
  ]);
});

test("cells own the nuclei that mostly lie in them", () => {
  const cells = drawn("111122", "111122", "111122");
  const nuclei = drawn("......", ".77788", "......");
  expect(text(nucleiOf(cells, nuclei))).toEqual(["......", ".11122", "......"]);
  const across = drawn("......", "..999.", "......");
  expect(text(nucleiOf(cells, across))).toEqual(["......", "..11..", "......"]);
  expect(text(cytoplasmOf(cells, across, 0))).toEqual(["111122", "11...2", "111122"]);
  expect(text(cytoplasmOf(cells, across))).toEqual(["11...2", "1.....", "11...2"]);
});

test("without nuclei there are no rings, and all of a cell is cytoplasm", () => {
  const none = drawn("...", "...");
  const cells = drawn("11.", "22.");
  expect(ringsAround(none, { width: 3 }).data).toEqual(none.data);
  expect(cytoplasmOf(cells, none).data).toEqual(cells.data);
  expect(nucleiOf(cells, none).data).toEqual(none.data);
});

test("what makes no sense is refused", () => {
  const cells = drawn("11.", "22.");
  expect(() => ringsAround(cells, { width: 0 })).toThrow(
    "ring width must be a number above 0, got 0",
  );
  expect(() => ringsAround(cells, { width: 1, gap: -1 })).toThrow("gap must be a number from 0");
  expect(() => nucleiOf(cells, drawn("1"))).toThrow("nuclei size must be 2 x 3 like the cells");
});
