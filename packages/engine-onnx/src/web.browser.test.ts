import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  bytesSource,
  type Found,
  findCells,
  floats,
  type Graph,
  type Image,
  type Model,
  type ModelFiles,
  readModelFiles,
  readModelTest,
  type SegmentOptions,
  stackPlanes,
  synthBacteria,
  synthNuclei,
  writeModelFiles,
  writeNpy,
  writeOnnx,
} from "@cellwright/core";
import { describePage, openSite, type Site } from "@cellwright/testing/page";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onnxEngine } from "./node.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const sibling = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
const shipped = sibling("../../models");

/** Milliseconds for a test: a browser beside other work on two cores may take minutes. */
const patience = 600_000;

/** Whatever lies in the folder of shipped models. */
const shippedNames = readdirSync(shipped)
  .filter((name) => existsSync(join(shipped, name, "bioimageio.yaml")))
  .sort();

/** Two blurs of the image, the narrow one squashed to 0 … 1: what a trained network would give, roughly. */
function blurs(): Graph {
  const side = 11;
  const bell = (sigma: number) => {
    const values = Array.from({ length: side * side }, (_, i) => {
      const [y, x] = [Math.floor(i / side) - 5, (i % side) - 5];
      return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
    });
    const sum = values.reduce((a, b) => a + b, 0);
    return values.map((value) => value / sum);
  };
  return {
    inputs: [{ name: "image", shape: ["n", 1, "y", "x"] }],
    nodes: [
      {
        op: "Conv",
        inputs: ["image", "kernels", "bias"],
        outputs: ["blurred"],
        attributes: { kernel_shape: [side, side], pads: [5, 5, 5, 5] },
      },
      { op: "Sigmoid", inputs: ["blurred"], outputs: ["maps"], attributes: {} },
    ],
    outputs: [{ name: "maps", shape: ["n", 2, "y", "x"] }],
    weights: {
      kernels: floats(
        [...bell(1).map((v) => 20 * v), ...bell(3).map((v) => 8 * v)],
        [2, 1, side, side],
      ),
      bias: floats([-6, -3], [2]),
    },
  };
}

const blurring: Model = {
  name: "two blurs",
  description: "Bright blobs.",
  channels: ["nuclear"],
  maps: ["inside", "distance"],
  normalization: { kind: "percentile", low: 1, high: 99.8 },
  decoder: {
    kind: "watershed",
    threshold: 0.5,
    prominence: 0.05,
    minHeight: 0.2,
    smoothing: 1,
    minArea: 16,
  },
  graph: blurs(),
};

async function blurringFiles(): Promise<Record<string, Uint8Array>> {
  const testInput = floats(new Float32Array(400), [1, 1, 20, 20]);
  const testOutput = floats(new Float32Array(800), [1, 2, 20, 20]);
  const weights = writeOnnx(blurring.graph);
  return writeModelFiles(blurring, {
    weights,
    testInput,
    testOutput,
    readme: "# Two blurs\n",
    sha256,
  });
}

type Find = (path: string) => Uint8Array | undefined;

function folderFile(folder: string, path: string): Uint8Array | undefined {
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

function filesOf(name: string, find: Find): ModelFiles {
  const open = async (path: string) => {
    const bytes = find(path);
    return bytes && bytesSource(path, bytes);
  };
  return { name, open };
}

/** A made-up image with a model's channels: nuclei where it wants nuclei, rods in phase contrast for all else. */
function synthetic(channels: readonly string[]): Image {
  const options = { height: 160, width: 192, seed: 7 };
  const planes = channels.map((name) =>
    name === "nuclear" ? synthNuclei(options).image : synthBacteria(options).image,
  );
  return planes.length === 1 ? planes[0] : stackPlanes(planes, channels);
}

/** What a page or Node is asked to segment: files under `/model/NAME/`, and an image the page fetches. */
interface Case {
  readonly name: string;
  readonly find: Find;
  readonly image: Image;
  readonly options: SegmentOptions;
}

/** A shipped model on the tensor of its own test, on a made-up image, and on that with cells said to be smaller. */
async function casesOf(name: string): Promise<Case[]> {
  const find: Find = (path) => folderFile(join(shipped, name), path);
  const files = filesOf(name, find);
  const model = await readModelFiles(files, sha256);
  const { data, shape } = (await readModelTest(files, sha256)).input;
  const own: Image = { data, shape: shape.slice(1), axes: "cyx" };
  const made = synthetic(model.channels);
  const cases: Case[] = [
    { name, find, image: own, options: { rescale: false } },
    { name, find, image: made, options: { rescale: false } },
  ];
  if (model.diameter !== undefined)
    cases.push({ name, find, image: made, options: { diameter: 0.7 * model.diameter } });
  return cases;
}

async function inNode({ name, find, image, options }: Case): Promise<Found> {
  const model = await readModelFiles(filesOf(name, find), sha256);
  const program = await onnxEngine({ threads: 1 }).load(model.graph);
  const found = await findCells(image, model, program, { ...options, keepMaps: true });
  await program.dispose();
  return found;
}

describePage("in a page", () => {
  let site: Site;
  let current: Case;

  beforeAll(async () => {
    site = await openSite({
      root: sibling(".."),
      policy: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
      program:
        'import { bytesSource, findCells, readModelFiles, readNpy } from "@cellwright/core";\n' +
        `import { onnxWebEngine } from ${JSON.stringify(sibling("web.ts"))};\n` +
        "globalThis.app = { bytesSource, findCells, readModelFiles, readNpy, onnxWebEngine };\n",
      find: (path) => {
        const [, place, ...rest] = path.split("/");
        if (path === "/image.npy") return writeNpy(current.image);
        if (place === "ort") return folderFile(runtime, rest.join("/"));
        return place === "model" ? current.find(rest.join("/")) : undefined;
      },
    });
  });

  afterAll(() => site?.close());

  /** In one page: its cells are exactly those of Node, its maps nearly so, and nobody else was asked. */
  async function expectTheSame(cases: readonly Case[], threads: number): Promise<number[]> {
    const { page, problems, strangers } = await site.visit();
    const counts: number[] = [];
    for (const one of cases) {
      current = one;
      const { axes } = one.image;
      const found = await page.evaluate(inPage, { axes, options: one.options, threads });
      const { labels, maps } = await inNode(one);
      expect(found.isolated).toBe(true);
      expect(found.labels).toEqual(Array.from(labels.data));
      expect(worstOf(found.maps, maps?.data ?? [])).toBeLessThanOrEqual(1e-4);
      counts.push(labels.data.reduce((most, label) => Math.max(most, label), 0));
    }
    expect(problems).toEqual([]);
    expect(strangers).toEqual([]);
    await page.close();
    return counts;
  }

  test.each([1, 2])(
    "the page finds exactly the cells that Node finds, with %i threads, and asks nobody else",
    async (threads) => {
      const files = await blurringFiles();
      const image = synthetic(["nuclear"]);
      const one = { name: "blurs", find: (path: string) => files[path], image, options: {} };
      const [count] = await expectTheSame([one], threads);
      expect(count).toBeGreaterThan(5);
    },
    patience,
  );

  test("there are shipped models", () => expect(shippedNames).toContain("nuclei"));

  test.each(shippedNames.flatMap((name) => [1, 2].map((threads) => ({ name, threads }))))(
    "the shipped $name finds in the page what it finds in Node, with $threads threads",
    async ({ name, threads }) => {
      const counts = await expectTheSame(await casesOf(name), threads);
      // The image that a model brings along shows cells.
      expect(counts[0]).toBeGreaterThan(0);
    },
    patience,
  );
});

/** The largest difference between two maps; infinite where they are not of one size. */
function worstOf(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length === 0 || found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < found.length; i++) worst = Math.max(worst, Math.abs(found[i] - expected[i]));
  return worst;
}

/** What the page does: fetches the model and the image, checks the weights, segments. Runs in Chromium. */
async function inPage(wanted: {
  axes: string;
  options: SegmentOptions;
  threads: number;
}): Promise<{ labels: number[]; maps: number[]; isolated: boolean }> {
  type App = typeof import("@cellwright/core") & typeof import("./web.js");
  const { app } = globalThis as unknown as { app: App };
  const fetched = async (path: string) => {
    const response = await fetch(path);
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  };
  const hex = (bytes: ArrayBuffer) =>
    Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const model = await app.readModelFiles(
    {
      name: "model",
      open: async (path) => {
        const bytes = await fetched(`/model/${path}`);
        return bytes && app.bytesSource(path, bytes);
      },
    },
    async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)),
  );
  const array = app.readNpy((await fetched("/image.npy")) as Uint8Array);
  const engine = app.onnxWebEngine({
    wasmPaths: `${location.origin}/ort/`,
    threads: wanted.threads,
  });
  const ready = await engine.load(model.graph);
  const { labels, maps } = await app.findCells({ ...array, axes: wanted.axes }, model, ready, {
    ...wanted.options,
    keepMaps: true,
  });
  await ready.dispose();
  return {
    labels: Array.from(labels.data),
    maps: Array.from(maps?.data ?? []),
    isolated: crossOriginIsolated,
  };
}
