import { expect, test } from "vitest";
import { toDense } from "../dense.js";
import { fieldOf } from "../field.js";
import { countMultiplyAdds, inferShapes } from "../infer-shapes.js";
import { floats, type Graph, type Values } from "../network.js";
import { seeded } from "../random.js";
import { referenceEngine } from "../reference/engine.js";
import { type FeatureNetOptions, featureNet, type PatchSize } from "./feature-net.js";

const zero = () => 0;

/** The graph with batch-norm statistics and biases that do something. */
function stirred(graph: Graph, seed: number): Graph {
  const random = seeded(seed);
  const stir = ([name, { data, shape }]: [string, Values]): [string, Values] => {
    if (!/_(bias|scale|shift|mean|variance)$/.test(name)) return [name, { data, shape }];
    return [
      name,
      floats(
        Float32Array.from({ length: data.length }, () => 0.5 + random()),
        shape,
      ),
    ];
  };
  return { ...graph, weights: Object.fromEntries(Object.entries(graph.weights).map(stir)) };
}

async function run(graph: Graph, image: Values): Promise<Values> {
  return (await (await referenceEngine.load(graph)).run({ image })).maps;
}

/** Patch form and dense form of one network, asked about the same pixels of a random image: the largest difference. */
async function difference(
  options: FeatureNetOptions,
  rows: number,
  columns: number,
): Promise<number> {
  const { inputs, patch, outputs } = options;
  const graph = stirred(featureNet(options, seeded(1)), 2);
  const random = seeded(3);
  const [height, width] = [patch + rows - 1, patch + columns - 1];
  const image = Float32Array.from({ length: inputs * height * width }, () => random() - 0.5);
  const patches = new Float32Array(rows * columns * inputs * patch * patch);
  let at = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < inputs; c++)
        for (let py = 0; py < patch; py++) {
          const from = (c * height + y + py) * width + x;
          patches.set(image.subarray(from, from + patch), at);
          at += patch;
        }
  const whole = await run(toDense(graph), floats(image, [1, inputs, height, width]));
  const single = await run(graph, floats(patches, [rows * columns, inputs, patch, patch]));
  expect(whole.shape).toEqual([1, outputs, rows, columns]);
  expect(
    new Set(Array.from(single.data as Float32Array, (p) => p.toFixed(3))).size,
  ).toBeGreaterThan(3);
  let largest = 0;
  for (let pixel = 0; pixel < rows * columns; pixel++)
    for (let c = 0; c < outputs; c++) {
      const [a, b] = [whole.data[c * rows * columns + pixel], single.data[pixel * outputs + c]];
      largest = Math.max(largest, Math.abs(Number(a) - Number(b)));
    }
  return largest;
}

test("networks have as many numbers as the paper's", () => {
  const count = (options: Omit<FeatureNetOptions, "outputs"> & { outputs?: number }) => {
    const { weights } = featureNet({ outputs: 3, ...options }, zero);
    return Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  };
  expect(count({ patch: 21, inputs: 1 })).toBe(173_803);
  expect(count({ patch: 31, inputs: 1 })).toBe(403_979);
  expect(count({ patch: 31, inputs: 5 })).toBe(406_027);
  expect(count({ patch: 61, inputs: 1 })).toBe(462_891);
  expect(count({ patch: 61, inputs: 2 })).toBe(463_467);
  expect(count({ patch: 61, inputs: 2, outputs: 4 })).toBe(463_668);
  expect(count({ patch: 81, inputs: 2 })).toBe(537_835);
  expect(count({ patch: 61, inputs: 2, batchNorm: false })).toBe(460_331);
  expect(count({ patch: 61, inputs: 1, batchNorm: false })).toBe(459_755);
  expect(count({ patch: 31, inputs: 1, multires: true })).toBe(1_826_675);
  expect(count({ patch: 61, inputs: 2, multires: true })).toBe(16_493_955);
  expect(count({ patch: 81, inputs: 2, multires: true })).toBe(22_902_211);
});

test("a patch shrinks to one pixel, and the dense form sees just that patch", () => {
  for (const patch of [21, 31, 61, 81] as PatchSize[])
    for (const multires of patch === 21 ? [false] : [false, true]) {
      const graph = featureNet({ patch, inputs: 1, outputs: 3, multires }, zero);
      expect(inferShapes(graph, { image: [2, 1, patch, patch] }).maps).toEqual([2, 3, 1, 1]);
      const half = (patch - 1) / 2;
      expect(fieldOf(toDense(graph))).toEqual({
        receptiveField: patch,
        halo: { before: half, after: half },
        stride: 1,
        crop: { before: half, after: half },
      });
    }
});

test("a pixel of the dense form costs as many multiplications as the paper's", () => {
  const cost = (patch: PatchSize, inputs: number) => {
    const graph = toDense(featureNet({ patch, inputs, outputs: 3 }, zero));
    const at = (size: number) => countMultiplyAdds(graph, { image: [1, inputs, size, size] });
    // the cost is quadratic in the image's side; its second difference is twice the cost of a pixel
    return (at(1002) - 2 * at(1001) + at(1000)) / 2;
  };
  expect(cost(61, 2)).toBe(459_544);
  expect(cost(31, 1)).toBe(400_536);
});

test("judging pixels one patch at a time, or all at once, gives the same answers", async () => {
  expect(await difference({ patch: 21, inputs: 2, outputs: 3 }, 4, 5)).toBeLessThan(1e-5);
  expect(await difference({ patch: 31, inputs: 1, outputs: 3 }, 4, 4)).toBeLessThan(1e-5);
  expect(
    await difference({ patch: 31, inputs: 1, outputs: 4, batchNorm: false }, 2, 2),
  ).toBeLessThan(1e-5);
  expect(await difference({ patch: 31, inputs: 1, outputs: 3, multires: true }, 2, 2)).toBeLessThan(
    1e-5,
  );
  expect(await difference({ patch: 61, inputs: 2, outputs: 3 }, 1, 2)).toBeLessThan(1e-5);
});

test("kernels start with the spread of He et al.", () => {
  const { weights } = featureNet({ patch: 31, inputs: 1, outputs: 3 }, seeded(5));
  const kernel = Array.from(weights.conv_3_kernel.data as Float32Array);
  const mean = kernel.reduce((a, b) => a + b) / kernel.length;
  const variance = kernel.reduce((sum, x) => sum + (x - mean) ** 2, 0) / kernel.length;
  expect(Math.abs(mean)).toBeLessThan(0.001);
  expect(variance / (2 / (64 * 9))).toBeCloseTo(1, 1);
  expect(weights.conv_3_bias.data.every((value) => value === 0)).toBe(true);
});

test("a network the paper does not have is refused", () => {
  expect(() => featureNet({ patch: 21, inputs: 1, outputs: 3, multires: true }, zero)).toThrow(
    "patch must be one of 31, 61, 81, got 21",
  );
});
