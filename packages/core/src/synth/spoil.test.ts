import { expect, test } from "vitest";
import type { Labels } from "../image.js";
import { synthMovieLabels } from "./movie.js";
import { type Spoiled, spoil } from "./spoil.js";

const movie = [
  ...synthMovieLabels({
    kind: "nuclei",
    frames: 8,
    height: 160,
    width: 160,
    density: 0.5,
    seed: 3,
    diameter: 18,
  }),
];

function areaOf({ data }: Labels, label: number): number {
  return data.filter((value) => value === label).length;
}

const all = spoil(movie, { missed: 0.05, merged: 0.05, split: 0.05, seed: 1 });

/** The cells of a frame to which an error was done. */
const cellsOf = ({ error, label, other }: Spoiled): number[] =>
  error === "merged" ? [label, other] : [label];

test("does what it says", () => {
  for (const error of ["missed", "merged", "split"])
    expect(all.errors.filter((one) => one.error === error).length).toBeGreaterThan(3);
  for (const { frame, error, label, other } of all.errors) {
    const [before, after] = [movie[frame], all.frames[frame]];
    const area = areaOf(before, label);
    expect(area).toBeGreaterThan(0);
    if (error === "split") {
      const part = areaOf(after, other) / area;
      expect(areaOf(after, label)).toBe(area - areaOf(after, other));
      expect(part).toBeGreaterThan(0.25);
      expect(part).toBeLessThan(0.75);
      expect(movie.every((one) => !one.data.includes(other))).toBe(true);
    } else expect(areaOf(after, label)).toBe(0);
    if (error === "merged") expect(areaOf(after, other)).toBe(area + areaOf(before, other));
  }
});

test("no cell is spoiled in two frames on end, and all else stays as it is", () => {
  const touched = new Set<string>();
  for (const error of all.errors)
    for (const label of cellsOf(error)) {
      const near = [error.frame - 1, error.frame, error.frame + 1];
      for (const frame of near) expect(movie[frame].data).toContain(label);
      for (const frame of near) expect(touched.has(`${frame} ${label}`)).toBe(false);
      touched.add(`${error.frame} ${label}`);
    }
  for (const [frame, { data }] of all.frames.entries())
    for (const [i, label] of data.entries()) {
      const was = movie[frame].data[i];
      if (label !== was) expect(touched.has(`${frame} ${was}`)).toBe(true);
    }
});

test("nothing asked, nothing done; the same seed does the same", () => {
  const none = spoil(movie);
  expect(none.errors).toEqual([]);
  expect(none.frames.map(({ data }) => `${data}`)).toEqual(movie.map(({ data }) => `${data}`));
  const some = spoil(movie, { missed: 0.1, seed: 2 });
  expect(spoil(movie, { missed: 0.1, seed: 2 }).errors).toEqual(some.errors);
  expect(spoil(movie, { missed: 0.1, seed: 3 }).errors).not.toEqual(some.errors);
  expect(some.frames[0]).toBe(movie[0]);
  expect(() => spoil(movie, { split: 2 })).toThrow("split must be from 0 to 1, got 2");
});
