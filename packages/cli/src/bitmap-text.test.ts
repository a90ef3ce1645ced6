import { expect, test } from "vitest";
import { drawText, TEXT, textWidth } from "./bitmap-text.js";

const empty = (height: number, width: number) => ({
  data: new Uint8Array(3 * height * width),
  shape: [3, height, width],
  axes: "cyx",
});

const rowsOf = ({ data, shape }: ReturnType<typeof empty>, channel = 0) =>
  Array.from({ length: shape[1] }, (_, y) =>
    [...data.subarray((channel * shape[1] + y) * shape[2]).subarray(0, shape[2])]
      .map((value) => (value > 0 ? "#" : "."))
      .join(""),
  );

test("a text is written dot by dot, small letters as capitals", () => {
  const picture = empty(TEXT.height, textWidth("t7"));
  drawText(picture, "t7", { y: 0, x: 0, size: 1, colour: [255, 0, 9] });
  expect(rowsOf(picture)).toEqual([
    "#####.#####",
    "..#.......#",
    "..#......#.",
    "..#.....#..",
    "..#....#...",
    "..#....#...",
    "..#....#...",
  ]);
  expect(rowsOf(picture, 1).join("")).not.toContain("#");
  expect(rowsOf(picture, 2)).toEqual(rowsOf(picture));
});

test("a dot may be several pixels, and what lies outside is cut off", () => {
  const picture = empty(4, 6);
  drawText(picture, "é-", { y: -6, x: -12, size: 2, colour: [1, 1, 1] });
  // The unknown sign is a blank of 12 pixels; of the dash's row at 0 … 1 six columns are seen.
  expect(rowsOf(picture)).toEqual(["######", "######", "......", "......"]);
});
