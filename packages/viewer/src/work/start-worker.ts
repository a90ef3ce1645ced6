/**
 * Starts the worker of this package as its bundler lays it down: a file of the page's own origin.
 *
 * @module
 */
import type { WorkerPort } from "./client.js";

/** A new worker. */
export function startWorker(): WorkerPort {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "cellwright",
  });
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer ?? []),
    onMessage: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    onError: (listener) => {
      worker.onerror = (event) => {
        event.preventDefault();
        listener(event.message || "it could not be loaded");
      };
      worker.onmessageerror = () => listener("it sent what cannot be read");
    },
    terminate: () => worker.terminate(),
  };
}
