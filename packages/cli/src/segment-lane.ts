/**
 * A thread that segments images of a batch: the program behind `startLane`.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { withBudget } from "./budget.js";
import { openEngine } from "./engine.js";
import { memoryContext } from "./memory-context.js";
import { segmentImage } from "./segment-image.js";
import type { LaneAnswer, LaneData, LaneError, LaneQuestion } from "./segment-lanes.js";
import { openTools } from "./segment-tools.js";

const { options, cwd, budget } = workerData as LaneData;
const say = (answer: LaneAnswer, moved: ArrayBuffer[] = []) =>
  parentPort?.postMessage(answer, moved);

// What the engine has to say was said in the main thread.
const { tools } = await openTools(options, memoryContext({ cwd, openEngine }));
/** One image after the other. */
let last: Promise<void> = Promise.resolve();
parentPort?.on("message", (question: LaneQuestion) => {
  last = last.then(() => answer(question));
});
say({ type: "ready" });

async function answer({ id, files }: LaneQuestion): Promise<void> {
  try {
    const onProgress = (share: number) => say({ type: "progress", id, share });
    const result = await withBudget(() => segmentImage(files, tools, onProgress), budget);
    const moved = [result.labels.data.buffer, result.preview?.data.buffer];
    say(
      { type: "done", id, result },
      moved.filter((buffer) => buffer instanceof ArrayBuffer),
    );
  } catch (error) {
    say({ type: "failed", id, error: errorData(error) });
  }
}

function errorData(error: unknown): LaneError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const fields = JSON.parse(JSON.stringify({ ...error, name, stack })) as Record<string, unknown>;
  return { ...fields, message };
}
