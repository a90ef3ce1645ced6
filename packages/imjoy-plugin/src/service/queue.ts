/**
 * A queue before the work: so many at once, so many waiting, and no more.
 *
 * @module
 */
import { Fault } from "./fault.js";

/** How much a queue takes. */
export interface QueueLimits {
  /** Calls that are worked on at once. */
  readonly concurrency: number;
  /** Calls that may wait. */
  readonly waiting: number;
  /** Bytes of what those have brought that may wait. */
  readonly bytes: number;
}

/** Work in its order. */
export interface Queue {
  /**
   * Runs when it is its turn. Throws {@link Fault} `busy` at once where the queue is full, and the signal's reason where that
   * is aborted before its turn.
   */
  run<T>(work: () => Promise<T>, bytes: number, signal: AbortSignal): Promise<T>;
  /** How many are worked on and how many wait. */
  readonly load: { readonly running: number; readonly waiting: number };
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** An empty queue. */
export function createQueue({ concurrency, waiting: most, bytes: mostBytes }: QueueLimits): Queue {
  const waiting: Waiting[] = [];
  let running = 0;
  const turn = async (bytes: number, signal: AbortSignal): Promise<void> => {
    if (running < concurrency) {
      running++;
      return;
    }
    const held = waiting.reduce((sum, one) => sum + one.bytes, 0);
    if (waiting.length >= most || (waiting.length > 0 && held + bytes > mostBytes))
      throw new Fault(
        "busy",
        `${running} calls are worked on and ${waiting.length} wait, which is as many as this service takes: come again later`,
      );
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        reject(signal.reason);
      };
      const entry: Waiting = {
        bytes,
        start: () => {
          signal.removeEventListener("abort", leave);
          // Counted at once: nobody may slip in before the one that waited goes on.
          running++;
          resolve();
        },
      };
      signal.addEventListener("abort", leave, { once: true });
      waiting.push(entry);
    });
  };
  return {
    run: async (work, bytes, signal) => {
      signal.throwIfAborted();
      await turn(bytes, signal);
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        running--;
        waiting.shift()?.start();
      }
    },
    get load() {
      return { running, waiting: waiting.length };
    },
  };
}
