import { EventEmitter } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { synthNuclei, writeTiff } from "@cellwright/core";
import { builtCommand } from "@cellwright/testing/command";
import { expect, test } from "vitest";
import type { SegmentOptions } from "./commands/segment.js";
import { memoryContext } from "./memory-context.js";
import { type Segmented, segmentImage } from "./segment-image.js";
import { countLanes, type LaneQuestion, startLane, threadsOfLane } from "./segment-lanes.js";
import { openTools } from "./segment-tools.js";

const options = { engine: "onnx", device: "cpu", threads: 4 } as SegmentOptions;
const resultOf = (cells: number) => ({ cells }) as Segmented;

/** A thread that answers what a test tells it to. */
function thread() {
  const asked: LaneQuestion[] = [];
  const events = new EventEmitter();
  const worker = Object.assign(events, {
    postMessage: (question: LaneQuestion) => void asked.push(question),
    terminate: async () => 0,
  });
  return { asked, events, start: () => worker as unknown as Worker };
}

test("a lane answers with what its thread found, whichever image was done first", async () => {
  const { asked, events, start } = thread();
  const lane = startLane({ options, cwd: "/", budget: {} }, start, async () => resultOf(0));
  events.emit("message", { type: "ready" });
  await lane.ready;
  const shares: number[] = [];
  const found = [["a.tif"], ["b.tif"]].map((files) => lane.segment(files, (s) => shares.push(s)));
  expect(asked.map(({ files }) => files[0])).toEqual(["a.tif", "b.tif"]);
  events.emit("message", { type: "progress", id: 1, share: 0.5 });
  events.emit("message", { type: "done", id: 1, result: resultOf(7) });
  events.emit("message", { type: "done", id: 0, result: resultOf(3) });
  expect((await Promise.all(found)).map(({ cells }) => cells)).toEqual([3, 7]);
  expect(shares).toEqual([0.5]);
});

test("an error of a thread keeps its kind and its words", async () => {
  const { events, start } = thread();
  const lane = startLane({ options, cwd: "/", budget: {} }, start, async () => resultOf(0));
  const found = lane.segment(["a.tif"], () => {});
  const error = { message: "a.tif is cut short", kind: "FormatError", name: "FormatError" };
  events.emit("message", { type: "failed", id: 0, error });
  await expect(found).rejects.toMatchObject(error);
});

test("what a thread had in hand when it ended is done elsewhere, and so is all that comes later", async () => {
  const { events, start } = thread();
  const elsewhere: string[] = [];
  const lane = startLane({ options, cwd: "/", budget: {} }, start, async ([file]) => {
    elsewhere.push(file);
    return resultOf(elsewhere.length);
  });
  const first = lane.segment(["a.tif"], () => {});
  events.emit("error", new Error("out of memory"));
  await lane.ready;
  expect((await first).cells).toBe(1);
  expect((await lane.segment(["b.tif"], () => {})).cells).toBe(2);
  expect(elsewhere).toEqual(["a.tif", "b.tif"]);
});

test("as many lanes as threads and images, and one where files are large or another engine runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-"));
  const files = ["a", "b"].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, "");
  const large = join(folder, "large");
  writeFileSync(large, new Uint8Array(2 ** 25 + 1));
  const context = memoryContext({ startThread: thread().start });
  const count = (paths: string[], more: Partial<SegmentOptions> = {}) =>
    countLanes(paths, { ...options, threads: 2, ...more }, context);
  expect(await count(files)).toBe(2);
  expect(await count(files, { threads: 1 })).toBe(1);
  expect(await count([files[0]])).toBe(1);
  expect(await count([...files, large])).toBe(1);
  expect(await count(files, { engine: "reference" })).toBe(1);
  expect(await count(files, { device: "gpu" })).toBe(1);
  expect(await countLanes(files, options, memoryContext())).toBe(1);
  expect(threadsOfLane(2, 5)).toBe(2);
  expect(threadsOfLane(3, 2)).toBe(1);
});

test("a real lane finds what the main thread finds, within what the user allows", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cellwright-"));
  const file = join(folder, "a.tif");
  const { image } = synthNuclei({ height: 96, width: 96, seed: 3, diameter: 20 });
  writeFileSync(file, writeTiff(image));
  const program = new URL("segment-lane.js", pathToFileURL(await builtCommand()));
  const start = (_: URL, data: unknown) =>
    // Without the test runner's own words for Node.
    new Worker(program, { workerData: data, execArgv: [] });
  const never = async () => Promise.reject(new Error("the lane's thread has ended"));
  const asked = { ...options, model: "nuclei", rescale: true, format: ["tif"], threads: 1 };
  const data = { options: asked as unknown as SegmentOptions, cwd: folder };
  const { tools, dispose } = await openTools(data.options, memoryContext({ cwd: folder }));
  const lanes = [{}, { maxPixels: 100 }].map((budget) =>
    startLane({ ...data, budget }, start, never),
  );
  try {
    const wanted = await segmentImage([file], tools, () => {});
    const found = await lanes[0].segment([file], () => {});
    expect(found.cells).toBeGreaterThan(3);
    expect(found.labels).toEqual(wanted.labels);
    expect(found.table).toEqual(wanted.table);
    await expect(lanes[1].segment([file], () => {})).rejects.toMatchObject({
      kind: "UnsupportedError",
      message: expect.stringContaining("--max-pixels"),
    });
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
    await dispose();
  }
});
