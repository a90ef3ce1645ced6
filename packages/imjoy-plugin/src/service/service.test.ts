/**
 * What the service promises, call by call: read it as the documentation of its shapes. A host that finds a cell in each bright
 * pixel stands in for networks.
 */
import { expect, test, vi } from "vitest";
import { bindService } from "./bind.js";
import { cells, hostOf, nuclei } from "./host.fixture.js";
import type { Patience, ServiceHost } from "./host.js";
import { MEMORY_FORMATS, memoryStages } from "./memory-stage.js";
import { createService, type Service, verbNames } from "./service.js";
import { type NdArray, writeNdArray } from "./wire.js";

type Verbs = Record<string, (...args: unknown[]) => Promise<unknown>>;
const bound = (service: Service): Verbs => bindService(service, { wire: "buffer" });
const verbsOf = (host: ServiceHost): Verbs => bound(createService(host));
const plain = (): Verbs => verbsOf(hostOf().host);
const image = writeNdArray(Uint8Array.of(0, 10, 20, 0, 0, 30), [2, 3], "buffer");
const ends = (host: ServiceHost, limits = { concurrency: 1, waiting: 1, bytes: 100 }) => {
  const service = createService(host, limits);
  return { service, verbs: bound(service) };
};
/** Work that goes on until it is cancelled. */
const forever = async ({ signal }: Patience) => {
  signal.throwIfAborted();
  await new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
};

test("segment(image) → {labels, count, axes, model, scale, seconds, request_id}", async () => {
  expect(await plain().segment(image)).toEqual({
    request_id: "request-1",
    labels: {
      _rtype: "ndarray",
      _rvalue: Uint16Array.of(0, 1, 2, 0, 0, 3).buffer,
      _rshape: [2, 3],
      _rdtype: "uint16",
    },
    count: 3,
    axes: "yx",
    model: "nuclei",
    scale: { zoom: 1, from: "none" },
    seconds: expect.any(Number),
  });
});

test("segment({url}) reads the image itself", async () => {
  expect(await plain().segment({ url: "https://example.org/a.tif" })).toMatchObject({
    count: 2,
    labels: { _rshape: [2, 2] },
  });
});

test("options: what to answer, labels as ImageJ.JS shows them, polygons as Kaibu draws them, a table", async () => {
  const answer = await plain().segment(image, {
    outputs: ["labels", "polygons", "table"],
    labels: "float32",
    diameter: 12,
    pixel_size: 0.5,
    tile: 64,
  });
  expect(answer).toMatchObject({
    labels: { _rdtype: "float32" },
    polygons: [
      [
        [2, 0],
        [2, 1],
        [1, 1],
        [1, 0],
      ],
      [
        [3, 0],
        [3, 1],
        [2, 1],
        [2, 0],
      ],
      [
        [3, 1],
        [3, 2],
        [2, 2],
        [2, 1],
      ],
    ],
    polygon_labels: [1, 2, 3],
    table: { label: [1, 2, 3], area: [1, 1, 1], intensity_mean: [10, 20, 30] },
  });
});

test("options say how the model looks, in Python's names or JavaScript's", async () => {
  const { host, questions } = hostOf();
  await verbsOf(host).segment(image, { pixelSize: 0.5, averageTurns: true, saturated: 2 });
  expect(questions[0]).toMatchObject({
    scale: { pixelSize: 0.5 },
    averageTurns: true,
    saturated: 2,
    image: { axes: "cyx", shape: [1, 2, 3], spacing: { y: 0.5, x: 0.5 } },
    channels: ["nuclear"],
  });
});

test("channels: by number, by what they show; two models, and the nuclei of one seed the other", async () => {
  const { host, questions } = hostOf();
  const colours = writeNdArray(Uint8Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], "buffer");
  const options = { model: "cells", seeds: "nuclei", channels: { phase: 2, nuclear: 0 } };
  await verbsOf(host).segment(colours, options);
  expect(questions[0].image.data).toEqual(Uint8Array.of(3, 6, 1, 4));
  expect(questions[0]).toMatchObject({
    model: "cells",
    seeds: "nuclei",
    channels: ["phase", "nuclear"],
  });
  expect(await plain().segment(colours)).toMatchObject({
    error: { code: "argument", message: expect.stringContaining("options.channels") },
  });
});

test("a stack is found plane by plane; a later plane is looked at as the first", async () => {
  const { host, questions } = hostOf();
  const stack = writeNdArray(new Uint8Array(2 * 5 * 6).fill(11, 0, 3), [2, 5, 6], "buffer");
  const answer = await verbsOf(host).segment(stack, { outputs: ["labels", "polygons", "table"] });
  expect(answer).toMatchObject({ count: 3, axes: "zyx", labels: { _rshape: [2, 5, 6] } });
  expect(answer).toMatchObject({ polygon_planes: [0, 0, 0], table: { z: [0, 0, 0] } });
  expect(questions[1].before).toEqual({ main: { zoom: 1, from: "none" } });
});

test("on_progress is told {request_id, share, message}, many times, and never waited for", async () => {
  const told: { share: number }[] = [];
  const on_progress = (progress: never) => void told.push(progress);
  await verbsOf(hostOf(() => new Promise((d) => setTimeout(d, 1))).host).segment(image, {
    on_progress,
    request_id: "mine",
  });
  expect(told.at(-1)).toEqual({ request_id: "mine", share: 1, message: "finding cells" });
  expect(told.map(({ share }) => share)).toEqual([...told.map(({ share }) => share)].sort());
  expect(told.length).toBeGreaterThan(2);
  const deaf = vi.fn(() => new Promise(() => undefined));
  expect(await plain().segment(image, { on_progress: deaf })).toHaveProperty("count", 3);
  expect(deaf).toHaveBeenCalledTimes(1);
  const broken = vi.fn(() => Promise.reject(new Error("gone")));
  expect(await plain().segment(image, { on_progress: broken })).toHaveProperty("count", 3);
});

test("track(frames) → {labels, axes, tracks}; with a model, frames are images", async () => {
  const frames = writeNdArray(Uint16Array.of(1, 0, 0, 1), [2, 1, 2], "buffer");
  const tracked = { axes: "tyx", tracks: [{ label: 1, begin: 0, end: 1, parent: 0 }] };
  expect(await plain().track(frames)).toMatchObject({
    ...tracked,
    labels: { _rshape: [2, 1, 2], _rvalue: Uint16Array.of(1, 0, 0, 1).buffer },
  });
  const movie = writeNdArray(Uint16Array.of(99, 0, 0, 99, 0, 0, 0, 0, 0, 0), [2, 1, 5], "buffer");
  expect(await plain().track(movie, { model: "nuclei" })).toMatchObject({
    ...tracked,
    labels: { _rvalue: Uint16Array.of(1, 0, 0, 2, 0, 0, 0, 0, 0, 0).buffer },
  });
  expect(await plain().track(image)).toMatchObject({ error: { code: "argument" } });
});

test("measure(labels, image) → {table, rows}; without labels, those found last", async () => {
  const verbs = plain();
  const labels = writeNdArray(Uint16Array.of(1, 1, 0, 0, 0, 2), [2, 3], "buffer");
  expect(await verbs.measure(labels, image)).toMatchObject({
    rows: 2,
    table: { label: [1, 2], area: [2, 1], intensity_sum: [10, 30] },
  });
  expect(await verbs.measure()).toMatchObject({ error: { code: "missing" } });
  await verbs.segment(image);
  expect(await verbs.measure()).toMatchObject({ rows: 3, table: { intensity_mean: [10, 20, 30] } });
});

test("finetune([{image, labels}]) → {model, before, after, epochs, best, seconds}; train is another name", async () => {
  const labels = writeNdArray(Uint16Array.of(0, 1, 2, 0, 0, 3), [2, 3], "buffer");
  const learnt = { model: { id: "learnt-1" }, before: 0.5, after: 0.75, epochs: 2 };
  const examples = [
    { image, labels },
    { image, labels },
  ];
  expect(await plain().finetune(examples, { epochs: 2 })).toMatchObject(learnt);
  expect(await plain().train(examples)).toMatchObject(learnt);
  expect(await plain().train([{ image }])).toMatchObject({
    error: { code: "argument", message: "examples[0].labels must be there, got nothing" },
  });
});

test("list_models() and get_model_rdf(model_id)", async () => {
  expect(await plain().list_models()).toEqual([nuclei, cells]);
  expect(await plain().get_model_rdf("nuclei")).toEqual({ name: "Nuclei", type: "model" });
});

test("open(source), set_labels(labels), get_labels(), export(format)", async () => {
  const verbs = plain();
  expect(await verbs.open({ url: "https://example.org/a.tif" })).toEqual({
    name: "https://example.org/a.tif",
    axes: "yx",
    shape: [2, 2],
    dtype: "uint8",
  });
  expect(await verbs.get_labels()).toMatchObject({ error: { code: "missing" } });
  const labels = writeNdArray(Uint16Array.of(0, 7, 7, 0), [2, 2], "buffer");
  expect(await verbs.set_labels(labels)).toEqual({ shape: [2, 2], axes: "yx" });
  expect(await verbs.get_labels({ labels: "uint32" })).toMatchObject({
    axes: "yx",
    labels: { _rvalue: Uint32Array.of(0, 7, 7, 0).buffer, _rdtype: "uint32" },
  });
  for (const format of MEMORY_FORMATS)
    expect(await verbs.export(format)).toEqual([
      { name: expect.any(String), type: expect.any(String), bytes: expect.any(ArrayBuffer) },
    ]);
  expect(await verbs.export("exe")).toMatchObject({ error: { code: "argument" } });
});

test("infer(model_id, inputs) → id; get_infer_status(id) → {state, result, …}; cancel_request(id): BioEngine's names", async () => {
  const verbs = plain();
  const id = await verbs.infer({ model_id: "nuclei", inputs: { input0: image }, device: "cpu" });
  await vi.waitUntil(
    async () => ((await verbs.get_infer_status(id)) as { state: string }).state === "completed",
  );
  expect(await verbs.get_infer_status(id)).toMatchObject({
    request_id: id,
    state: "completed",
    submitted_at: expect.any(Number),
    completed_at: expect.any(Number),
    stages: [{ state: "queued" }, { state: "running" }, { state: "completed" }],
    result: { count: 3, labels: { _rdtype: "uint16" } },
  });
  const held = verbsOf(hostOf(forever).host);
  const other = await held.infer("nuclei", image);
  expect(await held.cancel_request(other)).toEqual({ cancelled: 1 });
  await vi.waitUntil(
    async () => ((await held.get_infer_status(other)) as { state: string }).state === "cancelled",
  );
  expect(await verbs.get_infer_status("other")).toMatchObject({ error: { code: "missing" } });
});

test("cancel(request_id), or all: the call answers {error: {code: 'cancelled'}}", async () => {
  const verbs = verbsOf(hostOf(forever).host);
  const cancelled = { error: { code: "cancelled", message: "the request was cancelled" } };
  const one = verbs.segment(image, { request_id: "one" });
  expect(await verbs.segment(image, { request_id: "one" })).toMatchObject({
    error: { code: "argument" },
  });
  expect(await verbs.cancel("one")).toEqual({ cancelled: 1 });
  expect(await one).toEqual(cancelled);
  const two = [verbs.segment(image), verbs.segment(image), verbs.segment(image)];
  expect(await verbs.cancel()).toEqual({ cancelled: 3 });
  expect(await Promise.all(two)).toEqual([cancelled, cancelled, cancelled]);
});

test("so many calls at once, so many waiting; a caller that leaves takes theirs along", async () => {
  const { service } = ends(hostOf(forever).host);
  const by = (id: string) => ({ id, wire: "buffer" as const });
  const calls = [1, 2, 3].map(() => service.call("segment", [image], by("a")));
  expect(await calls[2]).toMatchObject({ error: { code: "busy" } });
  expect(service.load).toEqual({ running: 1, waiting: 1, known: 2 });
  expect(await service.call("cancel", [], by("b"))).toEqual({ cancelled: 0 });
  service.leave("a");
  expect(await Promise.all(calls.slice(0, 2))).toMatchObject([
    { error: { code: "cancelled" } },
    { error: { code: "cancelled" } },
  ]);
  expect(service.load).toEqual({ running: 0, waiting: 0, known: 0 });
});

test("what is known of callers stays small, however many ask", async () => {
  const service = createService(hostOf().host);
  const caller = { id: "a", wire: "buffer" as const };
  for (let n = 0; n < 100; n++) await service.call("infer", ["nuclei", image], caller);
  await vi.waitUntil(() => service.load.running === 0 && service.load.waiting === 0);
  expect(service.load.known).toBeLessThanOrEqual(32);
});

test("images that callers left behind are forgotten as others come", async () => {
  const { stage } = memoryStages();
  const labels = (side: number) => ({ data: new Uint32Array(side), shape: [1, side], axes: "yx" });
  const { signal } = new AbortController();
  for (let n = 0; n < 12; n++) await stage(`${n}`).setLabels(labels(n + 1), "labels");
  expect((await stage("11").labels(signal))?.shape).toEqual([1, 12]);
  expect(await stage("0").labels(signal)).toBeUndefined();
  for (let n = 20; n < 24; n++) await stage(`${n}`).setLabels(labels(2 ** 27), "labels");
  expect((await stage("23").labels(signal))?.shape).toEqual([1, 2 ** 27]);
  expect(await stage("20").labels(signal)).toBeUndefined();
});

test("errors are answers: {error: {code, message}}", async () => {
  const verbs = plain();
  const code = async (...args: unknown[]) =>
    ((await verbs.segment(...args)) as { error: { code: string } }).error.code;
  expect(await code(image, { model: "none" })).toBe("model");
  expect(await code(image, { mdel: "nuclei" })).toBe("argument");
  expect(await code(image, { labels: "int8" })).toBe("argument");
  expect(await code(undefined)).toBe("argument");
  expect(await code(image, {}, ...new Array(40).fill(1))).toBe("argument");
  const many = writeNdArray(new Uint8Array(70000).fill(99), [70000], "buffer") as NdArray;
  expect(await code({ ...many, _rshape: [100, 700] }, { labels: "uint16" })).toBe("unsupported");
});

test("every verb says what it takes, for agents", () => {
  const verbs = bindService(createService(hostOf().host), { wire: "bytes", callerOf: () => "a" });
  expect(Object.keys(verbs)).toEqual([...verbNames]);
  expect(verbs.segment.__schema__).toMatchObject({
    name: "segment",
    parameters: {
      type: "object",
      required: ["image"],
      properties: { options: { properties: { model: { type: "string" } } } },
    },
  });
  for (const verb of Object.values(verbs)) {
    expect(verb.__schema__.description).toMatch(/\.$/);
    const text = JSON.stringify(verb.__schema__.parameters);
    expect(JSON.parse(text)).toEqual(verb.__schema__.parameters);
  }
  expect(`${verbs.infer}`).toMatch(/^\(model_id, inputs, options, model, /);
});
