import { readFileSync } from "node:fs";
import {
  averageMatches,
  checkModel,
  foldBatchNorm,
  readModelTest,
  referenceEngine,
  scoreMatches,
  sumMatches,
  validate,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { findModel, openModel, openModelFiles, sha256 } from "./model-folder.js";
import { type Pair, readSample } from "./train-dataset.js";

test("its own test passes on ONNX Runtime and on the reference engine", async () => {
  const { model } = await openModel("nuclei");
  const own = await readModelTest(await openModelFiles("nuclei", process.cwd()), sha256);
  for (const engine of [onnxEngine(), referenceEngine]) {
    const program = await engine.load(foldBatchNorm(model.graph));
    expect(await checkModel(own, program)).toMatchObject({ passed: true });
  }
});

describeData("the shipped nuclei model", () => {
  test("reaches AP@0.5 of 0.80 on the images its card says were held back", async () => {
    const card = readFileSync(`${await findModel("nuclei", process.cwd())}/README.md`, "utf8");
    const names = /^Held back: (.*)\.$/m.exec(card)?.[1].split(", ") ?? [];
    expect(names).toHaveLength(45);
    const { model } = await openModel("nuclei");
    const folder = dataPath("dsb2018/train");
    const pair = (name: string): Pair => ({
      name,
      group: name,
      images: [`${folder}/images/${name}.tif`],
      annotation: { kind: "labels", files: [`${folder}/labels/${name}.tif`] },
    });
    const read = names.map((name) => readSample(pair(name), model.normalization, model.channels));
    const samples = (await Promise.all(read)).map(({ sample }) => sample);
    const program = await onnxEngine().load(model.graph);
    const { diameter } = model;
    const size = { sizeFrom: "estimate", ...(diameter && { diameter }) } as const;
    const counts = await validate(samples, program, model.decoder, size);
    const score = averageMatches(counts)[0].averagePrecision;
    expect(score).toBeGreaterThan(0.8);
    expect(card).toContain(`| 0.50 | ${score.toFixed(3)} |`);
    expect(scoreMatches(sumMatches(counts))[0].averagePrecision).toBeGreaterThan(0.8);
  });
});
