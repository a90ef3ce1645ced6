import type { Labels } from "@cellwright/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addPoints, changeLayer, changeTool, removeLayer } from "../scene/commands.js";
import type { Workspace } from "../workspace.js";
import { bookOf, pagesOf } from "./apply.js";
import { type AutosaveStorage, memoryStorage, restore, startAutosave } from "./autosave.js";
import { blankWorkspace } from "./blank-workspace.js";
import { deleteLabel, mergeLabels, redo, undo } from "./commands.js";
import { startGesture } from "./gesture.js";
import { newLabelsLayer, newPointsLayer } from "./layers.js";
import { wholePlane } from "./pages.js";
import { readRecords, writeRecord } from "./record.js";
import { cutTrack } from "./track-commands.js";

const size = { t: 3, z: 1, y: 12, x: 14 };

function squares(): Labels[] {
  return Array.from({ length: size.t }, (_, t) => {
    const data = new Uint32Array(size.y * size.x);
    for (let i = 0; i < 9; i++) data[(2 + Math.floor(i / 3)) * size.x + 1 + t + (i % 3)] = 7;
    for (let i = 0; i < 4; i++) data[(8 + (i >> 1)) * size.x + 9 + (i & 1)] = 9;
    return { data, shape: [size.y, size.x], axes: "yx" };
  });
}

const tracks = [
  { label: 7, begin: 0, end: 2, parent: 0 },
  { label: 9, begin: 0, end: 2, parent: 0 },
];

/** All that a journal has to bring back. */
function stateOf(workspace: Workspace): string {
  return JSON.stringify(
    workspace.scene.get().layers.map(({ id, name, kind }) => {
      if (kind === "points") return [id, name, workspace.points.get(id)];
      const store = pagesOf(workspace, id);
      const planes = Array.from({ length: store.size.t }, (_, t) => [
        ...store.readNow({ t, z: 0 }, wholePlane(store.size)).data,
      ]);
      const { tracks, tracked } = bookOf(workspace, id);
      return [id, name, planes, tracks, tracked];
    }),
  );
}

async function paint(workspace: Workspace, t: number, y: number, x: number, label: number) {
  workspace.scene.update((scene) => ({
    ...changeTool(scene, { name: "paint", label, brush: 3 }),
    at: { t, z: 0 },
  }));
  const gesture = startGesture(workspace, { y, x });
  gesture?.move({ y: y + 2, x: x + 2 });
  await gesture?.end({ y: y + 2, x: x + 2 });
}

/** A storage that writes down what is done to it, so that it can be done again up to any byte. */
function recorded() {
  const inner = memoryStorage();
  const log: { name: string; bytes?: Uint8Array }[] = [];
  const storage: AutosaveStorage = {
    ...inner,
    append: (name, bytes) => {
      log.push({ name, bytes });
      return inner.append(name, bytes);
    },
    remove: (name) => {
      log.push({ name });
      return inner.remove(name);
    },
  };
  return { storage, log };
}

/** What is left where the lights go out after so many bytes; a removal counts as one. */
async function cutAfter(
  log: readonly { name: string; bytes?: Uint8Array }[],
  budget: number,
): Promise<AutosaveStorage> {
  const storage = memoryStorage();
  let left = budget;
  for (const { name, bytes } of log) {
    if (left <= 0) break;
    if (bytes) await storage.append(name, bytes.subarray(0, left));
    else await storage.remove(name);
    left -= bytes ? bytes.length : 1;
  }
  return storage;
}

test("cut off at any byte, a journal brings back a state that was, and none older than the last that was written", async () => {
  const workspace = blankWorkspace();
  const { storage, log } = recorded();
  const layer = newLabelsLayer(workspace, { name: "cells", size, labels: squares(), tracks });
  const autosave = startAutosave(workspace, storage, { compactAfter: 900 });
  const states = [stateOf(blankWorkspace())];
  const writtenAt = [0];
  const step = async (act: () => unknown): Promise<void> => {
    await act();
    states.push(stateOf(workspace));
    await autosave.settled();
    writtenAt.push(log.reduce((sum, { bytes }) => sum + (bytes?.length ?? 1), 0));
  };
  await step(() => undefined);
  await step(() => paint(workspace, 0, 5.5, 4.5, 11));
  await step(() => paint(workspace, 1, 5.5, 4.5, 11));
  await step(() => deleteLabel(workspace, layer, 9, { t: 1 }));
  await step(() => undo(workspace));
  await step(() => cutTrack(workspace, layer, 7, 2));
  await step(() => mergeLabels(workspace, layer, [7, 9], { allFrames: true }));
  await step(() => undo(workspace));
  await step(() => redo(workspace));
  await step(() =>
    workspace.scene.update((scene) => changeLayer(scene, layer, { name: "nuclei" })),
  );
  const total = writtenAt[writtenAt.length - 1];
  expect(log.filter(({ name }) => name.endsWith(".base")).length).toBeGreaterThan(1);
  expect(log.some(({ bytes }) => !bytes)).toBe(true);
  let oldest = 0;
  for (let cut = 0; cut <= total; cut++) {
    const fresh = blankWorkspace();
    await restore(fresh, await cutAfter(log, cut));
    while (oldest + 1 < writtenAt.length && writtenAt[oldest + 1] <= cut) oldest++;
    const state = stateOf(fresh);
    expect(states.slice(oldest).includes(state), `cut after ${cut} of ${total}`).toBe(true);
    expect(fresh.notices.get()).toEqual([]);
  }
  const whole = blankWorkspace();
  await restore(whole, storage);
  expect(stateOf(whole)).toBe(states[states.length - 1]);
});

test("what was restored goes on being saved, points too, and what is removed does not come back", async () => {
  const storage = memoryStorage();
  const first = blankWorkspace();
  const saving = startAutosave(first, storage);
  const cells = newLabelsLayer(first, { name: "cells", size, labels: squares() });
  const other = newLabelsLayer(first, { name: "other", size });
  const marks = newPointsLayer(first, { name: "marks" });
  first.scene.update((scene) => changeTool(scene, { name: "add-point" }));
  await startGesture(first, { y: 3, x: 4 })?.end({ y: 3, x: 4 });
  first.scene.update((scene) => removeLayer(scene, other));
  await saving.stop();
  const second = blankWorkspace();
  expect((await restore(second, storage)).layers.toSorted()).toEqual([cells, marks].sort());
  expect(second.points.get(marks)).toEqual([{ t: 0, z: 0, y: 3, x: 4 }]);
  expect(bookOf(second, cells).tracked).toBe(false);
  const again = startAutosave(second, storage);
  second.scene.update((scene) => ({ ...scene, active: cells }));
  await paint(second, 0, 6.5, 6.5, 3);
  expect(again.isPending).toBe(true);
  await again.settled();
  expect(again.isPending).toBe(false);
  const third = blankWorkspace();
  await restore(third, storage);
  const state = (workspace: Workspace): string[] =>
    JSON.parse(stateOf(workspace))
      .map((layer: unknown) => JSON.stringify(layer))
      .sort();
  expect(state(third)).toEqual(state(second));
  expect(new Set((await storage.list()).map((name) => name.split(".")[0]))).toEqual(
    new Set([cells, marks]),
  );
});

test("a storage that fails is spoken of once, and all is written when it works again", async () => {
  const inner = memoryStorage();
  let isFull = true;
  const storage: AutosaveStorage = {
    ...inner,
    append: async (name, bytes) => {
      // Half of it is written all the same.
      if (isFull) await inner.append(name, bytes.subarray(0, bytes.length >> 1));
      if (isFull) throw new Error("the disk is full");
      await inner.append(name, bytes);
    },
  };
  const workspace = blankWorkspace();
  newLabelsLayer(workspace, { name: "cells", size });
  const saving = startAutosave(workspace, storage);
  await saving.settled();
  await paint(workspace, 0, 5, 5, 1);
  await saving.settled();
  expect(workspace.notices.get().map(({ text }) => text)).toEqual([
    "Edits could not be saved: the disk is full",
  ]);
  isFull = false;
  await paint(workspace, 0, 2, 9, 2);
  await saving.settled();
  const fresh = blankWorkspace();
  await restore(fresh, storage);
  expect(stateOf(fresh)).toBe(stateOf(workspace));
});

test("labels with an address come back over their file, those without one whole", async () => {
  const planes = squares();
  const reader = {
    axes: "tyx",
    shape: [size.t, size.y, size.x],
    type: "uint16" as const,
    levels: [
      {
        height: size.y,
        width: size.x,
        scale: { y: 1, x: 1 },
        tile: { height: size.y, width: size.x },
      },
    ],
    readRegion: async ({
      index,
      box,
    }: {
      index?: Readonly<Record<string, number>>;
      box: { y: number; x: number; height: number; width: number };
    }) => {
      const data = new Uint32Array(box.height * box.width);
      for (let i = 0; i < data.length; i++)
        data[i] =
          planes[index?.t ?? 0].data[
            (box.y + Math.floor(i / box.width)) * size.x + box.x + (i % box.width)
          ];
      return { data, shape: [box.height, box.width], axes: "yx" };
    },
  };
  for (const address of ["http://127.0.0.1/labels.zarr", undefined]) {
    const storage = memoryStorage();
    const workspace = blankWorkspace();
    const layer = newLabelsLayer(workspace, { name: "cells", size, labels: reader, address });
    const saving = startAutosave(workspace, storage);
    for (let t = 0; t < size.t; t++)
      await pagesOf(workspace, layer).load({ t, z: 0 }, wholePlane(size));
    expect(workspace.labels.get(layer)?.labelAt({ t: 1, z: 0 }, 2, 3)).toBe(7);
    await paint(workspace, 1, 5.5, 4.5, 65540);
    await saving.stop();
    const fresh = blankWorkspace();
    const asked: string[] = [];
    await restore(fresh, storage, {
      open: async (wanted) => {
        asked.push(wanted);
        return reader;
      },
    });
    expect(asked).toEqual(address ? [address] : []);
    for (let t = 0; t < size.t; t++)
      await pagesOf(fresh, layer).load({ t, z: 0 }, wholePlane(size));
    expect(stateOf(fresh)).toBe(stateOf(workspace));
    expect(pagesOf(fresh, layer).giveOut()).toBeGreaterThan(9);
  }
});

test("a change of any byte of a record is noticed", () => {
  const record = { json: { kind: "edit", pages: [1] }, arrays: [Uint32Array.of(3, 1, 4, 0)] };
  const bytes = writeRecord(record);
  expect(readRecords(bytes)).toEqual({ records: [record], isWhole: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      (at, flip) => {
        const bad = bytes.slice();
        bad[at] ^= flip;
        expect(readRecords(bad).records).toEqual([]);
      },
    ),
  );
});

test("points alone in a scene are no labels to restore", async () => {
  const workspace = blankWorkspace();
  workspace.points.set("p", [{ t: 0, z: 0, y: 1, x: 1 }]);
  workspace.scene.update((scene) => addPoints(scene, { id: "p", name: "marks" }));
  const storage = memoryStorage();
  await startAutosave(workspace, storage).stop();
  const fresh = blankWorkspace();
  await restore(fresh, storage);
  expect(stateOf(fresh)).toBe(stateOf(workspace));
});
