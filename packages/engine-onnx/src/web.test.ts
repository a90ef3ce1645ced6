import {
  ADAM,
  type Engine,
  floats,
  type Graph,
  seeded,
  startTrainer,
  trainingStep,
  unet,
  type Values,
} from "@cellwright/core";
import { testGradients } from "@cellwright/testing";
import { expect, test } from "vitest";
import { onnxEngine } from "./node.js";
import { onnxWebEngine } from "./web.js";

/** Two convolutions with a rectifier between them, of weights that differ everywhere. */
const graph: Graph = {
  inputs: [{ name: "image", shape: ["n", 1, "y", "x"] }],
  nodes: [
    {
      op: "Conv",
      inputs: ["image", "w1", "b1"],
      outputs: ["a"],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
    },
    { op: "Relu", inputs: ["a"], outputs: ["b"], attributes: {} },
    { op: "Conv", inputs: ["b", "w2"], outputs: ["maps"], attributes: { kernel_shape: [1, 1] } },
  ],
  outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
  weights: {
    w1: floats(
      Array.from({ length: 36 }, (_, i) => Math.sin(i)),
      [4, 1, 3, 3],
    ),
    b1: floats([0.1, -0.2, 0.3, -0.4], [4]),
    w2: floats(
      Array.from({ length: 8 }, (_, i) => Math.cos(i)),
      [2, 4, 1, 1],
    ),
  },
};

const image: Values = floats(
  Array.from({ length: 2 * 11 * 13 }, (_, i) => Math.sin(i * i)),
  [2, 1, 11, 13],
);

test("the WebAssembly build gives in Node what the native library gives", async () => {
  const web = await onnxWebEngine({ threads: 2 }).load(graph);
  const native = await onnxEngine({ threads: 1 }).load(graph);
  const { maps } = await web.run({ image });
  const { maps: expected } = await native.run({ image });
  expect(maps.shape).toEqual([2, 2, 11, 13]);
  expect(maps.shape).toEqual(expected.shape);
  let worst = 0;
  for (let i = 0; i < maps.data.length; i++)
    worst = Math.max(worst, Math.abs(Number(maps.data[i]) - Number(expected.data[i])));
  expect(worst).toBeLessThan(1e-5);
  await web.dispose();
  await native.dispose();
});

test("what the runtime refuses is an error of the model", async () => {
  const broken = {
    ...graph,
    nodes: [{ ...graph.nodes[0], op: "NoSuchLayer" }, ...graph.nodes.slice(1)],
  };
  await expect(onnxWebEngine().load(broken)).rejects.toThrow(
    /^ONNX Runtime refuses the network: .+/,
  );
});

testGradients(onnxWebEngine());

test("three training steps lose as much as on the native engine", async () => {
  const shape = [2, 1, 16, 16];
  const random = seeded(4);
  const image = floats(
    new Float32Array(512).map(() => random()),
    shape,
  );
  const target = floats(
    new Float32Array(1024).map((_, i) => (image.data[i % 512] > 0.5 ? 1 : 0)),
    [2, 2, 16, 16],
  );
  const batch = { image, target, weight: floats(new Float32Array(512).fill(1), shape) };
  const step = trainingStep(
    unet({ inputs: 1, outputs: 2, widths: [4, 6] }, seeded(1)),
    shape,
    ADAM,
  );
  const losses = async (engine: Engine) => {
    const trainer = await startTrainer(engine, step);
    return [
      await trainer.step(batch, 0.01),
      await trainer.step(batch, 0.01),
      await trainer.step(batch, 0.01),
    ];
  };
  const [web, native] = [await losses(onnxWebEngine()), await losses(onnxEngine({ threads: 1 }))];
  expect(web[2]).toBeLessThan(web[0]);
  for (const [i, loss] of native.entries()) expect(web[i]).toBeCloseTo(loss, 4);
});
