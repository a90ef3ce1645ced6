import {
  bytesSource,
  checkModel,
  exampleImage,
  fieldOf,
  type Model,
  makeModelTest,
  readModelFiles,
  readModelTest,
  readModelZip,
  seeded,
  synthNuclei,
  unet,
  writeModelFiles,
  writeOnnx,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { beforeAll, expect, test } from "vitest";
import { commit, pagesOf } from "../edit/apply.js";
import { changeBox, replaced } from "../edit/change.js";
import { newLabelsLayer } from "../edit/layers.js";
import { setRegion } from "../scene/commands.js";
import type { ModelInfo } from "./bench.js";
import { benchFor, labelsOf, workspaceWith, zipFile } from "./fixture.js";
import type { LearnPart, ModelFile } from "./protocol.js";
import { sha256 } from "./sha256.js";

const engine = onnxEngine({ threads: 1 });
const patience = 300_000;
const side = 192;
let untaught: ModelFile[];

/** A model of nuclei whose network knows nothing yet. */
beforeAll(async () => {
  const graph = unet({ inputs: 1, outputs: 2, widths: [6, 12] }, seeded(4));
  const model: Model = {
    name: "untaught",
    description: "Knows nothing.",
    channels: ["nuclear"],
    maps: ["inside", "distance"],
    normalization: { kind: "percentile", low: 1, high: 99.8 },
    decoder: {
      kind: "watershed",
      threshold: 0.5,
      prominence: 0.1,
      minHeight: 0.3,
      smoothing: 0.5,
      minArea: 12,
    },
    diameter: 20,
    graph,
  };
  const example = exampleImage(model.channels, { size: 64 * fieldOf(graph).stride, seed: 1 });
  const files = await writeModelFiles(model, {
    weights: writeOnnx(graph),
    ...(await makeModelTest(model, example, await engine.load(graph))),
    readme: "# Untaught\n\n## Validation\n\nNone.\n",
    sha256,
  });
  untaught = zipFile("untaught", files);
});

/** A field of nuclei, a layer whose cells are right, and a bench with the model. */
async function field() {
  const { image, labels } = synthNuclei({ height: side, width: side, seed: 5, diameter: 20 });
  const workspace = workspaceWith(image);
  const bench = benchFor(workspace, {}, engine);
  const { id: model } = await bench.addModel(untaught);
  const layer = newLabelsLayer(workspace, { name: "mine", size: { t: 1, z: 1, y: side, x: side } });
  const box = { y: 0, x: 0, height: side, width: side };
  const pages = changeBox(
    pagesOf(workspace, layer),
    { t: 0, z: 0 },
    box,
    replaced(labels.data, box),
  );
  commit(workspace, layer, { name: "paint", pages });
  return { workspace, bench, model, layer, labels };
}

test(
  "learning that is stopped keeps the best so far: better on what was held back, at hand at once, with its card and test",
  async () => {
    const { workspace, bench, model, layer, labels } = await field();
    workspace.scene.update((scene) => setRegion(scene, [0, 0, 140, side]));
    const heard: LearnPart[] = [];
    const report = await bench.learn({
      model,
      layer,
      where: "region",
      epochs: 6,
      onEpoch: (part) => {
        heard.push(part);
        if (part.epoch === 5) workspace.jobs.get()[0].cancel();
      },
    });
    expect(heard.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(report).toMatchObject({ stopped: true, epochs: 5, before: heard[0].accuracy });
    expect(report.after.ap).toBeGreaterThan(report.before.ap);
    expect(report.best).toBe(heard[5].best);
    expect(report.heldBack.cells).toBeGreaterThanOrEqual(3);
    expect(report.learnt.cells).toBeGreaterThan(report.heldBack.cells);
    expect(workspace.jobs.get()).toEqual([]);
    const made = report.model as ModelInfo;
    expect(made).toMatchObject({ name: "untaught adapted", origin: "learnt", diameter: 20 });
    expect(await bench.models()).toContainEqual(made);

    await bench.segment({ model: made.id, where: "whole", into: layer, keep: report.areas });
    const after = labelsOf(workspace, layer);
    // Every cell well inside the region is as it was corrected; beyond it the new model has looked.
    const inside = new Set(labels.data.subarray(0, 115 * side));
    for (const label of labels.data.subarray(140 * side)) inside.delete(label);
    expect(inside.size).toBeGreaterThan(5);
    for (const [i, label] of labels.data.entries())
      if (label > 0 && inside.has(label)) expect(after.data[i]).toBe(label);
    expect(after.data.subarray(160 * side)).not.toEqual(labels.data.subarray(160 * side));

    const { name, bytes } = await bench.downloadModel(made.id);
    expect(name).toBe("untaught-adapted.zip");
    const files = await readModelZip(bytesSource(name, bytes));
    const read = await readModelFiles(files, sha256);
    const program = await engine.load(read.graph);
    const check = await checkModel(await readModelTest(files, sha256), program);
    expect(check.passed).toBe(true);
    const card = await files.open("README.md");
    const text = new TextDecoder().decode(await card?.read(0, card.byteLength));
    expect(text).toContain(`Held back: ${report.heldBack.places.join("; ")}.`);
    const scores = [report.before.ap50, report.after.ap50].map((score) => score.toFixed(3));
    expect(text).toContain(`| at IoU 0.5 | ${scores.join(" | ")} |`);
  },
  patience,
);

test(
  "where nothing was better there is no new model; a second cancel gives up and makes none",
  async () => {
    const { workspace, bench, model, layer } = await field();
    const models = await bench.models();
    const report = await bench.learn({ model, layer, epochs: 1, steps: 1, name: "ä!" });
    expect(report).toMatchObject({ stopped: false, epochs: 1, best: 0 });
    expect(report.after).toEqual(report.before);
    expect(report.model).toBeUndefined();
    const learning = bench.learn({
      model,
      layer,
      epochs: 50,
      steps: 1,
      onEpoch: ({ epoch }) => {
        if (epoch !== 1) return;
        const [job] = workspace.jobs.get();
        job.cancel();
        job.cancel();
      },
    });
    await expect(learning).rejects.toMatchObject({ name: "AbortError" });
    expect(await bench.models()).toEqual(models);
  },
  patience,
);
