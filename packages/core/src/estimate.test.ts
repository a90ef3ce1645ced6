import { expect, test } from "vitest";
import type { Program } from "./engine.js";
import { estimateDiameter, estimateSize } from "./estimate.js";
import type { Tensor } from "./image.js";
import { predict } from "./predict.js";
import { rescale } from "./resample.js";
import { zoomFor } from "./size.js";

const decoder = {
  kind: "watershed",
  threshold: 0.5,
  prominence: 0.1,
  minHeight: 0.3,
  smoothing: 0,
  minArea: 4,
} as const;

/** A network that knows a cell by its brightness, but sees none that are wider than `largest` pixels. */
function program(looks: number[], largest = Infinity): Program {
  return {
    graph: {
      inputs: [{ name: "x", shape: ["n", 1, "y", "x"] }],
      nodes: [{ op: "Concat", inputs: ["x", "x"], outputs: ["maps"], attributes: { axis: 1 } }],
      outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
      weights: {},
    },
    run: async ({ x }) => {
      const [, , height, width] = x.shape;
      looks.push(width);
      const data = x.data as Float32Array;
      let widest = 0;
      for (let y = 0; y < height; y++) {
        let run = 0;
        for (let i = 0; i < width; i++) {
          run = data[y * width + i] > 0.5 ? run + 1 : 0;
          widest = Math.max(widest, run);
        }
      }
      const seen = widest > largest ? new Float32Array(data.length) : data;
      return {
        maps: { data: Float32Array.from([...seen, ...seen]), shape: [1, 2, height, width] },
      };
    },
    dispose: async () => {},
  };
}

/** Discs of a diameter on a grid. */
function discs(size: number, diameter: number): Tensor {
  const pitch = Math.ceil(diameter * 1.5);
  const data = Float32Array.from({ length: size * size }, (_, i) => {
    const [y, x] = [Math.floor(i / size) % pitch, (i % size) % pitch];
    return Math.hypot(y - pitch / 2, x - pitch / 2) < diameter / 2 ? 1 : 0;
  });
  return { data, shape: [1, size, size], axes: "cyx" };
}

test("cells of any size are measured, at the zoom that brings them to the wanted size", async () => {
  for (const diameter of [8, 20, 33, 70]) {
    const looks: number[] = [];
    const found = await estimateDiameter(discs(300, diameter), program(looks), decoder, 20);
    expect(Math.abs((found as number) / diameter - 1)).toBeLessThan(0.15);
    // A look that shows what was wanted, as sure of it as these discs make it, is the last.
    expect(looks.length).toBeLessThanOrEqual(3);
  }
});

test("cells too large for the network are found by looking from further away", async () => {
  const looks: number[] = [];
  const found = await estimateDiameter(discs(300, 70), program(looks, 30), decoder, 20);
  expect(Math.abs((found as number) / 70 - 1)).toBeLessThan(0.15);
  expect(looks).toContain(75);
});

test("the maps that come with an estimate are those that the network makes at its zoom", async () => {
  const image = discs(300, 38);
  const found = await estimateSize(image, program([]), decoder, 20);
  const zoom = zoomFor(found?.diameter, 20);
  expect(zoom).toBe(0.5);
  expect(found?.maps).toEqual(await predict(rescale(image, zoom) as Tensor, program([])));
});

test("cells that the network is not sure of are looked at from every start", async () => {
  const looks: number[] = [];
  const faint = discs(300, 20);
  const found = await estimateDiameter(
    { ...faint, data: faint.data.map((value) => 0.6 * value) },
    program(looks),
    decoder,
    20,
  );
  expect(Math.abs((found as number) / 20 - 1)).toBeLessThan(0.06);
  expect(looks).toEqual(expect.arrayContaining([150, 300, 75]));
});

test("an image without cells has no estimate", async () => {
  const empty: Tensor = { data: new Float32Array(64 * 64), shape: [1, 64, 64], axes: "cyx" };
  expect(await estimateDiameter(empty, program([]), decoder, 20)).toBeUndefined();
});

test("of a large image only a part is looked at, where something is", async () => {
  const size = 1500;
  const corner = discs(400, 20);
  const data = new Float32Array(size * size);
  for (let y = 0; y < 400; y++)
    data.set(corner.data.subarray(y * 400, (y + 1) * 400), (y + 1050) * size + 1050);
  const looks: number[] = [];
  const image: Tensor = { data, shape: [1, size, size], axes: "cyx" };
  const found = await estimateDiameter(image, program(looks), decoder, 20);
  expect(Math.abs((found as number) / 20 - 1)).toBeLessThan(0.06);
  expect(Math.max(...looks)).toBeLessThanOrEqual(512);
});

test("an aborted estimate stops", async () => {
  const signal = AbortSignal.abort();
  await expect(
    estimateDiameter(discs(100, 20), program([]), decoder, 20, { signal }),
  ).rejects.toThrow();
});
