/**
 * A thread that opens and decodes images, so that the page does not stand still meanwhile.
 *
 * @module
 */

import type { Image, PyramidReader } from "@cellwright/core";
import { talkOf, type WorkerTalk } from "../worker-talk.js";
import type { Opened, OpenOptions } from "./opened.js";
import {
  type CrossedOpened,
  type CrossedReader,
  crossed,
  type FromThread,
  type ToThread,
  type Wanted,
} from "./thread-talk.js";

/** A thread to open images in. */
export interface DataThread {
  /** Whether it broke down, or could not be started. */
  readonly isBroken: boolean;
  open(wanted: Wanted, options?: OpenOptions): Promise<Opened[]>;
}

/** The page's end of a thread, and what to do when the thread breaks down. */
export type PagePort = Omit<WorkerTalk<ToThread, FromThread>, "terminate">;

/** A question as it is written; the number is given to it. */
type Asked = Omit<ToThread & { type: "open" }, "id"> | Omit<ToThread & { type: "read" }, "id">;

interface Question {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: OpenOptions["onProgress"];
}

/** A thread behind a port. Readers that it opened are forgotten there when nobody has them here. */
export function dataThread(port: PagePort): DataThread {
  const questions = new Map<number, Question>();
  let count = 0;
  let broken: Error | undefined;
  const left = new FinalizationRegistry<number>((reader) =>
    port.postMessage({ type: "forget", reader }),
  );
  port.onMessage((message) => {
    const question = questions.get(message.id);
    if (message.type === "progress") {
      question?.onProgress?.(message.done, message.total);
      return;
    }
    questions.delete(message.id);
    if (message.type === "answer") question?.resolve(message.answer);
    else question?.reject(crossed(message.error));
  });
  port.onError((reason) => {
    broken = new Error(`the thread that decodes broke down: ${reason}`);
    for (const { reject } of questions.values()) reject(broken);
    questions.clear();
  });

  const ask = (asked: Asked, options: Pick<OpenOptions, "signal" | "onProgress"> = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const { signal, onProgress } = options;
      if (broken) throw broken;
      signal?.throwIfAborted();
      const id = count++;
      const watched = signal instanceof AbortSignal ? signal : undefined;
      const stop = () => {
        port.postMessage({ type: "cancel", id });
        questions.delete(id);
        reject(watched?.reason);
      };
      const quiet = () => watched?.removeEventListener("abort", stop);
      questions.set(id, {
        onProgress,
        resolve: (answer) => {
          quiet();
          resolve(answer);
        },
        reject: (error) => {
          quiet();
          reject(error);
        },
      });
      watched?.addEventListener("abort", stop, { once: true });
      port.postMessage({ ...asked, id } as ToThread);
    });
  const readerOf = ({ number, ...described }: CrossedReader): PyramidReader => {
    const readRegion: PyramidReader["readRegion"] = ({ signal, ...region }) =>
      ask({ type: "read", reader: number, region }, signal ? { signal } : {}) as Promise<Image>;
    // Copies of the reader have the same function, so that is what must live on.
    left.register(readRegion, number);
    return { ...described, readRegion };
  };
  return {
    get isBroken() {
      return broken !== undefined;
    },
    open: async (wanted, { base = location.href, pipelines = "itk/", ...options } = {}) => {
      const absolute = new URL(pipelines, base).href;
      const answer = await ask({ type: "open", wanted, base, pipelines: absolute }, options);
      return (answer as CrossedOpened[]).map(({ reader, ...rest }) => ({
        ...rest,
        reader: readerOf(reader),
      }));
    },
  };
}

/** Starts a worker as its bundler lays it down: a file of the page's own origin. */
export function startThread(): DataThread {
  const worker = new Worker(new URL("./thread-worker.ts", import.meta.url), {
    type: "module",
    name: "cellwright-data",
  });
  return dataThread(talkOf(worker));
}
