/**
 * Several images of a batch at once: the main thread and, beside it, threads that each have the models in an engine of
 * their own. Only the main thread writes.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Budget } from "./budget.js";
import type { SegmentOptions } from "./commands/segment.js";
import type { Context } from "./context.js";
import type { Segmented } from "./segment-image.js";

/** Finds the cells of the image in some files. `onProgress` is told the share done, 0 … 1. */
export type SegmentImage = (
  files: readonly string[],
  onProgress: (share: number) => void,
) => Promise<Segmented>;

/** A thread that segments images. */
export interface Lane {
  /** Settled when the thread has its models. */
  readonly ready: Promise<void>;
  readonly segment: SegmentImage;
  /** Ends the thread. */
  end(): Promise<void>;
}

/** What a lane is told when it starts. */
export interface LaneData {
  readonly options: SegmentOptions;
  readonly cwd: string;
  /** What the user allows each image to take. */
  readonly budget: Budget;
}

/** What a lane is asked. */
export interface LaneQuestion {
  readonly id: number;
  readonly files: readonly string[];
}

/** What a lane says. */
export type LaneAnswer =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly id: number; readonly share: number }
  | { readonly type: "done"; readonly id: number; readonly result: Segmented }
  | { readonly type: "failed"; readonly id: number; readonly error: LaneError };

/** An error as it crosses threads: its fields and words, which structured cloning would drop. */
export type LaneError = Readonly<Record<string, unknown>> & { readonly message: string };

/** Files up to here are done side by side; larger ones one after the other, each with all threads, to bound the memory. */
const largestBeside = 2 ** 25;

/** How many images are worked on at once, the main thread's among them: one for each processor thread that was asked for. */
export async function countLanes(
  files: readonly string[],
  { engine, device, threads }: SegmentOptions,
  { startThread }: Context,
): Promise<number> {
  if (!startThread || engine !== "onnx" || device !== "cpu") return 1;
  const cores = availableParallelism();
  const most = Math.min(files.length, cores, threads ?? cores);
  if (most <= 1) return 1;
  for (const file of files) {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size > largestBeside) return 1;
  }
  return most;
}

/** Threads for the engine of each of so many lanes. */
export function threadsOfLane(lanes: number, threads: number | undefined): number {
  return Math.max(1, Math.floor((threads ?? availableParallelism()) / lanes));
}

/** Starts a lane. Where its thread ends before its time, `instead` does what is left. */
export function startLane(
  data: LaneData,
  startThread: NonNullable<Context["startThread"]>,
  instead: SegmentImage,
): Lane {
  const worker = startThread(new URL("./segment-lane.js", import.meta.url), data);
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let isOver = false;
  const ready = new Promise<void>((resolve) => {
    const over = () => {
      isOver = true;
      resolve();
      for (const { files, onProgress, settle } of waiting.values())
        settle(instead(files, onProgress));
      waiting.clear();
    };
    worker.on("error", over);
    worker.on("exit", over);
    worker.on("message", (answer: LaneAnswer) => {
      if (answer.type === "ready") return resolve();
      const question = waiting.get(answer.id);
      if (answer.type === "progress") return question?.onProgress(answer.share);
      waiting.delete(answer.id);
      if (answer.type === "done") return question?.settle(answer.result);
      const { error } = answer;
      question?.settle(Promise.reject(Object.assign(new Error(error.message), error)));
    });
  });
  return {
    ready,
    segment: (files, onProgress) => {
      if (isOver) return instead(files, onProgress);
      return new Promise((settle) => {
        const id = asked++;
        waiting.set(id, { files, onProgress, settle });
        worker.postMessage({ id, files } satisfies LaneQuestion);
      });
    },
    end: async () => {
      waiting.clear();
      await worker.terminate();
    },
  };
}

/** An image that a lane has in hand. */
interface Waiting {
  readonly files: readonly string[];
  readonly onProgress: (share: number) => void;
  readonly settle: (result: Segmented | Promise<Segmented>) => void;
}
