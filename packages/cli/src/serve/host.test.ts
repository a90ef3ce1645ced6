import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesSource, readImage, synthMovie } from "@cellwright/core";
import {
  bindService,
  createService,
  type NdArray,
  readNdArray,
  writeNdArray,
} from "@cellwright/imjoy-plugin";
import { dataPath, describeData } from "@cellwright/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEngine } from "../engine.js";
import { memoryContext } from "../memory-context.js";
import { serverHost } from "./host.js";
import { type ServedModels, servedModels } from "./models.js";

const engine = { engine: "onnx", device: "cpu" };
let folder: string;
let models: ServedModels;
let verbs: Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cellwright-host-"));
  models = await servedModels(process.cwd(), () => openEngine(engine));
  const rules = { allowed: [] };
  const host = serverHost({ context: memoryContext(), engine, models, rules, folder });
  verbs = bindService(createService(host), { wire: "buffer" });
});
afterAll(async () => {
  await models.end();
  rmSync(folder, { recursive: true });
});

async function arrayOf(kind: "images" | "labels", name: string): Promise<NdArray> {
  const bytes = new Uint8Array(readFileSync(dataPath(`dsb2018/train/${kind}/${name}`)));
  const { data, shape } = await readImage(bytesSource(name, bytes));
  return writeNdArray(data, shape, "buffer");
}

describeData("a host of this machine", () => {
  test("finetune: trains on examples, judges by others, and leaves nothing where nothing got better", async () => {
    const names = readdirSync(dataPath("dsb2018/train/images")).sort().slice(0, 2);
    const examples = [];
    for (const name of names)
      examples.push({
        image: await arrayOf("images", name),
        labels: await arrayOf("labels", name),
      });
    const told: string[] = [];
    const on_progress = ({ message }: { message: string }) => void told.push(message);
    const answer = (await verbs.finetune(examples, { epochs: 1, steps: 1, on_progress })) as {
      before: number;
      after: number;
      model?: { id: string };
    };
    expect(answer).toMatchObject({ epochs: 1, before: expect.any(Number) });
    expect(answer.before).toBeGreaterThan(0.3);
    expect(answer.model !== undefined).toBe(answer.after > answer.before);
    expect(readdirSync(folder)).toHaveLength(answer.model ? 1 : 0);
    expect(told).toContain("epoch 1 of 1");
    expect(await verbs.finetune(examples.slice(0, 1))).toMatchObject({
      error: { code: "argument" },
    });
  });

  test("two channels, which the caller names", async () => {
    const image = await arrayOf("images", readdirSync(dataPath("dsb2018/train/images")).sort()[0]);
    const { data, shape } = readNdArray(image);
    const both = new Uint8Array(2 * data.length);
    both.set(data, 0);
    both.set(data, data.length);
    const two = writeNdArray(both, [2, ...shape], "buffer");
    const options = { model: "cytoplasm-phase", axes: "cyx", channels: { phase: 0, nuclear: 1 } };
    expect(await verbs.segment(two, options)).toMatchObject({
      axes: "yx",
      labels: { _rshape: shape },
    });
    expect(await verbs.segment(image, options)).toMatchObject({ error: { code: "argument" } });
  });
});

test("track: numbers go on from frame to frame", async () => {
  const movie = synthMovie({ kind: "nuclei", seed: 1, height: 96, width: 96, frames: 3 });
  const [first] = movie.frames;
  const [height, width] = first.labels.shape;
  const data = new Uint32Array(3 * height * width);
  for (const [t, { labels }] of movie.frames.entries()) data.set(labels.data, t * height * width);
  const answer = (await verbs.track(writeNdArray(data, [3, height, width], "buffer"))) as {
    tracks: { begin: number; end: number }[];
  };
  expect(answer).toMatchObject({ axes: "tyx", labels: { _rshape: [3, height, width] } });
  expect(answer.tracks.some(({ begin, end }) => begin === 0 && end === 2)).toBe(true);
});

test("models: an id that is none, a method without a description, and those of the shipped ones", async () => {
  expect(
    await verbs.segment(writeNdArray(new Uint8Array(64), [8, 8], "buffer"), { model: "../.." }),
  ).toMatchObject({
    error: { code: "model" },
  });
  expect(await verbs.get_model_rdf("classical-nuclei")).toMatchObject({
    error: { code: "missing" },
  });
  expect(await verbs.get_model_rdf("nuclei")).toMatchObject({ type: "model", name: "nuclei" });
});
