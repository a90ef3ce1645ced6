/**
 * Starts the worker of this package as its bundler lays it down: a file of the page's own origin.
 *
 * @module
 */
import { talkOf } from "../worker-talk.js";
import type { WorkerPort } from "./client.js";

/** A new worker. */
export function startWorker(): WorkerPort {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "cellwright",
  });
  return talkOf(worker);
}
