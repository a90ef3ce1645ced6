/**
 * The worker that segments, learns and tracks, so that the page stays quick.
 *
 * @module
 */
import { openEngine } from "./engine.js";
import type { FromWorker, ToWorker } from "./protocol.js";
import { serveWork } from "./serve.js";

/** What of a worker's own scope is used here; the compiler knows that of a page. */
interface WorkerScope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

serveWork(
  {
    postMessage: (message, transfer) => scope.postMessage(message, transfer),
    onMessage: (listener) => scope.addEventListener("message", ({ data }) => listener(data)),
  },
  openEngine,
);
