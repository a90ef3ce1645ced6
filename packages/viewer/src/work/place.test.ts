import type { Labels } from "@cellwright/core";
import { expect, test } from "vitest";
import { placeCells } from "./place.js";

function labels(...rows: string[]): Labels {
  const data = Uint32Array.from(rows.join(""), (letter) => Number(letter) || 0);
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}
const text = ({ data, shape: [, width] }: Labels) =>
  Array.from({ length: data.length / width }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (n) => (n === 0 ? "." : n)).join(""),
  );
const there = labels("11.2..", "11.2..", "......", "...333");

test("cells whose middle is wanted are replaced, those outside are untouched, new numbers begin where told", () => {
  const found = labels("44..55", "44..55", "......", "666666");
  const placed = placeCells(there, found, { wanted: (y) => y < 2, first: 7 });
  expect(text(placed)).toEqual(["77..88", "77..88", "......", "...333"]);
});

test("a new cell does not come on pixels of one that stays, nor at all where most of it is taken", () => {
  const found = labels("......", "......", "...777", "888777");
  const placed = placeCells(there, found, { wanted: (_, x) => x < 4.6 && x > 3, first: 9 });
  // The middle of 3 is at x 4.5: wanted, so it went, as did 2 with its middle at 3.5.
  expect(text(placed)).toEqual(["11....", "11....", "...999", "...999"]);
  const kept = placeCells(there, found, { wanted: (y, x) => y < 3.2 && x > 3, first: 9 });
  expect(text(kept)).toEqual(["11....", "11....", "...999", "...333"]);
  const mostly = labels("......", "......", ".....7", "...777");
  const none = placeCells(there, mostly, { wanted: (y, x) => y < 3.3 && x > 3, first: 9 });
  expect(text(none)).toEqual(["11....", "11....", "......", "...333"]);
});

test("a cell that is cut where the image goes on stays, as not all of it was looked at", () => {
  const found = labels("55....", "......", "......", "......");
  const wanted = () => true;
  expect(text(placeCells(there, found, { wanted, first: 5 }))[0]).toBe("55....");
  expect(text(placeCells(there, found, { wanted, first: 5, open: { left: true } }))).toEqual([
    "11....",
    "11....",
    "......",
    "......",
  ]);
});

test("labels of another size are refused", () => {
  expect(() => placeCells(there, labels("1"), { wanted: () => true, first: 1 })).toThrow(
    "cells found must be 4 x 6, got 1 x 1",
  );
});
