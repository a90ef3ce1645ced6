import { expect, test } from "vitest";
import { groupEntries } from "./group.js";

/** What the groups of files with these paths are, in short words. */
function plan(...paths: string[]): string[] {
  const entries = paths.map((path) => ({ path, file: new File([], path) }));
  return groupEntries(entries).map((group) => {
    if (group.kind === "file") return `file ${group.entry.path}`;
    if (group.kind === "zarr") return `zarr ${group.root} of ${group.entries.length}`;
    const tracks = group.tracks ? ` with ${group.tracks.path}` : "";
    return `movie ${group.name}: ${group.frames.map(({ path }) => path).join(" ")}${tracks}`;
  });
}

test("numbered files of a folder are a movie, in the order people count", () => {
  expect(plan("m/t10.tif", "m/t9.tif", "m/t11.tif")).toEqual([
    "movie m: m/t9.tif m/t10.tif m/t11.tif",
  ]);
  expect(plan("t1.tif", "t2.tif")).toEqual(["movie t1: t1.tif t2.tif"]);
});

test("channels by their words, and positions by their first number, are movies of their own", () => {
  expect(plan("a/phase_1.tif", "a/dapi_1.tif", "a/phase_2.tif", "a/dapi_2.tif")).toEqual([
    "movie a phase: a/phase_1.tif a/phase_2.tif",
    "movie a dapi: a/dapi_1.tif a/dapi_2.tif",
  ]);
  expect(plan("xy1_t1.tif", "xy1_t2.tif", "xy2_t1.tif", "xy2_t2.tif")).toEqual([
    "movie xy1_t: xy1_t1.tif xy1_t2.tif",
    "movie xy2_t: xy2_t1.tif xy2_t2.tif",
  ]);
});

test("the challenge's folders are a movie and its labels with their tracks, labels last", () => {
  const truth = ["01_GT/TRA/man_track000.tif", "01_GT/TRA/man_track001.tif"];
  expect(plan(...truth, "01_GT/TRA/man_track.txt", "01/t000.tif", "01/t001.tif")).toEqual([
    "movie 01: 01/t000.tif 01/t001.tif",
    `movie TRA man_track: ${truth.join(" ")} with 01_GT/TRA/man_track.txt`,
  ]);
});

test("of a folder only images are looked into; what is dropped by itself always is", () => {
  expect(plan("a/notes.txt", "a/cell.tif", "a/.DS_Store", "a/cell_preview.png")).toEqual([
    "file a/cell.tif",
  ]);
  expect(plan("strange.bin")).toEqual(["file strange.bin"]);
});

test("names that differ in words stand alone, labels after images", () => {
  expect(plan("cell_masks.tif", "cell.tif", "other.png")).toEqual([
    "file cell.tif",
    "file other.png",
    "file cell_masks.tif",
  ]);
});

test("a folder with Zarr's metadata is one thing, with all that lies in it", () => {
  expect(plan("d/x.zarr/zarr.json", "d/x.zarr/0/zarr.json", "d/x.zarr/0/c/0/0", "d/a.tif")).toEqual(
    ["zarr d/x.zarr of 3", "file d/a.tif"],
  );
  expect(plan("y/.zgroup", "y/.zattrs", "y/0/.zarray", "y/0/0.0")).toEqual(["zarr y of 4"]);
});
