import { readdirSync, readFileSync } from "node:fs";
import {
  bytesSource,
  type Engine,
  ensemble,
  type Graph,
  kerasNetwork,
  normalize,
  planeOf,
  predict,
  readImage,
  referenceEngine,
  stackChannels,
  type Tensor,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { expect, test } from "vitest";
import { readKerasArrays } from "./hdf5.js";

/** Five networks over half a megapixel on two busy cores. */
const patience = 400_000;

/** The frame for which the authors' networks, which do not pad, give no answer. */
const frame = 30;

async function load(name: string) {
  const path = dataPath(`deepcell2016/parity-hela/${name}.tif`);
  return planeOf(await readImage(bytesSource(name, readFileSync(path))));
}

/** A published ensemble as one graph. */
function network(name: string, runningStd: "deviation" | "variance", count = 5): Graph {
  const folder = dataPath(`deepcell2016/networks/${name}`);
  const files = readdirSync(folder).sort().slice(0, count);
  return ensemble(
    files.map((file) =>
      kerasNetwork(readKerasArrays(readFileSync(`${folder}/${file}`)).arrays, { runningStd }),
    ),
  );
}

/** The field's channels under the paper's normalisation. */
async function tensorOf(...channels: string[]): Promise<Tensor> {
  const planes = await Promise.all(channels.map(load));
  return normalize(stackChannels(planes), { kind: "deepcell2016", window: 61 });
}

async function authorsMaps(part: "cytoplasm" | "nuclear"): Promise<Tensor> {
  return stackChannels(await Promise.all([0, 1, 2].map((c) => load(`authors-${part}-class${c}`))));
}

/** A square of all channels. */
function crop(tensor: Tensor, top: number, left: number, size: number): Tensor {
  const [channels, height, width] = tensor.shape;
  const data = new Float32Array(channels * size * size);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < size; y++) {
      const from = (c * height + top + y) * width + left;
      data.set(tensor.data.subarray(from, from + size), (c * size + y) * size);
    }
  return { data, shape: [channels, size, size], axes: "cyx" };
}

/** The largest difference between maps inside the frame; also that outside there is nothing. */
function largestDifference(found: Tensor, authors: Tensor): number {
  expect(found.shape).toEqual(authors.shape);
  const [, height, width] = found.shape;
  let largest = 0;
  for (let i = 0; i < found.data.length; i++) {
    const y = Math.floor(i / width) % height;
    const x = i % width;
    const inside = y >= frame && x >= frame && y < height - frame && x < width - frame;
    const difference = Math.abs(found.data[i] - (inside ? authors.data[i] : 0));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

async function mapsOf(engine: Engine, graph: Graph, tensor: Tensor): Promise<Tensor> {
  const program = await engine.load(graph);
  const maps = await predict(tensor, program, { tile: 220 });
  await program.dispose();
  return maps;
}

describeData("the published networks give the authors' own maps", () => {
  test(
    "cytoplasm, on ONNX Runtime, at every pixel",
    async () => {
      const maps = await mapsOf(
        onnxEngine(),
        network("hela", "variance"),
        await tensorOf("phase", "nuclear"),
      );
      const difference = largestDifference(maps, await authorsMaps("cytoplasm"));
      expect(difference).toBeLessThan(1e-5);
    },
    patience,
  );

  test(
    "nuclei, on ONNX Runtime, with the reading of running_std that the authors' maps carry",
    async () => {
      const maps = await mapsOf(
        onnxEngine(),
        network("nuclear", "variance"),
        await tensorOf("nuclear"),
      );
      const difference = largestDifference(maps, await authorsMaps("nuclear"));
      expect(difference).toBeLessThan(1e-5);
    },
    patience,
  );

  test(
    "cytoplasm and nuclei, on the reference engine, on a crop",
    async () => {
      const size = 64;
      const [top, left] = [200, 230];
      for (const [part, name, channels] of [
        ["cytoplasm", "hela", ["phase", "nuclear"]],
        ["nuclear", "nuclear", ["nuclear"]],
      ] as const) {
        const tensor = crop(await tensorOf(...channels), top, left, size);
        const maps = await mapsOf(referenceEngine, network(name, "variance"), tensor);
        const authors = crop(await authorsMaps(part), top, left, size);
        expect(largestDifference(maps, authors)).toBeLessThan(1e-5);
      }
    },
    patience,
  );

  test(
    "the right reading of the nuclear networks gives other maps",
    async () => {
      const tensor = crop(await tensorOf("nuclear"), 200, 230, 64);
      const [right, wrong] = await Promise.all(
        (["deviation", "variance"] as const).map((reading) =>
          mapsOf(onnxEngine(), network("nuclear", reading, 1), tensor),
        ),
      );
      expect(right.data.some((p, i) => Math.abs(p - wrong.data[i]) > 1e-3)).toBe(true);
    },
    patience,
  );
});
