import { MessageChannel } from "node:worker_threads";
import { isCoreError, writeTiff } from "@cellwright/core";
import { afterEach, expect, test } from "vitest";
import { decodeIn, openFiles } from "./open.js";
import { dataThread, type PagePort } from "./thread.js";
import { serveThread } from "./thread-serve.js";
import type { FromThread, ToThread } from "./thread-talk.js";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  decodeIn(undefined);
});

/** Both sides of the talk in this process; messages are cloned as between threads. */
function startInProcess() {
  const { port1, port2 } = new MessageChannel();
  closing.push(() => port1.close());
  const sent: ToThread[] = [];
  let fail: (reason: string) => void = () => {};
  const page: PagePort = {
    postMessage: (message) => {
      sent.push(message);
      port1.postMessage(message);
    },
    onMessage: (listener) => port1.on("message", listener),
    onError: (listener) => {
      fail = listener;
    },
  };
  serveThread({
    postMessage: (message: FromThread, transfer) =>
      port2.postMessage(message, transfer as ArrayBuffer[]),
    onMessage: (listener) => port2.on("message", listener),
  });
  return { thread: dataThread(page), sent, fail: (reason: string) => fail(reason) };
}

const data = Uint16Array.from({ length: 300 * 400 }, (_, i) => i % 60000);
const bytes = writeTiff({ data, shape: [300, 400], axes: "yx", spacing: { y: 0.5, x: 0.5 } });
const entry = (content: BlobPart, name = "cell.tif") => ({
  path: name,
  file: new File([content], name),
});
const box = { y: 290, x: 10, height: 2, width: 3 };
const options = { base: "http://127.0.0.1/" };

test("images that a thread opened are read as if the page had opened them", async () => {
  const { thread, sent } = startInProcess();
  decodeIn(thread);
  const steps: number[] = [];
  const onProgress = (done: number) => steps.push(done);
  const [opened] = await openFiles([entry(bytes as BlobPart)], { ...options, onProgress });
  decodeIn(undefined);
  const [own] = await openFiles([entry(bytes as BlobPart)]);
  const { readRegion: _, ...described } = opened.reader;
  expect(own).toMatchObject({
    name: opened.name,
    kind: opened.kind,
    reader: { shape: [300, 400] },
  });
  expect(own.reader).toMatchObject(Object.fromEntries(Object.entries(described)));
  const region = await opened.reader.readRegion({ box });
  expect(region).toEqual(await own.reader.readRegion({ box }));
  // A second time: what was handed over was not the thread's own.
  expect(await opened.reader.readRegion({ box })).toEqual(region);
  expect(steps).toEqual([0, 1]);
  expect(sent[0]).toMatchObject({ type: "open", pipelines: "http://127.0.0.1/itk/" });
});

test("errors come across as core's own", async () => {
  const { thread } = startInProcess();
  const failed = await thread
    .open({ entries: [entry("hello", "notes.md")] }, options)
    .catch((error) => error);
  expect(isCoreError(failed, "FormatError")).toBe(true);
  expect(failed.message).toMatch(/^notes\.md is a text file/);
  const [{ reader }] = await thread.open({ entries: [entry(bytes as BlobPart)] }, options);
  const wrong = await reader.readRegion({ box: { ...box, x: 399 } }).catch((error) => error);
  expect(isCoreError(wrong, "ShapeError")).toBe(true);
  expect(wrong.message).toMatch(/box must be within 300 x 400 pixels, got 2 x 3/);
});

test("a question that is given up is told to the thread, and the page does not wait", async () => {
  const { thread, sent } = startInProcess();
  const [{ reader }] = await thread.open({ entries: [entry(bytes as BlobPart)] }, options);
  const stop = new AbortController();
  const read = reader.readRegion({ box, signal: stop.signal });
  stop.abort(new Error("scrolled away"));
  await expect(read).rejects.toThrow("scrolled away");
  expect(sent.at(-1)?.type).toBe("cancel");
  expect((await reader.readRegion({ box })).data.length).toBe(6);
  await expect(
    thread.open({ entries: [] }, { ...options, signal: AbortSignal.abort(new Error("no")) }),
  ).rejects.toThrow("no");
});

test("when the thread breaks down, what waits fails and the page opens images itself", async () => {
  const { thread, fail } = startInProcess();
  decodeIn(thread);
  const [{ reader }] = await openFiles([entry(bytes as BlobPart)], options);
  const waiting = reader.readRegion({ box });
  fail("out of memory");
  await expect(waiting).rejects.toThrow(/broke down: out of memory/);
  await expect(reader.readRegion({ box })).rejects.toThrow(/broke down/);
  const [again] = await openFiles([entry(bytes as BlobPart)], options);
  expect((await again.reader.readRegion({ box })).data.length).toBe(6);
});
