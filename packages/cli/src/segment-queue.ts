/**
 * The images of a batch, handed out in their order; what became of them is told in that order too, whichever was done first.
 *
 * @module
 */
import { setImmediate as pause } from "node:timers/promises";
import type { Item } from "./inputs.js";

/** Where whoever segments gets the next image. */
export interface Queue {
  /** The next image and its place in the batch; undefined where there is none, or no more shall be begun. */
  next(): Promise<{ readonly item: Item; readonly i: number } | undefined>;
  /** Tells what became of the image at a place, once that of all before it has been told. */
  tell(i: number, words: () => void): void;
}

/** Opens a queue. Nothing is handed out any more once `isOver` says so. */
export function startQueue(items: readonly Item[], isOver: () => boolean): Queue {
  const untold = new Map<number, () => void>();
  let begun = 0;
  let told = 0;
  return {
    async next() {
      await pause();
      if (begun === items.length || isOver()) return undefined;
      const i = begun++;
      return { item: items[i], i };
    },
    tell(i, words) {
      untold.set(i, words);
      for (let now = untold.get(told); now; now = untold.get(told)) {
        untold.delete(told++);
        now();
      }
    },
  };
}
