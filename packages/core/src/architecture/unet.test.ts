import { expect, test } from "vitest";
import { fieldOf } from "../field.js";
import { ADAM } from "../gradient/optimizer.js";
import { trainingStep } from "../gradient/training.js";
import { inferShapes } from "../infer-shapes.js";
import { floats } from "../network.js";
import { seeded } from "../random.js";
import { referenceEngine } from "../reference/engine.js";
import { unet } from "./unet.js";

test("maps are as large as the image, whatever the number of levels", () => {
  for (let levels = 1; levels <= 4; levels++) {
    const network = unet(
      { inputs: 2, outputs: 3, widths: [2, 3, 4, 5].slice(0, levels) },
      seeded(1),
    );
    expect(inferShapes(network, { image: [2, 2, 16, 24] }).maps).toEqual([2, 3, 16, 24]);
    expect(fieldOf(network).stride).toBe(2 ** (levels - 1));
  }
});

test("the same seed gives the same weights, another one others", () => {
  const of = (seed: number) =>
    unet({ inputs: 1, outputs: 2, widths: [4, 8] }, seeded(seed)).weights;
  expect(of(1)).toEqual(of(1));
  expect(of(1).head_kernel).not.toEqual(of(2).head_kernel);
});

test("kernels start with the variance 2 / fan-in", () => {
  const { weights } = unet({ inputs: 1, outputs: 1, widths: [64, 64] }, seeded(3));
  const kernel = Float64Array.from(weights.encode_1_b_kernel.data as Float32Array);
  const variance = kernel.reduce((sum, w) => sum + w ** 2, 0) / kernel.length;
  expect(variance * (64 * 9)).toBeCloseTo(2, 1);
});

test("with a logarithm it sees each channel a second time, dim light raised", async () => {
  const network = unet({ inputs: 1, outputs: 1, widths: [2], logarithm: 50 }, seeded(1));
  const graph = { ...network, outputs: [{ name: "seen", shape: ["n", 2, "y", "x"] }] };
  const program = await referenceEngine.load(graph);
  const light = [-0.5, 0, 0.02, 1];
  const { seen } = await program.run({ image: floats(light, [1, 1, 2, 2]) });
  const raised = [0, 0, Math.log(2) / Math.log(51), 1];
  for (const [i, value] of [...light, ...raised].entries())
    expect(seen.data[i]).toBeCloseTo(value, 5);
});

test("what comes before the first kernel needs no gradient", () => {
  const network = unet({ inputs: 2, outputs: 1, widths: [2, 3], logarithm: 50 }, seeded(1));
  const { state } = trainingStep(network, [1, 2, 8, 8], ADAM);
  expect(state.map(({ input }) => input)).toContain("encode_0_a_kernel");
});
