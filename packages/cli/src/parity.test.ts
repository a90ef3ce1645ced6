import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesSource,
  decode,
  type Engine,
  ensemble,
  fieldOf,
  type Graph,
  type Image,
  kerasNetwork,
  type Model,
  normalize,
  planeOf,
  predict,
  readImage,
  referenceEngine,
  scorePaper,
  stackChannels,
  type Tensor,
  toLabels,
} from "@cellwright/core";
import { onnxEngine } from "@cellwright/engine-onnx/node";
import { dataPath, describeData } from "@cellwright/testing";
import { afterAll, expect, test } from "vitest";
import { readKerasArrays } from "./hdf5.js";
import { memoryContext } from "./memory-context.js";
import { openModel } from "./model-folder.js";
import { run } from "./program.js";

/** Where the imported models go. */
const root = mkdtempSync(join(tmpdir(), "cellwright-parity-"));
afterAll(() => rmSync(root, { recursive: true }));

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

/** Imports a published ensemble as `cellwright models import` does, and opens the model. */
async function imported(name: string, ...options: string[]): Promise<Model> {
  const folder = mkdtempSync(join(root, `${name}-`));
  const source = dataPath(`deepcell2016/networks/${name}`);
  expect(await run(["models", "import", source, "-o", folder, ...options], memoryContext())).toBe(
    0,
  );
  return (await openModel(folder)).model;
}

/** How many pixels are in one of two masks only. */
function differingPixels(found: Image, authors: Image): number {
  expect(found.shape).toEqual(authors.shape);
  let count = 0;
  for (let i = 0; i < found.data.length; i++)
    if (found.data[i] > 0 !== authors.data[i] > 0) count++;
  return count;
}

describeData("the published networks, imported,", () => {
  test.each(["hela", "nuclear", "3t3", "mcf10a", "ecoli", "coculture"])(
    "%s becomes one model of five networks",
    async (name) => {
      const model = await imported(name);
      expect(model.graph.nodes.filter(({ op }) => op === "Softmax")).toHaveLength(5);
      expect(model.graph.nodes.filter(({ op }) => op === "Mean")).toHaveLength(1);
      expect(fieldOf(model.graph).receptiveField).toBe(name === "ecoli" ? 31 : 61);
    },
  );

  test(
    "give the authors' own maps at every pixel, their masks, and the paper's score",
    async () => {
      const cytoplasm = await imported("hela");
      const nuclear = await imported("nuclear", "--running-std", "variance");
      const nuclearMaps = await mapsOf(onnxEngine(), nuclear.graph, await tensorOf("nuclear"));
      expect(largestDifference(nuclearMaps, await authorsMaps("nuclear"))).toBeLessThan(1e-5);
      const field = await tensorOf("phase", "nuclear");
      const maps = await mapsOf(onnxEngine(), cytoplasm.graph, field);
      expect(largestDifference(maps, await authorsMaps("cytoplasm"))).toBeLessThan(1e-5);

      const nuclei = decode(nuclearMaps, nuclear.decoder);
      expect(differingPixels(nuclei, await load("authors-mask-nuclear"))).toBe(0);
      const cells = decode(maps, cytoplasm.decoder, { seeds: nuclei });
      expect(differingPixels(cells, await load("authors-mask-cytoplasm"))).toBe(0);
      const truth = toLabels(await load("labels"));
      const score = scorePaper(cells, truth, { nuclei, crop: frame });
      expect(score.cells).toHaveLength(28);
      expect(score.jaccard).toBeCloseTo(0.8340906, 6);
      expect(score.dice).toBeCloseTo(0.9069042, 6);
    },
    patience,
  );

  test(
    "give the same maps on the reference engine, on a crop",
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
