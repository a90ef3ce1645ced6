import { expect, test } from "vitest";
import type { Program } from "./engine.js";
import type { WatershedDecoder } from "./instance/watershed.js";
import type { Sample } from "./sample.js";
import { tuneDecoder } from "./tune.js";
import { validate } from "./validate.js";

const start: WatershedDecoder = {
  kind: "watershed",
  threshold: 0.5,
  prominence: 0.1,
  minHeight: 0.3,
  smoothing: 1,
  minArea: 12,
};

/** A network whose maps are its image, twice: what is bright is inside. */
const copy: Program = {
  graph: {
    inputs: [{ name: "x", shape: ["n", 1, "y", "x"] }],
    nodes: [{ op: "Concat", inputs: ["x", "x"], outputs: ["maps"], attributes: { axis: 1 } }],
    outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
    weights: {},
  },
  run: async ({ x }) => ({
    maps: {
      data: Float32Array.from([...(x.data as Float32Array), ...(x.data as Float32Array)]),
      shape: [1, 2, ...x.shape.slice(2)],
    },
  }),
  dispose: async () => {},
};

/** A square of 6 × 6 at a brightness, with a rim of `rim` around it, of which only the square is the cell. */
function sample(brightness: number, rim: number): Sample {
  const at = (i: number) => [Math.floor(i / 20), i % 20];
  const inside = (i: number, margin: number) =>
    at(i).every((v) => v >= 7 - margin && v < 13 + margin);
  const data = Float32Array.from({ length: 400 }, (_, i) =>
    inside(i, 0) ? brightness : inside(i, 2) ? rim : 0,
  );
  return {
    name: "square",
    tensor: { data, shape: [1, 20, 20], axes: "cyx" },
    labels: {
      data: Uint32Array.from({ length: 400 }, (_, i) => (inside(i, 0) ? 1 : 0)),
      shape: [20, 20],
      axes: "yx",
    },
  };
}

test("the threshold moves to where the cells end", async () => {
  const tuned = await tuneDecoder([sample(0.9, 0.52)], copy, start);
  expect(tuned.decoder).toEqual({ ...start, threshold: 0.55 });
});

test("where nothing is gained the parameters stay", async () => {
  const tuned = await tuneDecoder([sample(0.9, 0)], copy, start);
  expect(tuned.decoder).toEqual(start);
  expect(tuned.counts).toEqual(await validate([sample(0.9, 0)], copy, start));
});

test("a signal stops it", async () => {
  const stop = new AbortController();
  const options = {
    signal: stop.signal,
    onProgress: (tried: number) => tried === 3 && stop.abort(new Error("enough")),
  };
  await expect(tuneDecoder([sample(0.9, 0)], copy, start, options)).rejects.toThrow("enough");
});
