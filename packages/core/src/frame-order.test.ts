import { expect, test } from "vitest";
import { planSeries } from "./frame-order.js";

const numbered = { numbered: true };

test("frames are in the order of their numbers, wherever these begin", () => {
  expect(planSeries(["a/t10.tif", "a/t9.tif", "a/t11.tif"], numbered)).toEqual({
    frames: ["a/t9.tif", "a/t10.tif", "a/t11.tif"],
    first: 9,
  });
});

test("the number that differs counts, also where names have others", () => {
  const files = ["exp7_t01_pos3_masks.tif", "exp7_t02_pos3_masks.tif"];
  expect(planSeries(files, numbered).frames).toEqual(files);
});

test("every fifth frame is no gap; a missing one is told by its number", () => {
  const frames = (...numbers: number[]) => numbers.map((n) => `t${n}.tif`);
  expect(planSeries(frames(0, 5, 10), numbered).frames).toHaveLength(3);
  expect(() => planSeries(frames(0, 1, 2, 4), numbered)).toThrow(
    /^frame 3 is missing between t2\.tif and t4\.tif$/,
  );
  const gapAdvice = "leave it out";
  expect(() => planSeries(frames(0, 1, 3), { ...numbered, gapAdvice })).toThrow(/: leave it out$/);
  expect(() => planSeries(frames(0, 5, 20), numbered)).toThrow(/^frames 10 to 15 are missing/);
  expect(() => planSeries(frames(0, 2, 5), {})).toThrow(/^frame 1 is missing/);
});

test("with gaps allowed, missing frames have their places", () => {
  const { frames } = planSeries(["t1.tif", "t2.tif", "t5.tif"], { ...numbered, allowGaps: true });
  expect(frames).toEqual(["t1.tif", "t2.tif", undefined, undefined, "t5.tif"]);
  expect(() =>
    planSeries(["t1.tif", "t2.tif", "t20260101.tif"], { ...numbered, allowGaps: true }),
  ).toThrow(/is this one movie\?$/);
});

test("one number twice, other names and several numbers are errors that name files", () => {
  expect(() => planSeries(["t1.tif", "t01.tif"], numbered)).toThrow(
    "t1.tif and t01.tif have one frame number (1)",
  );
  expect(() => planSeries(["t1.tif", "sum.tif"], numbered)).toThrow(/t1\.tif and sum\.tif: name/);
  expect(() => planSeries(["t1_c1.tif", "t1_c2.tif", "t2_c1.tif"], numbered)).toThrow(
    /differ in 2: name those of one movie by a pattern/,
  );
  expect(() => planSeries(["t99999999999999999999.tif", "t1.tif"], numbered)).toThrow(/too large/);
});

test("files that were named one by one may be called anything", () => {
  const files = ["z.tif", "a.tif"];
  expect(planSeries(files)).toEqual({ frames: files, first: 0 });
});
