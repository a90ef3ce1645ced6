import {
  floats,
  ModelError,
  referenceEngine,
  ShapeError,
  seeded,
  UnsupportedError,
  unet,
  writeOnnx,
} from "@cellwright/core";
import { testGradients } from "@cellwright/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { tfjsEngine } from "./node.js";

const network = unet({ inputs: 1, outputs: 2, widths: [3, 4] }, seeded(1));

function image(height: number, width: number) {
  const random = seeded(5);
  const data = new Float32Array(height * width).map(() => random());
  return floats(data, [1, 1, height, width]);
}

describe("gradients on WebAssembly", async () => {
  testGradients(await tfjsEngine({ backend: "wasm" }));
});

test("runs keep nothing on the backend, whatever their size, and a disposed network nothing at all", async () => {
  const engine = await tfjsEngine({ backend: "wasm" });
  const before = tf.memory().numTensors;
  const program = await engine.load(network);
  await program.run({ image: image(16, 16) });
  const weights = tf.memory().numTensors;
  expect(weights).toBeGreaterThan(before);
  const { maps } = await program.run({ image: image(16, 16) });
  for (const side of [16, 24, 32, 16])
    for (let i = 0; i < 5; i++) await program.run({ image: image(side, 16) });
  expect(tf.memory().numTensors).toBe(weights);
  expect((await program.run({ image: image(16, 16) })).maps).toEqual(maps);
  await program.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("a run that fails keeps nothing either", async () => {
  const engine = await tfjsEngine({ backend: "wasm" });
  const fails = {
    ...network,
    nodes: [
      ...network.nodes,
      { op: "Pad", inputs: ["maps", "none"], outputs: ["out"], attributes: { mode: "reflect" } },
    ],
    weights: { ...network.weights, none: { data: new BigInt64Array(8), shape: [8] } },
    outputs: [{ name: "out", shape: [] }],
  };
  const program = await engine.load(fails);
  await expect(program.run({ image: image(16, 16) })).rejects.toThrow(/mode "reflect"/);
  const kept = tf.memory().numTensors;
  await expect(program.run({ image: image(16, 16) })).rejects.toThrow(UnsupportedError);
  expect(tf.memory().numTensors).toBe(kept);
  await program.dispose();
});

test("two backends at once each give what the reference engine gives", async () => {
  const [wasm, cpu] = await Promise.all([
    tfjsEngine({ backend: "wasm" }),
    tfjsEngine({ backend: "cpu" }),
  ]);
  expect([wasm.name, cpu.name]).toEqual(["tfjs-wasm", "tfjs-cpu"]);
  const input = { image: image(32, 48) };
  const programs = await Promise.all(
    [wasm, cpu, referenceEngine].map((engine) => engine.load(network)),
  );
  const [a, b, expected] = (await Promise.all(programs.map((program) => program.run(input)))).map(
    ({ maps }) => maps,
  );
  expect([a.shape, b.shape]).toEqual([expected.shape, expected.shape]);
  for (const [i, value] of expected.data.entries()) {
    expect(Number(a.data[i])).toBeCloseTo(Number(value), 5);
    expect(Number(b.data[i])).toBeCloseTo(Number(value), 5);
  }
  await Promise.all(programs.map((program) => program.dispose()));
});

test("what cannot run is refused when it is loaded, and what does not fit when it runs", async () => {
  const engine = await tfjsEngine({ backend: "wasm" });
  const strange = {
    ...network,
    nodes: [{ ...network.nodes[0], op: "NoSuchOperator" }, ...network.nodes.slice(1)],
  };
  await expect(engine.load(strange)).rejects.toThrow(/lacks the operators NoSuchOperator$/);
  await expect(engine.load({ ...network, nodes: [], onnx: writeOnnx(network) })).rejects.toThrow(
    /needs ONNX Runtime/,
  );
  await expect(engine.load({ ...network, weights: {} })).rejects.toThrow(ModelError);
  const program = await engine.load(network);
  await expect(program.run({})).rejects.toThrow(ShapeError);
  const short = { ...image(16, 16), data: new Float32Array(3) };
  await expect(program.run({ image: short })).rejects.toThrow(/must be 256 values/);
  await program.dispose();
});
