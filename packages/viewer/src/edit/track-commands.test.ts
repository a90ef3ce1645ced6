import { type Labels, synthMovieLabels, type Track, track } from "@cellwright/core";
import { expect, test } from "vitest";
import { changeTool } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { bookOf, pagesOf } from "./apply.js";
import { blankWorkspace } from "./blank-workspace.js";
import { deleteLabel, mergeLabels, relabelCell, undo } from "./commands.js";
import { startGesture } from "./gesture.js";
import { newLabelsLayer } from "./layers.js";
import {
  cutTrack,
  linkTracks,
  markDivision,
  removeParent,
  replaceMovie,
  swapTracks,
} from "./track-commands.js";

/** A row of cells a frame; a digit is a label. */
function movie(...rows: readonly string[]): { workspace: Workspace; layer: string } {
  const workspace = blankWorkspace();
  const labels = rows.map(
    (row): Labels => ({
      data: Uint32Array.from(row, (digit) => (digit === "." ? 0 : Number(digit))),
      shape: [1, row.length],
      axes: "yx",
    }),
  );
  const seen = new Map<number, Track>();
  for (const [t, { data }] of labels.entries())
    for (const label of data)
      if (label !== 0)
        seen.set(label, { label, begin: seen.get(label)?.begin ?? t, end: t, parent: 0 });
  const size = { t: rows.length, z: 1, y: 1, x: rows[0].length };
  const tracks = [...seen.values()];
  return { workspace, layer: newLabelsLayer(workspace, { name: "cells", size, labels, tracks }) };
}

function seen({ workspace, layer }: { workspace: Workspace; layer: string }): {
  rows: string[];
  tracks: string[];
} {
  const store = pagesOf(workspace, layer);
  const rows = Array.from({ length: store.size.t }, (_, t) => {
    const { data } = store.readNow({ t, z: 0 }, { y: 0, x: 0, height: 1, width: store.size.x });
    return [...data].map((label) => (label === 0 ? "." : label.toString(36))).join("");
  });
  const tracks = bookOf(workspace, layer).tracks.map(
    ({ label, begin, end, parent }) => `${label}:${begin}-${end}<${parent}`,
  );
  return { rows, tracks };
}

test("a track is cut and linked again; across frames without it, the later one comes from the earlier one", () => {
  const { workspace, layer } = movie("1..", "1..", ".1.", ".1.", "...", "..2");
  const it = { workspace, layer };
  const before = seen(it);
  cutTrack(workspace, layer, 1, 2);
  expect(seen(it)).toEqual({
    rows: ["1..", "1..", ".3.", ".3.", "...", "..2"],
    tracks: ["1:0-1<0", "2:5-5<0", "3:2-3<0"],
  });
  linkTracks(workspace, layer, 1, 3);
  expect(seen(it)).toEqual(before);
  linkTracks(workspace, layer, 1, 2);
  expect(seen(it).tracks).toEqual(["1:0-3<0", "2:5-5<1"]);
  expect(() => cutTrack(workspace, layer, 1, 0)).toThrow("1 to 3, got 0");
  expect(() => linkTracks(workspace, layer, 2, 1)).toThrow("cut one of them first");
});

test("a division is marked where the mother goes on under her number, and its parts are taken apart again", () => {
  const it = movie("1...", "1...", "1.2.", "1.2.");
  const { workspace, layer } = it;
  markDivision(workspace, layer, 1, [2]);
  expect(seen(it)).toEqual({
    rows: ["1...", "1...", "3.2.", "3.2."],
    tracks: ["1:0-1<0", "2:2-3<1", "3:2-3<1"],
  });
  removeParent(workspace, layer, 2);
  expect(seen(it).tracks).toEqual(["1:0-1<0", "2:2-3<0", "3:2-3<1"]);
  undo(workspace);
  deleteLabel(workspace, layer, 1, { allFrames: true });
  expect(seen(it)).toEqual({
    rows: ["....", "....", "3.2.", "3.2."],
    tracks: ["2:2-3<0", "3:2-3<0"],
  });
  expect(() => markDivision(workspace, layer, 3, [2])).toThrow("in frames after 2");
});

test("merging tracks in all frames keeps their family, in one frame moves the ends alone", () => {
  const it = movie("1.2.", "1.2.", "3.4.");
  const { workspace, layer } = it;
  markDivision(workspace, layer, 1, [3]);
  markDivision(workspace, layer, 2, [4]);
  mergeLabels(workspace, layer, [1, 2], { allFrames: true });
  expect(seen(it)).toEqual({
    rows: ["1.1.", "1.1.", "3.4."],
    tracks: ["1:0-1<0", "3:2-2<1", "4:2-2<1"],
  });
  undo(workspace);
  mergeLabels(workspace, layer, [1, 2], { t: 1 });
  expect(seen(it)).toEqual({
    rows: ["1.2.", "1.1.", "3.4."],
    tracks: ["1:0-1<0", "2:0-0<0", "3:2-2<1", "4:2-2<2"],
  });
});

test("two tracks that were mistaken for each other are swapped, and a track takes another number with its family", () => {
  const it = movie("1.2.", "2.1.", "2.1.", "3.1.");
  const { workspace, layer } = it;
  markDivision(workspace, layer, 2, [3]);
  swapTracks(workspace, layer, 1, 2, 1);
  expect(seen(it)).toEqual({
    rows: ["1.2.", "1.2.", "1.2.", "3.2."],
    tracks: ["1:0-2<0", "2:0-3<0", "3:3-3<1"],
  });
  relabelCell(workspace, layer, 1, 9, { allFrames: true });
  expect(seen(it).tracks).toEqual(["2:0-3<0", "3:3-3<9", "9:0-2<0"]);
  expect(() => relabelCell(workspace, layer, 9, 2, { t: 1 })).toThrow("2 in frame 1");
  relabelCell(workspace, layer, 2, 8, { t: 2, fromHere: true });
  expect(seen(it).tracks).toEqual(["2:0-1<0", "3:3-3<9", "8:2-3<0", "9:0-2<0"]);
});

test("a tracker's movie takes the place of frames in one step, and is taken back in one", () => {
  const labels = [
    ...synthMovieLabels({
      kind: "nuclei",
      frames: 8,
      height: 96,
      width: 128,
      seed: 3,
    }),
  ];
  const workspace = blankWorkspace();
  const size = { t: 8, z: 1, y: 96, x: 128 };
  const layer = newLabelsLayer(workspace, { name: "cells", size, labels });
  const before = seen({ workspace, layer });
  const found = track(labels);
  replaceMovie(workspace, layer, found.frames, found.tracks);
  expect(bookOf(workspace, layer).tracks).toEqual(found.tracks);
  for (const [t, frame] of found.frames.entries())
    expect(
      pagesOf(workspace, layer).readNow({ t, z: 0 }, { y: 0, x: 0, height: 96, width: 128 }).data,
    ).toEqual(frame.data);
  undo(workspace);
  expect(seen({ workspace, layer })).toEqual(before);
  expect(bookOf(workspace, layer).tracked).toBe(false);
  expect(() => cutTrack(workspace, layer, 1, 2)).toThrow("labels must be tracked");
});

test("in a stack a cell is its pixels in all planes, and a stroke changes the plane that is shown", async () => {
  const workspace = blankWorkspace();
  const plane = (row: string): Labels => ({
    data: Uint32Array.from(row, Number),
    shape: [1, row.length],
    axes: "yx",
  });
  const size = { t: 1, z: 3, y: 1, x: 4 };
  const labels = [plane("1120"), plane("1022"), plane("3002")];
  const layer = newLabelsLayer(workspace, { name: "cells", size, labels });
  const planes = () =>
    [0, 1, 2].map((z) =>
      pagesOf(workspace, layer)
        .readNow({ t: 0, z }, { y: 0, x: 0, height: 1, width: 4 })
        .data.join(""),
    );
  deleteLabel(workspace, layer, 1);
  expect(planes()).toEqual(["0020", "0022", "3002"]);
  mergeLabels(workspace, layer, [3, 2]);
  expect(planes()).toEqual(["0030", "0033", "3003"]);
  workspace.scene.update((scene) => ({
    ...changeTool(scene, { name: "paint", label: 7, brush: 1 }),
    at: { t: 0, z: 1 },
  }));
  await startGesture(workspace, { y: 0.5, x: 0.5 })?.end({ y: 0.5, x: 2.5 });
  expect(planes()).toEqual(["0030", "7773", "3003"]);
  expect(() => deleteLabel(workspace, layer, 1)).toThrow("label must be one of frame 0, got 1");
});
