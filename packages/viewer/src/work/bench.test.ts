import {
  bytesSource,
  type Image,
  type Labels,
  readModelFiles,
  readModelZip,
  referenceEngine,
  segment,
  writeModelZip,
} from "@cellwright/core";
import { type SpotOptions, spotFiles, squares } from "@cellwright/testing";
import { expect, test, vi } from "vitest";
import { commit, pagesOf } from "../edit/apply.js";
import { changeBox } from "../edit/change.js";
import { undo } from "../edit/commands.js";
import { newLabelsLayer } from "../edit/layers.js";
import { setRegion } from "../scene/commands.js";
import { benchFor, labelsOf, workspaceWith, zipFile } from "./fixture.js";
import { inProcess } from "./in-process.js";
import { BUDGET } from "./planes.js";
import type { LearnInput, ToWorker } from "./protocol.js";
import { sha256 } from "./sha256.js";

/** A model of bright squares, as a zip that was dropped. */
const zipOf = async (name = "spots", options: SpotOptions = {}) =>
  zipFile(name, await spotFiles(name, options));
const numbersIn = (labels: Labels) => [...new Set(labels.data)].sort((a, b) => a - b);
/** Squares in the frames of a movie: the first with one, the next with two, … */
function movie(frames: number): Image {
  const planes = Array.from({ length: frames }, (_, t) => squares(t + 1));
  const [height, width] = planes[0].shape;
  const data = Uint8Array.from(planes.flatMap(({ data }) => [...data]));
  return { data, shape: [frames, height, width], axes: "tyx" };
}

test("a whole image gets the labels that core's segment gives, and undo takes them back", async () => {
  const image = squares(11);
  const workspace = workspaceWith(image);
  const work = benchFor(workspace);
  const model = await work.addModel(await zipOf());
  expect(model).toMatchObject({
    name: "spots",
    channels: ["nuclear"],
    needsSeeds: false,
    origin: "files",
  });
  expect(await work.models()).toEqual([model]);
  const layer = await work.segment({ model: model.id, where: "whole" });
  const files = await spotFiles("spots");
  const held = await readModelZip(bytesSource("a.zip", writeModelZip(files)));
  const read = await readModelFiles(held, sha256);
  const expected = await segment(image, read, await referenceEngine.load(read.graph));
  expect(labelsOf(workspace, layer).data).toEqual(expected.data);
  expect(numbersIn(labelsOf(workspace, layer)).length).toBe(12);
  expect(workspace.jobs.get()).toEqual([]);
  undo(workspace);
  expect(numbersIn(labelsOf(workspace, layer))).toEqual([0]);
});

test("small tiles show provisional cells on the way, and the same cells at the end", async () => {
  const image = squares(16);
  const workspace = workspaceWith(image);
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  const whole = await work.segment({ model, where: "whole" });
  let shown = 0;
  workspace.scene.watch(({ layers }) => {
    const added = layers.at(-1);
    if (added?.kind !== "labels" || shown > 0) return;
    shown = 1;
    pagesOf(workspace, added.id).watch(() => shown++);
  });
  const tiled = await work.segment({ model, where: "whole", tile: 16 });
  expect(labelsOf(workspace, tiled)).toEqual(labelsOf(workspace, whole));
  // Eight parts and what clears them, before the one final change.
  expect(shown).toBeGreaterThan(8);
  const before = labelsOf(workspace, tiled);
  const layers = workspace.scene.get().layers.length;
  await work.segment({ model, where: "whole", tile: 16, into: tiled });
  expect(workspace.scene.get().layers.length).toBe(layers);
  // Numbers that any cell ever had, be it on the way, are not given again.
  const after = labelsOf(workspace, tiled).data;
  const first = Math.min(...after.filter((label) => label > 0));
  expect(first).toBeGreaterThan(16);
  expect(after.map((label) => (label > 0 ? label - first + 1 : 0))).toEqual(before.data);
});

test("a region gets fresh cells where their middle is in it; others and what is undone are untouched", async () => {
  const workspace = workspaceWith(squares(16));
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  const layer = await work.segment({ model, where: "whole" });
  const before = labelsOf(workspace, layer);
  workspace.scene.update((scene) => setRegion(scene, [0, 0, 7, 14]));
  await work.segment({ model, where: "region", into: layer });
  const after = labelsOf(workspace, layer);
  // The first two squares lie in the region.
  const changed = numbersIn(before).filter((label) => !numbersIn(after).includes(label));
  expect(changed).toEqual([1, 2]);
  expect(numbersIn(after).slice(-2)).toEqual([17, 18]);
  for (const [i, label] of before.data.entries())
    expect(after.data[i]).toBe(label === 1 || label === 2 ? label + 16 : label);
  undo(workspace);
  expect(labelsOf(workspace, layer)).toEqual(before);
});

test("all frames are segmented as one step, and the cells kept stay as they are", async () => {
  const workspace = workspaceWith(movie(4));
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  const layer = await work.segment({ model, where: "whole", planes: "all" });
  for (let t = 0; t < 4; t++) expect(numbersIn(labelsOf(workspace, layer, t)).length).toBe(t + 2);
  const first = labelsOf(workspace, layer, 3);
  const area = { at: { t: 3, z: 0 }, box: { y: 0, x: 0, height: 8, width: 16 } };
  await work.segment({ model, where: "whole", planes: "all", into: layer, keep: [area] });
  const again = labelsOf(workspace, layer, 3);
  const kept = first.data.map((label, i) => (again.data[i] === label ? label : 0));
  expect(new Set(kept)).toEqual(new Set([0, 1, 2]));
  undo(workspace);
  undo(workspace);
  expect(numbersIn(labelsOf(workspace, layer, 3))).toEqual([0]);
});

test("channels are picked by name, or as the request says", async () => {
  const [dark, bright] = [squares(0), squares(5)];
  const image: Image = {
    data: Uint8Array.from([...dark.data, ...bright.data]),
    shape: [2, ...dark.shape],
    axes: "cyx",
    channels: ["phase", "DAPI"],
  };
  const workspace = workspaceWith(image);
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  expect(work.guess(["nuclear"])).toEqual({ nuclear: "image-0/1" });
  const guessed = await work.segment({ model, where: "whole" });
  expect(numbersIn(labelsOf(workspace, guessed)).length).toBe(6);
  const told = await work.segment({ model, where: "whole", channels: { nuclear: "image-0/0" } });
  expect(numbersIn(labelsOf(workspace, told))).toEqual([0]);
  await expect(
    work.segment({ model, where: "whole", channels: { nuclear: "nowhere" } }),
  ).rejects.toThrow('channel "nuclear" must be one of the image layers: say which, got "nowhere"');
});

test("a job that is cancelled leaves no layer, and the worker serves the next", async () => {
  const workspace = workspaceWith(squares(16));
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  const layers = workspace.scene.get().layers.length;
  const quiet = workspace.jobs.watch((jobs) => {
    if (jobs.some(({ progress }) => progress !== undefined && progress > 0.2)) jobs[0].cancel();
  });
  await expect(work.segment({ model, where: "whole", tile: 8 })).rejects.toMatchObject({
    name: "AbortError",
  });
  quiet();
  expect(workspace.scene.get().layers.length).toBe(layers);
  expect(workspace.labels.size).toBe(0);
  expect(workspace.jobs.get()).toEqual([]);
  await expect(work.segment({ model, where: "whole" })).resolves.toMatch(/^labels/);
});

test("a movie is tracked as one step, with its tracks", async () => {
  const workspace = workspaceWith(movie(3));
  const work = benchFor(workspace);
  const { id: model } = await work.addModel(await zipOf());
  const layer = await work.segment({ model, where: "whole", planes: "all" });
  const before = [0, 1, 2].map((t) => labelsOf(workspace, layer, t));
  await work.track(layer);
  const lineage = workspace.lineages.get(layer);
  expect(lineage?.tracks.map(({ begin, end }) => [begin, end])).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
  const numbers = lineage?.tracks.map(({ label }) => label) ?? [];
  expect(numbersIn(labelsOf(workspace, layer, 2))).toEqual([0, ...numbers]);
  undo(workspace);
  for (let t = 0; t < 3; t++) expect(labelsOf(workspace, layer, t)).toEqual(before[t]);
  expect(workspace.lineages.get(layer)?.tracks).toEqual([]);
});

test("learning needs corrections, and a model that there is a preset for", async () => {
  const workspace = workspaceWith(squares(16));
  const work = benchFor(workspace);
  const { id: odd } = await work.addModel(await zipOf("odd spots"));
  const { id: model } = await work.addModel(
    await zipOf("plain spots", { maps: ["inside", "distance"] }),
  );
  const layer = newLabelsLayer(workspace, { name: "mine", size: { t: 1, z: 1, y: 24, x: 64 } });
  await expect(work.learn({ model: odd, layer })).rejects.toMatchObject({
    kind: "UnsupportedError",
  });
  await expect(work.learn({ model, layer })).rejects.toThrow("corrected cells must be at least 6");
  const store = pagesOf(workspace, layer);
  const box = { y: 0, x: 0, height: 2, width: 2 };
  commit(workspace, layer, {
    name: "paint",
    pages: changeBox(store, { t: 0, z: 0 }, box, (labels) => labels.fill(1)),
  });
  await expect(work.learn({ model, layer })).rejects.toThrow("got 1");
  expect(workspace.jobs.get()).toEqual([]);
});

test("a place of a plane too large to be read whole is learnt with the brightness of the whole", async () => {
  const workspace = workspaceWith(squares(24, 24, 1024));
  let asked: LearnInput | undefined;
  const work = benchFor(workspace, {
    budget: { ...BUDGET, whole: 2 ** 12 },
    start: () => {
      const port = inProcess(async () => referenceEngine);
      const hear = (message: ToWorker) => {
        if (message.type !== "ask" || message.verb !== "learn") return true;
        asked = structuredClone(message.input as LearnInput);
        return false;
      };
      return {
        ...port,
        postMessage: (message, transfer) => {
          if (hear(message)) port.postMessage(message, transfer);
          else workspace.jobs.get()[0].cancel();
        },
      };
    },
  });
  const { id: model } = await work.addModel(
    await zipOf("plain spots", { maps: ["inside", "distance"] }),
  );
  const layer = await work.segment({ model, where: "whole" });
  workspace.scene.update((scene) => setRegion(scene, [0, 0, 24, 64]));
  void work.learn({ model, layer, where: "region" }).catch(() => undefined);
  await vi.waitFor(() => expect(asked).toBeDefined());
  const [plane] = asked?.planes ?? [];
  expect(plane.shape).toEqual([1, 24, 64 + 512]);
  expect(asked?.samples.map((sample) => sample?.shape)).toEqual([[1, 24, 1024]]);
  work.end();
});

test("a model whose cells grow from nuclei is given those of another, of their own channel", async () => {
  const [nuclei, cells] = [squares(4), squares(4, 24, 64)];
  const image: Image = {
    data: Uint8Array.from([...cells.data, ...nuclei.data]),
    shape: [2, ...nuclei.shape],
    axes: "cyx",
    channels: ["phase", "nuclear"],
  };
  const workspace = workspaceWith(image);
  const work = benchFor(workspace);
  const { id: seeds } = await work.addModel(await zipOf());
  const whole = await work.addModel(
    await zipOf("cells", {
      channels: ["phase"],
      maps: ["edge", "interior", "background"],
      decoder: { kind: "cytoplasm", iterations: 4, smoothing: 0 },
    }),
  );
  expect(whole.needsSeeds).toBe(true);
  await expect(work.segment({ model: whole.id, where: "whole" })).rejects.toThrow(
    "seeds must be a model of nuclei for cells",
  );
  const layer = await work.segment({ model: whole.id, seeds, where: "whole", tile: 16 });
  expect(numbersIn(labelsOf(workspace, layer))).toEqual([0, 1, 2, 3, 4]);
});
