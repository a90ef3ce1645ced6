import { expect, test } from "vitest";
import { featureNet } from "./architecture/feature-net.js";
import { toDense } from "./dense.js";
import { type KerasArrays, kerasNetwork } from "./keras.js";
import { floats, floatWeight, type Graph } from "./network.js";
import { seeded } from "./random.js";
import { referenceEngine } from "./reference/engine.js";

const random = seeded(21);

/** A 31-pixel network with statistics that matter, and the arrays Keras would have stored for it, as variances. */
function example(): { graph: Graph; arrays: Record<string, KerasArrays[string]> } {
  const fresh = featureNet({ patch: 31, inputs: 1, outputs: 3 }, random);
  const weights = Object.fromEntries(
    Object.entries(fresh.weights).map(([name, w]) =>
      name.endsWith("_kernel")
        ? [name, w]
        : [
            name,
            floats(
              Float32Array.from({ length: w.data.length }, () => 0.5 + random()),
              w.shape,
            ),
          ],
    ),
  );
  const graph = { ...fresh, weights };
  const arrays: Record<string, KerasArrays[string]> = {};
  const layers = ["conv_1", "conv_2", "conv_3", "conv_4", "conv_5", "dense_1", "dense_2"];
  for (const [i, layer] of layers.entries()) {
    const { data, shape } = floatWeight(graph, `${layer}_kernel`);
    const name = layer.replace("conv", "convolution2d");
    const [to, from, size] = shape;
    const flipped = data.slice().map((_, at) => {
      const inner = at % (size * size);
      return data[at - inner + size * size - 1 - inner];
    });
    const matrix = new Float32Array(data.length).map(
      (_, at) => data[(at % to) * from + Math.floor(at / to)],
    );
    arrays[`${name}_W`] = layer.startsWith("conv")
      ? { data: flipped, shape }
      : { data: matrix, shape: [from, to] };
    arrays[`${name}_b`] = floatWeight(graph, `${layer}_bias`);
    if (layer === "dense_2") continue;
    const parts = { gamma: "scale", beta: "shift", running_mean: "mean", running_std: "variance" };
    for (const [keras, ours] of Object.entries(parts))
      arrays[`batchnormalization_${i + 1}_${keras}`] = floatWeight(graph, `${layer}_${ours}`);
  }
  return { graph, arrays };
}

async function maps(graph: Graph): Promise<Float32Array> {
  const next = seeded(4);
  const image = floats(Float32Array.from({ length: 33 * 34 }, next), [1, 1, 33, 34]);
  return (await (await referenceEngine.load(graph)).run({ image })).maps.data as Float32Array;
}

function largest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - b[i])), 0);
}

test("kernels are turned, dense layers transposed, statistics in their places", async () => {
  const { graph, arrays } = example();
  const read = kerasNetwork(arrays, { runningStd: "variance" });
  expect(read.inputs[0].shape).toEqual(["n", 1, "y", "x"]);
  expect(largest(await maps(read), await maps(toDense(graph)))).toBeLessThan(1e-6);
});

test("a running_std that is a deviation divides as it is", async () => {
  const { arrays } = example();
  const deviations = Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) =>
      name.endsWith("running_std")
        ? [name, { data: data.map((v) => Math.sqrt(v + 1e-6) - 1e-6), shape }]
        : [name, { data, shape }],
    ),
  );
  const variance = await maps(kerasNetwork(arrays, { runningStd: "variance" }));
  const deviation = await maps(kerasNetwork(deviations, { runningStd: "deviation" }));
  expect(largest(deviation, variance)).toBeLessThan(1e-5);
  const wrong = await maps(kerasNetwork(deviations, { runningStd: "variance" }));
  expect(largest(wrong, variance)).toBeGreaterThan(1e-3);
});

test("a file that lacks an array, has a misshapen one or another architecture is refused by name", () => {
  const { arrays } = example();
  const { dense_1_b: _, ...incomplete } = arrays;
  expect(() => kerasNetwork(incomplete, { runningStd: "variance" })).toThrow(
    'lacks the array "dense_1_b"',
  );
  const bent = { ...arrays, dense_1_b: { data: new Float32Array(3), shape: [3] } };
  expect(() => kerasNetwork(bent, { runningStd: "variance" })).toThrow(
    '"dense_1_b" must be of shape [200], is [3]',
  );
  const { convolution2d_5_W: __, ...shorter } = arrays;
  expect(() => kerasNetwork(shorter, { runningStd: "variance" })).toThrow(
    "its convolutions are: 4x4 to 32, 3x3 to 64, 3x3 to 64, 3x3 to 128",
  );
});
