/**
 * The worker's work in the thread of who asks: for tests, and where there are no workers.
 *
 * @module
 */
import type { Engine } from "@cellwright/core";
import type { WorkerPort } from "./client.js";
import type { EngineChoice, FromWorker, ToWorker } from "./protocol.js";
import { serveWork } from "./serve.js";

/** A port to a server in this thread. Messages are cloned and arrays handed over, as between threads. */
export function inProcess(open: (choice: EngineChoice) => Promise<Engine>): WorkerPort {
  let toServer: (message: ToWorker) => void = () => undefined;
  let toPage: (message: FromWorker) => void = () => undefined;
  let ended = false;
  serveWork(
    {
      postMessage: (message, transfer) => {
        const copy = structuredClone(message, { transfer: transfer ?? [] });
        queueMicrotask(() => ended || toPage(copy));
      },
      onMessage: (listener) => {
        toServer = listener;
      },
    },
    open,
  );
  return {
    postMessage: (message, transfer) => {
      const copy = structuredClone(message, { transfer: transfer ?? [] });
      queueMicrotask(() => ended || toServer(copy));
    },
    onMessage: (listener) => {
      toPage = listener;
    },
    onError: () => undefined,
    terminate: () => {
      ended = true;
    },
  };
}
