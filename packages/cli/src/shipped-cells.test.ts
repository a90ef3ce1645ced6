import { readFileSync } from "node:fs";
import {
  bytesSource,
  cellTypes,
  countMatches,
  findCells,
  type Image,
  type Labels,
  planeOf,
  readImage,
  removeSmall,
  scoreMatches,
  stackChannels,
  toLabels,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { openModel } from "./model-folder.js";

async function read(path: string): Promise<Image> {
  const file = dataPath(`deepcell2016/${path}`);
  const image = await readImage(bytesSource(file, readFileSync(file)));
  return planeOf(image, image.axes.includes("c") ? { c: 0 } : {});
}

async function found(name: string, folder: string, keepMaps = false) {
  const { model } = await openModel(name);
  const program = await onnxEngine().load(model.graph);
  const planes = await Promise.all(model.channels.map((shows) => read(`${folder}/${shows}.tif`)));
  const image = stackChannels(planes, model.channels);
  try {
    return { model, ...(await findCells(image, model, program, { keepMaps })) };
  } finally {
    await program.dispose();
  }
}

describeData("the shipped models of cells in phase contrast", () => {
  test("cytoplasm-phase finds the cells of a field that it has not seen, and how large they are", async () => {
    const { labels, diameter } = await found("cytoplasm-phase", "parity-hela");
    const truth = removeSmall(toLabels(await read("parity-hela/labels.tif")), 50);
    const [half] = scoreMatches(countMatches(truth, labels, [0.5]));
    expect(half.f1).toBeGreaterThan(0.85);
    expect(diameter).toBeGreaterThan(45);
    expect(diameter).toBeLessThan(75);
  });

  test("bacteria-phase parts the cells of a colony", async () => {
    const { labels } = await found("bacteria-phase", "train/ecoli/set2");
    const truth = removeSmall(toLabels(await read("train/ecoli/set2/labels.tif")), 5);
    const [half] = scoreMatches(countMatches(truth, labels, [0.5]));
    expect(half.f1).toBeGreaterThan(0.9);
  });

  test("coculture-mcf10a-3t3 tells types apart as their markers do, on a field that it has not seen", async () => {
    const { model, labels, maps } = await found("coculture-mcf10a-3t3", "coculture/set1", true);
    const types = model.types as readonly string[];
    expect(types).toEqual(["nih3t3", "mcf10a"]);
    if (!maps) throw new Error("the maps were asked for");
    const table = cellTypes(labels, maps, { maps: model.maps, types });
    const markers = await Promise.all(
      ["cfp_3t3", "farred_mcf10a"].map(async (name) =>
        brightness(labels, await read(`coculture/set1/${name}.tif`)),
      ),
    );
    let [clear, right] = [0, 0];
    for (const [i, type] of [...table.type].entries()) {
      const [one, other] = markers.map((marker) => marker.get(i + 1) ?? 0);
      if (
        Math.max(one, other) < 0.1 ||
        Math.max(one, other) < 3 * Math.max(0.02, Math.min(one, other))
      )
        continue;
      clear++;
      if (type === types[one > other ? 0 : 1]) right++;
    }
    expect(clear).toBeGreaterThan(200);
    expect(right / clear).toBeGreaterThan(0.88);
  });
});

/** Mean brightness of each cell over the median outside, as a share of that of the bright cells. */
function brightness(labels: Labels, image: Image): Map<number, number> {
  const outside = Array.from(image.data)
    .filter((_, i) => labels.data[i] === 0)
    .sort((a, b) => a - b);
  const dark = outside[Math.floor(outside.length / 2)];
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [i, label] of labels.data.entries()) {
    if (label === 0) continue;
    const entry = sums.get(label) ?? { sum: 0, count: 0 };
    entry.sum += image.data[i] - dark;
    entry.count++;
    sums.set(label, entry);
  }
  const means = new Map([...sums].map(([label, { sum, count }]) => [label, sum / count]));
  const sorted = [...means.values()].sort((a, b) => a - b);
  const bright = sorted[Math.floor(0.95 * sorted.length)];
  return new Map([...means].map(([label, mean]) => [label, mean / bright]));
}
