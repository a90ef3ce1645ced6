import { expect, test } from "vitest";
import { changeTool } from "../scene/commands.js";
import { pagesOf } from "./apply.js";
import { blankWorkspace } from "./blank-workspace.js";
import { redo, undo } from "./commands.js";
import { startGesture } from "./gesture.js";
import { historyOf } from "./history.js";
import type { Edit } from "./label-store.js";
import { newLabelsLayer } from "./layers.js";

const edit = (words: number): Edit => ({
  name: `${words}`,
  pages: [
    {
      at: { t: 0, z: 0 },
      row: 0,
      column: 0,
      box: { y: 0, x: 0, height: 1, width: 1 },
      before: new Uint32Array(words),
      after: new Uint32Array(words),
    },
  ],
});

test("the oldest steps are forgotten beyond a size, but never the last ones", () => {
  const history = historyOf({ least: 3, most: 10, bytes: 800 });
  for (let n = 0; n < 12; n++) history.push({ layer: "a", edit: edit(1) });
  expect(history.past.length).toBe(10);
  for (let n = 0; n < 5; n++) history.push({ layer: "a", edit: edit(100) });
  expect(history.past.length).toBe(3);
  expect(history.undo()?.edit.name).toBe("100");
  history.push({ layer: "a", edit: edit(1) });
  expect([history.past.length, history.future.length]).toEqual([3, 0]);
});

test("500 strokes and as many undos hold no more than the steps and the pages they touch", async () => {
  const workspace = blankWorkspace();
  const size = { t: 1, z: 1, y: 600, x: 600 };
  const layer = newLabelsLayer(workspace, { name: "cells", size });
  workspace.scene.update((scene) => changeTool(scene, { name: "paint", brush: 12 }));
  for (let n = 0; n < 500; n++) {
    workspace.scene.update((scene) => changeTool(scene, { label: n + 1 }));
    const gesture = startGesture(workspace, { y: (n * 37) % 600, x: (n * 91) % 600 });
    gesture?.move({ y: (n * 37) % 600, x: ((n * 91) % 600) + 20 });
    await gesture?.end({ y: (n * 37) % 600, x: ((n * 91) % 600) + 20 });
  }
  const { past } = workspace.history;
  expect(past.length).toBe(500);
  const bytes = past
    .flatMap(({ edit }) => edit.pages)
    .reduce((sum, { before, after }) => sum + before.byteLength + after.byteLength, 0);
  expect(bytes / 500).toBeLessThan(3000);
  for (let n = 0; n < 500; n++) expect(undo(workspace)).toBeDefined();
  const store = pagesOf(workspace, layer);
  expect(store.cells.labelsIn(0)).toEqual([]);
  expect(
    store.readNow({ t: 0, z: 0 }, { y: 0, x: 0, height: 600, width: 600 }).data.some(Boolean),
  ).toBe(false);
  for (let n = 0; n < 500; n++) redo(workspace);
  expect(workspace.history.past.length).toBe(500);
  expect([...store.kept()].length).toBeLessThanOrEqual(4);
});

test("steps of a layer that is gone are passed over", async () => {
  const workspace = blankWorkspace();
  const size = { t: 1, z: 1, y: 9, x: 9 };
  const first = newLabelsLayer(workspace, { name: "one", size });
  workspace.scene.update((scene) => changeTool(scene, { name: "paint", label: 1, brush: 1 }));
  await startGesture(workspace, { y: 1, x: 1 })?.end({ y: 1, x: 1 });
  newLabelsLayer(workspace, { name: "two", size });
  await startGesture(workspace, { y: 2, x: 2 })?.end({ y: 2, x: 2 });
  const [, second] = workspace.scene.get().layers;
  workspace.labels.delete(second.id);
  workspace.lineages.delete(second.id);
  expect(undo(workspace)?.name).toBe("paint 1");
  expect(pagesOf(workspace, first).labelAt({ t: 0, z: 0 }, 1, 1)).toBe(0);
});

test("the steps of a layer that is dropped are forgotten, those of others go on", async () => {
  const workspace = blankWorkspace();
  const { history } = workspace;
  const size = { t: 1, z: 1, y: 9, x: 9 };
  const first = newLabelsLayer(workspace, { name: "one", size });
  workspace.scene.update((scene) => changeTool(scene, { name: "paint", label: 1, brush: 1 }));
  await startGesture(workspace, { y: 1, x: 1 })?.end({ y: 1, x: 1 });
  const second = newLabelsLayer(workspace, { name: "two", size });
  for (const y of [2, 4, 6]) await startGesture(workspace, { y, x: 2 })?.end({ y, x: 2 });
  undo(workspace);
  let told = 0;
  history.watch(() => told++);
  history.drop(second);
  expect(history.past.map(({ layer }) => layer)).toEqual([first]);
  expect(history.future).toEqual([]);
  history.drop(second);
  expect(told).toBe(1);
});
