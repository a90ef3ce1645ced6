import { isCoreError } from "@cellwright/core";
import { expect, test } from "vitest";
import { type WorkerPort, workClient } from "./client.js";
import type { FromWorker, ToWorker } from "./protocol.js";

const engine = { name: "onnx-web", ortBase: "http://a/ort/" } as const;
const source = { id: "a", name: "a", kind: "folder", address: "http://a/m/" } as const;

/** A worker that a test plays by hand. */
function played() {
  const workers: {
    heard: ToWorker[];
    say: (message: FromWorker) => void;
    fail: (why: string) => void;
    ended: boolean;
  }[] = [];
  const start = (): WorkerPort => {
    const worker = {
      heard: [] as ToWorker[],
      say: (_: FromWorker) => {},
      fail: (_: string) => {},
      ended: false,
    };
    workers.push(worker);
    return {
      postMessage: (message) => worker.heard.push(message),
      onMessage: (listener) => {
        worker.say = listener;
      },
      onError: (listener) => {
        worker.fail = listener;
      },
      terminate: () => {
        worker.ended = true;
      },
    };
  };
  return { workers, start };
}
const turn = () => new Promise((done) => setTimeout(done, 5));

test("the worker starts with the first question, hears the engine first, and errors keep their kind", async () => {
  const { workers, start } = played();
  const client = workClient({ start, engine });
  expect(workers.length).toBe(0);
  const answer = client.ask("describe", source);
  const [worker] = workers;
  expect(worker.heard[0]).toEqual({ type: "start", engine });
  expect(worker.heard[1]).toMatchObject({ type: "ask", id: 1, verb: "describe" });
  worker.say({
    type: "error",
    id: 1,
    error: { kind: "ModelError", message: "no model", details: { a: 1 } },
  });
  const error = await answer.catch((reason: unknown) => reason);
  expect(isCoreError(error, "ModelError")).toBe(true);
  expect(error).toMatchObject({ message: "no model", details: { a: 1 } });
});

test("progress and parts come through until the answer", async () => {
  const { workers, start } = played();
  const heard: unknown[] = [];
  const answer = workClient({ start, engine }).ask("package", source, {
    onProgress: (done, detail) => heard.push([done, detail]),
  });
  workers[0].say({ type: "progress", id: 1, done: 0.5, detail: "half" });
  workers[0].say({ type: "answer", id: 1, answer: Uint8Array.of(1) });
  workers[0].say({ type: "progress", id: 1, done: 0.9 });
  expect(await answer).toEqual(Uint8Array.of(1));
  expect(heard).toEqual([[0.5, "half"]]);
});

test("a worker that answers a cancel lives on; the question ends with the signal's reason", async () => {
  const { workers, start } = played();
  const client = workClient({ start, engine, patience: 30 });
  const stop = new AbortController();
  const answer = client.ask("describe", source, { signal: stop.signal });
  stop.abort();
  expect(workers[0].heard.at(-1)).toEqual({ type: "cancel", id: 1 });
  workers[0].say({ type: "error", id: 1, error: { message: "stopped", cancelled: true } });
  await expect(answer).rejects.toBe(stop.signal.reason);
  await new Promise((done) => setTimeout(done, 60));
  expect(workers[0].ended).toBe(false);
});

test("a worker that does not answer a cancel is ended, and the next question starts another", async () => {
  const { workers, start } = played();
  const client = workClient({ start, engine, patience: 10 });
  const stop = new AbortController();
  const stopped = client.ask("describe", source, { signal: stop.signal });
  const other = client.ask("package", source);
  stop.abort();
  await expect(stopped).rejects.toBe(stop.signal.reason);
  await expect(other).rejects.toThrow("did not answer");
  expect(workers[0].ended).toBe(true);
  const again = client.ask("package", source);
  await turn();
  expect(workers.length).toBe(2);
  workers[1].say({ type: "answer", id: 3, answer: Uint8Array.of(2) });
  expect(await again).toEqual(Uint8Array.of(2));
});

test("a worker that breaks down fails what it was asked, and is replaced", async () => {
  const { workers, start } = played();
  const client = workClient({ start, engine });
  const answer = client.ask("describe", source);
  workers[0].fail("out of memory");
  await expect(answer).rejects.toThrow("the worker broke down: out of memory");
  void client.ask("describe", source).catch(() => undefined);
  expect(workers.length).toBe(2);
  client.end();
});

test("what was given up before it was asked is not asked", async () => {
  const { workers, start } = played();
  const signal = AbortSignal.abort();
  await expect(workClient({ start, engine }).ask("describe", source, { signal })).rejects.toBe(
    signal.reason,
  );
  expect(workers.length).toBe(0);
});
