import { expect, test } from "vitest";
import { historyOf, type Step } from "../edit/history.js";
import { correctedAreas, regionBox, seenBox, within } from "./areas.js";

const size = { y: 1000, x: 1500 };
const none = new Uint32Array(0);
const step = (name: string, t: number, row: number, box: readonly number[]): Step => {
  const [y, x, height, width] = box;
  const page = { at: { t, z: 0 }, row, column: 0, box: { y, x, height, width } };
  return { layer: "a", edit: { name, pages: [{ ...page, before: none, after: none }] } };
};

test("corrections that lie close are one place, those of a network are none, and small ones are widened", () => {
  const past = [
    step("paint", 1, 0, [100, 100, 10, 10]),
    step("paint", 0, 0, [200, 200, 10, 10]),
    step("erase", 0, 0, [230, 200, 10, 10]),
    step("segment by nuclei", 2, 0, [0, 0, 500, 500]),
    step("track", 3, 0, [0, 0, 500, 500]),
    step("paint", 0, 1, [300, 0, 10, 10]),
    { ...step("paint", 5, 0, [0, 0, 9, 9]), layer: "b" },
  ];
  const history = { ...historyOf(), past };
  const around = { margin: 20, least: 80 };
  expect(correctedAreas({ history, corrected: new Map() }, "a", size, around)).toEqual([
    { at: { t: 0, z: 0 }, box: { y: 165, x: 165, height: 110, width: 80 } },
    { at: { t: 0, z: 0 }, box: { y: 777, x: 0, height: 80, width: 45 } },
    { at: { t: 1, z: 0 }, box: { y: 65, x: 65, height: 80, width: 80 } },
  ]);
});

test("what was corrected before a reload counts with what was since", () => {
  const history = { ...historyOf(), past: [step("paint", 0, 0, [5, 5, 4, 4])] };
  const earlier = [
    { at: { t: 0, z: 0 }, box: { y: 7, x: 2, height: 6, width: 6 } },
    { at: { t: 2, z: 0 }, box: { y: 50, x: 60, height: 7, width: 8 } },
  ];
  const corrected = new Map([["a", earlier]]);
  expect(correctedAreas({ history, corrected }, "a", size)).toEqual([
    { at: { t: 0, z: 0 }, box: { y: 5, x: 2, height: 8, width: 7 } },
    earlier[1],
  ]);
});

test("the view is what of the image lies in the window", () => {
  const camera = { y: 500, x: 100, zoom: 2 };
  expect(seenBox({ camera }, { height: 400, width: 600 }, size)).toEqual({
    y: 400,
    x: 0,
    height: 200,
    width: 250,
  });
  const beside = { camera: { ...camera, x: -500 } };
  expect(() => seenBox(beside, { height: 400, width: 600 }, size)).toThrow(
    "view must be on the image",
  );
});

test("a region is whole pixels, and must have been drawn", () => {
  expect(regionBox({ region: [1.5, 2.5, 10, 10] }, size)).toEqual({
    y: 1,
    x: 2,
    height: 11,
    width: 11,
  });
  expect(() => regionBox({}, size)).toThrow("region must be drawn first");
  expect(within({ y: 990, x: -5, height: 20, width: 20 }, size)).toEqual({
    y: 990,
    x: 0,
    height: 10,
    width: 15,
  });
});
