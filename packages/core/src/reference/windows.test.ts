import fc from "fast-check";
import { expect, test } from "vitest";
import { type Attribute, floats, GraphBuilder } from "../network.js";
import { seeded } from "../random.js";
import { referenceEngine } from "./engine.js";

/** Everything a sliding window can be asked to do, small enough that it always fits. */
const layouts = fc.record({
  size: fc.tuple(fc.integer({ min: 7, max: 10 }), fc.integer({ min: 7, max: 10 })),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  dilations: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
  // fewer than the kernel is wide, so that no window lies wholly outside the image
  pads: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))),
});
type Layout = typeof layouts extends fc.Arbitrary<infer T> ? T : never;

function random(shape: number[], seed: number) {
  const next = seeded(seed);
  return floats(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() - 0.5),
    shape,
  );
}

async function run(
  op: string,
  image: ReturnType<typeof random>,
  attributes: Record<string, Attribute>,
  weights: ReturnType<typeof random>[] = [],
) {
  const builder = new GraphBuilder();
  const names = weights.map((weight) => builder.weight(weight));
  builder.add(op, ["x", ...names], attributes, "y");
  const graph = builder.build([{ name: "x", shape: image.shape }], [{ name: "y", shape: [] }]);
  const program = await referenceEngine.load(graph);
  return (await program.run({ x: image })).y;
}

/** The pixels under the window of output (y, x) by definition: [ky, kx, pixel], or `undefined` where outside. */
function* under({ size, kernel, strides, dilations, pads }: Layout, y: number, x: number) {
  for (let ky = 0; ky < kernel[0]; ky++)
    for (let kx = 0; kx < kernel[1]; kx++) {
      const fromY = y * strides[0] + ky * dilations[0] - pads[0];
      const fromX = x * strides[1] + kx * dilations[1] - pads[1];
      const inside = fromY >= 0 && fromX >= 0 && fromY < size[0] && fromX < size[1];
      yield { ky, kx, pixel: inside ? fromY * size[1] + fromX : undefined };
    }
}

test("a convolution is the weighted sum of the pixels under its kernel", async () => {
  await fc.assert(
    fc.asyncProperty(layouts, fc.nat(1000), async (layout, seed) => {
      const { size, kernel, strides, dilations, pads } = layout;
      const image = random([2, 3, ...size], seed);
      const weights = random([4, 3, ...kernel], seed + 1);
      const bias = random([4], seed + 2);
      const found = await run("Conv", image, { strides, dilations, pads }, [weights, bias]);
      const [, , height, width] = found.shape;
      for (let i = 0; i < found.data.length; i++) {
        const [n, o] = [Math.floor(i / (4 * height * width)), Math.floor(i / (height * width)) % 4];
        let sum = bias.data[o];
        for (const { ky, kx, pixel } of under(layout, Math.floor(i / width) % height, i % width))
          for (let c = 0; c < 3 && pixel !== undefined; c++)
            sum +=
              image.data[(n * 3 + c) * size[0] * size[1] + pixel] *
              weights.data[((o * 3 + c) * kernel[0] + ky) * kernel[1] + kx];
        expect(found.data[i]).toBeCloseTo(sum, 6);
      }
    }),
    { numRuns: 60 },
  );
});

test("pooling takes the largest or the mean of the pixels under its window that are inside the image", async () => {
  await fc.assert(
    fc.asyncProperty(layouts, fc.nat(1000), async (layout, seed) => {
      const { size, kernel, strides, dilations, pads } = layout;
      const image = random([1, 1, ...size], seed);
      const attributes = { kernel_shape: kernel, strides, dilations, pads };
      const largest = await run("MaxPool", image, attributes);
      const mean = await run("AveragePool", image, attributes);
      const [, , , width] = largest.shape;
      for (let i = 0; i < largest.data.length; i++) {
        const pixels = [...under(layout, Math.floor(i / width), i % width)].flatMap(({ pixel }) =>
          pixel === undefined ? [] : [Number(image.data[pixel])],
        );
        if (pixels.length === 0) continue;
        expect(largest.data[i]).toBe(Math.max(...pixels));
        expect(mean.data[i]).toBeCloseTo(pixels.reduce((a, b) => a + b) / pixels.length, 6);
      }
    }),
    { numRuns: 60 },
  );
});
