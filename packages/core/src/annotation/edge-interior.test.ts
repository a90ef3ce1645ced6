import { expect, test } from "vitest";
import type { Image } from "../image.js";
import { labelsFromInteriors } from "./edge-interior.js";

/** An image of rows of digits; a dot is 0. */
function image(...rows: string[]): Image<Uint16Array> {
  const data = Uint16Array.from(rows.join(""), (sign) => (sign === "." ? 0 : 1));
  return { data, shape: [rows.length, rows[0].length], axes: "yx" };
}

const interior = image("111...", "111..1", "...11.", "...11.", "....1.");

test("labels are the pieces that share sides; specks are dropped, whatever stands for yes", () => {
  const { labels, types } = labelsFromInteriors([interior]);
  expect(labels).toEqual({
    // biome-ignore format: a picture
    data: Uint32Array.of(
      1, 1, 1, 0, 0, 0,
      1, 1, 1, 0, 0, 0,
      0, 0, 0, 3, 3, 0,
      0, 0, 0, 3, 3, 0,
      0, 0, 0, 0, 3, 0,
    ),
    shape: [5, 6],
    axes: "yx",
  });
  expect(types).toBeUndefined();
  for (const most of [255, 65535]) {
    const scaled = { ...interior, data: interior.data.map((value) => value * most) };
    expect(labelsFromInteriors([scaled]).labels).toEqual(labels);
  }
  expect(new Set(labelsFromInteriors([interior], { minArea: 1 }).labels.data)).toContain(2);
});

test("an edge drawn through an interior parts it", () => {
  const edge = image("..1...", "..1...", "......", "......", "......");
  const { labels } = labelsFromInteriors(
    [image("11111.", "11111.", "......", "......", "......")],
    {
      edge,
      minArea: 1,
    },
  );
  expect([...labels.data.subarray(0, 6)]).toEqual([1, 1, 0, 2, 2, 0]);
});

test("each interior is a type; the first keeps a pixel that both claim", () => {
  const second = image("..1111", "..1111", "......", "......", "......");
  const { labels, types } = labelsFromInteriors([interior, second]);
  expect([...labels.data.subarray(0, 6)]).toEqual([1, 1, 1, 4, 4, 4]);
  expect([...(types ?? [])]).toEqual([
    [1, 0],
    [3, 0],
    [4, 1],
  ]);
});

test("pictures in colour count where any colour does, whatever their opacity", () => {
  const plane = interior.data.length;
  const data = new Uint8Array(4 * plane);
  for (let i = 0; i < plane; i++) data[plane + i] = interior.data[i] * 255;
  data.fill(255, 3 * plane);
  const { labels } = labelsFromInteriors([{ data, shape: [4, 5, 6], axes: "cyx" }]);
  expect(labels.data).toEqual(labelsFromInteriors([interior]).labels.data);
});

test("images of several sizes, or stacks, are refused", () => {
  expect(() => labelsFromInteriors([interior, image("111")])).toThrow(
    'interior 2 must be "yx" or "cyx" of 5 x 6, got "yx" of 1 x 3',
  );
  expect(() => labelsFromInteriors([interior], { edge: image("1") })).toThrow("edge must be");
  expect(() => labelsFromInteriors([])).toThrow("at least one image");
});
