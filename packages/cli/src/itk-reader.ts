/**
 * ITK's readers, in a thread of their own: a damaged file may make them take all memory or never end, and then the thread is
 * ended instead of the program.
 *
 * @module
 */
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { type ItkImage, itkLimits } from "@cellwright/core";

/**
 * The thread's program, as text: it must run from sources and from a build alike. ITK's memory asks here for more, and is
 * refused beyond the limit; its words for its own developers, on the console, are kept silent.
 */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const { prototype } = WebAssembly.Memory;
const { grow } = prototype;
let most = 0;
prototype.grow = function (pages) {
  if (this.buffer.byteLength + pages * 65536 > most) throw new RangeError("more memory than such a file may take");
  return grow.call(this, pages);
};
for (const name of ["log", "warn", "error", "info"]) console[name] = () => {};
const loaded = import(workerData);
parentPort.on("message", async ({ path, memory }) => {
  most = memory;
  try {
    const { readImageNode } = await loaded;
    const { imageType: { dimension, components }, size, data } = await readImageNode(path);
    const image = { imageType: { dimension, components }, size: [...size], data };
    // Moved, not copied, where it is not a part of ITK's own memory.
    const whole = ArrayBuffer.isView(data) && data.byteLength === data.buffer.byteLength;
    parentPort.postMessage({ image }, whole ? [data.buffer] : []);
  } catch (error) {
    parentPort.postMessage({ failed: String(error && error.message || error) });
  }
});
`;

/** Milliseconds that a reader may take to start. */
const start = 4500;

let thread: Worker | undefined;
/** One file after the other: the thread has one console and one limit. */
let queue: Promise<unknown> = Promise.resolve();

/** What ITK makes of a file. Rejects where it cannot read it, or takes more memory or time than a sound file of that size would. */
export function readInThread(path: string): Promise<ItkImage> {
  const read = queue.then(() => readNext(path));
  queue = read.catch(() => {});
  return read;
}

async function readNext(path: string): Promise<ItkImage> {
  const { size } = await stat(path);
  thread ??= started();
  const { image, failed } = await answerOf(thread, path, size);
  if (image) return image;
  throw new Error(failed);
}

/** What the thread says: an image, or why there is none. */
interface Answer {
  readonly image?: ItkImage;
  readonly failed?: string;
}

async function answerOf(worker: Worker, path: string, bytes: number): Promise<Answer> {
  const limits = itkLimits(bytes);
  const late = AbortSignal.timeout(Math.round(start + limits.patience));
  worker.ref();
  try {
    const answer = once(worker, "message", { signal: late });
    worker.postMessage({ path, memory: limits.memory });
    return (await answer)[0] as Answer;
  } catch (error) {
    // A reader that does not come back goes with its thread.
    thread = undefined;
    await worker.terminate();
    if (late.aborted) throw new Error(limits.late);
    throw error;
  } finally {
    worker.unref();
  }
}

function started(): Worker {
  const library = createRequire(import.meta.url).resolve("@itk-wasm/image-io");
  return new Worker(program, { eval: true, workerData: pathToFileURL(library).href });
}
