import { join } from "node:path";
import {
  type Labels,
  readTable,
  trackedCells,
  writeGeff,
  writeTiff,
  writeTrackmate,
  writeTracks,
  writeTracksTable,
  writeTrk,
} from "@cellwright/core";
import { commandFolder } from "@cellwright/testing";
import { expect, test } from "vitest";
import { memoryContext, run } from "./index.js";
import type { MemoryContext } from "./memory-context.js";

const here = commandFolder<MemoryContext>({ run, context: (changes) => memoryContext(changes) });
const { put, text } = here;
const measured = (...argv: string[]) => here.cellwright(["measure", ...argv]);

/** A block that grows, and two daughters from frame 3 on, of which the second is lost after frame 4. */
const frames = [0, 1, 2, 3, 4, 5].map((t): Labels => {
  const data = new Uint32Array(24 * 32);
  const draw = (label: number, top: number, width: number) => {
    for (let y = top; y < top + 5; y++) data.fill(label, y * 32 + 4, y * 32 + 4 + width);
  };
  if (t < 3) draw(1, 3, 12 + 2 * t);
  else {
    draw(2, 3, 8 + 2 * (t - 3));
    if (t < 5) draw(3, 14, 8 + t);
  }
  return { data, shape: [24, 32], axes: "yx" };
});
const tracks = [
  { label: 1, begin: 0, end: 2, parent: 0 },
  { label: 2, begin: 3, end: 5, parent: 1 },
  { label: 3, begin: 3, end: 4, parent: 1 },
];

function putMovie(): void {
  for (const [t, labels] of frames.entries()) {
    put(`tracks/mask00${t}.tif`, writeTiff(labels));
    const bright = Uint16Array.from(labels.data, (label) => 100 + 50 * label);
    put(`images/t${t}.tif`, writeTiff({ ...labels, data: bright }));
  }
}

test("tracks of other programs' files give the tables that res_track.txt gives", async () => {
  putMovie();
  const cells = trackedCells(frames, tracks);
  const bright = frames.flatMap(({ data }) => Array.from(data, (label) => 100 + 50 * label));
  const raw = { data: Uint16Array.from(bright), shape: [6, 24, 32], axes: "tyx" };
  put("a.csv", writeTracksTable(cells));
  put("a.xml", writeTrackmate(cells));
  put("a.trk", writeTrk({ frames, tracks, raw }));
  put("a.txt", writeTracks(tracks));
  for (const [name, bytes] of writeGeff(cells)) put(join("a.geff", name), bytes);
  const time = ["--interval", "300"];
  put("known/res_track.txt", writeTracks(tracks));
  for (const [t, labels] of frames.entries()) put(`known/mask00${t}.tif`, writeTiff(labels));
  expect((await measured("known", "images", "-o", "first.csv", ...time)).code).toBe(0);
  expect(text("first_tracks.csv")).toMatch(/divided[\s\S]*end of movie[\s\S]*lost/);
  const same = (name: string) => {
    for (const part of ["", "_tracks", "_population"])
      expect(text(`${name}${part}.csv`), `${name}${part}`).toBe(text(`first${part}.csv`));
  };
  for (const ending of ["csv", "xml", "geff", "trk", "txt"]) {
    const argv = ["tracks", "images", "--tracks", `a.${ending}`, "-o", `${ending}.csv`, ...time];
    expect(await measured(...argv)).toEqual({ code: 0, out: "", err: "" });
    same(ending);
  }
  // A .trk has the labels and the images too.
  const alone = await measured("a.trk", "a.trk", "-o", "alone.csv", ...time);
  expect(alone).toEqual({ code: 0, out: "", err: "" });
  same("alone");
});

test("tracks of another movie are refused, and both files named", async () => {
  putMovie();
  const withTracks = (name: string) => measured("tracks", "-o", "x.csv", "--tracks", name);
  put("a.csv", "track_id,t,y,x\n1,0,5,5\n1,1,5,5\n");
  expect(await withTracks("a.csv")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/tracks and a\.csv do not agree: frame 2 has the label 1, whose/),
  });
  put("long.csv", "track_id,t,y,x\n1,6,5,5\n");
  expect(await withTracks("long.csv")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/long\.csv goes to frame 6, tracks has 6 frames/),
  });
  put("words.txt", "one two\n");
  expect((await withTracks("words.txt")).err).toMatch(/words\.txt: line 1 must be four whole/);
  expect((await withTracks("gone.csv")).err).toMatch(/gone\.csv: no such file/);
  put("half.trk", Uint8Array.of(0x1f, 0x8b, 8, 0));
  expect(await measured("half.trk", "-o", "x.csv")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/half\.trk: is damaged/),
  });
  expect(here.list(".").join()).not.toMatch(/x\.csv/);
});

test("in a .trk the pixels are believed, and what was changed is told", async () => {
  const early = tracks.map((track) => (track.label === 1 ? { ...track, end: 1 } : track));
  put("a.trk", writeTrk({ frames, tracks: early }));
  const { code, err } = await measured("a.trk", "-o", "cells.csv");
  const told = "repaired: a.trk: track 1 is in frames 0 to 2, not 0 to 1\n";
  expect({ code, err }).toEqual({ code: 0, err: told });
  const table = readTable(text("cells_tracks.csv"), ["birth", "fate"]);
  expect(table.end_frame).toEqual(Float64Array.of(2, 5, 4));
});
