import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  bytesSource,
  foldBatchNorm,
  type Image,
  type Labels,
  readImage,
  segment,
  synthNuclei,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { expect, test } from "vitest";
import { openModel } from "./model-folder.js";

const bundled = fileURLToPath(new URL("../../../examples/nuclei.tif", import.meta.url));

/** The shipped model's labels, however the work is cut up. */
async function everyWay(image: Image): Promise<Map<string, Labels>> {
  const { model } = await openModel("nuclei");
  const found = new Map<string, Labels>();
  for (const threads of [1, 2])
    for (const folded of [false, true]) {
      const graph = folded ? foldBatchNorm(model.graph) : model.graph;
      const program = await onnxEngine({ threads }).load(graph);
      for (const tile of [128, 256, 1000, Number.POSITIVE_INFINITY]) {
        const way = `tile ${tile}, ${threads} threads, ${folded ? "folded" : "as it is"}`;
        found.set(way, await segment(image, model, program, { tile }));
      }
      await program.dispose();
    }
  return found;
}

test.each([
  ["the bundled image", async () => readImage(bytesSource("nuclei.tif", readFileSync(bundled)))],
  [
    "a field larger than any tile",
    async () => synthNuclei({ height: 701, width: 1103, seed: 5 }).image,
  ],
])(
  "%s gives the same labels in tiles or whole, with one thread or two, folded or not",
  async (_, load) => {
    const found = [...(await everyWay(await load()))];
    const [, expected] = found[0];
    expect(new Set(expected.data).size).toBeGreaterThan(50);
    for (const [way, labels] of found)
      expect(
        labels.data.every((label, i) => label === expected.data[i]),
        way,
      ).toBe(true);
  },
);
