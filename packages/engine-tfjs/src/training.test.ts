import {
  ADAM,
  type Engine,
  floats,
  PAPER_SGD,
  seeded,
  startTrainer,
  trainingStep,
  unet,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { expect, test } from "vitest";
import { tfjsEngine } from "./node.js";

const shape = [2, 1, 32, 32];
const pixels = shape.reduce((a, b) => a * b, 1);

/** Another batch every step: noise, and where it is bright. */
function batches(count: number) {
  const random = seeded(4);
  return Array.from({ length: count }, () => {
    const image = floats(
      new Float32Array(pixels).map(() => random()),
      shape,
    );
    const target = floats(
      image.data.map((value) => (Number(value) > 0.5 ? 1 : 0)) as Float32Array,
      shape,
    );
    return { image, target, weight: floats(new Float32Array(pixels).fill(1), shape) };
  });
}

async function losses(engine: Engine, optimizer: typeof ADAM): Promise<number[]> {
  const network = unet({ inputs: 1, outputs: 1, widths: [4, 8, 12] }, seeded(1));
  const trainer = await startTrainer(engine, trainingStep(network, shape, optimizer));
  const curve: number[] = [];
  for (const batch of batches(20)) curve.push(await trainer.step(batch, 0.01));
  await trainer.dispose();
  return curve;
}

test.each([
  { name: "Adam", optimizer: ADAM },
  { name: "gradient descent", optimizer: PAPER_SGD },
])("twenty steps of $name lose as much as on ONNX Runtime", async ({ optimizer }) => {
  const found = await losses(await tfjsEngine({ backend: "wasm" }), optimizer);
  const expected = await losses(onnxEngine({ threads: 1 }), optimizer);
  expect(found).toHaveLength(20);
  expect(found[19]).toBeLessThan(found[0]);
  for (const [i, loss] of expected.entries())
    expect(Math.abs(found[i] - loss), `step ${i}`).toBeLessThan(1e-3);
});
