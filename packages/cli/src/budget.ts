/**
 * How much of an image one run of the command holds at once. A small file cannot ask for much: the budget grows with what is
 * stored. `--max-pixels` and `--max-bytes` put another in its place, for all that the run reads.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Command } from "commander";
import { wholeNumber } from "./option.js";

/** What the user allows; absent: as {@link pixelBudget} and {@link byteBudget} say. */
export interface Budget {
  /** Pixels of one image, those of all its planes and channels. */
  maxPixels?: number;
  /** Bytes of one image, decoded. */
  maxBytes?: number;
}

/** Whether an image is looked at, or labels, which pack better and take less. */
type Shows = "images" | "labels";

const scope = new AsyncLocalStorage<Budget>();

/** Runs a command with a budget of its own, which {@link budgetOptions} fills; or a thread of it, with the command's. */
export function withBudget<T>(work: () => Promise<T>, budget: Budget = {}): Promise<T> {
  return scope.run(budget, work);
}

/** What the user allows the command under way. */
export function givenBudget(): Budget {
  return { ...scope.getStore() };
}

/** Gives the program the options, for all its commands. */
export function budgetOptions(program: Command): Command {
  return program
    .option("--max-pixels <n>", "read images of up to so many pixels", wholeNumber(1))
    .option("--max-bytes <n>", "read images of up to so many bytes, decoded", wholeNumber(1))
    .hook("preAction", (_, command) => {
      const { maxPixels, maxBytes } = command.optsWithGlobals<Budget>();
      Object.assign(scope.getStore() ?? {}, { maxPixels, maxBytes });
    });
}

/**
 * The most bytes that an image may take when decoded, for core's readers; `stored` are those of the file. Undefined: core's
 * own limit.
 */
export function byteBudget(stored: number, shows: Shows): number | undefined {
  const { maxBytes } = scope.getStore() ?? {};
  if (maxBytes !== undefined || shows === "images") return maxBytes;
  return Math.min(2 ** 32, 2 ** 27 + 1024 * stored);
}

/** The most pixels of an image of which `stored` bytes are kept: 4096 x 4096 and 64 a byte, of labels more. */
export function pixelBudget(stored: number, shows: Shows): number {
  const { maxPixels } = scope.getStore() ?? {};
  return maxPixels ?? (shows === "labels" ? 2 ** 25 + 256 * stored : 2 ** 24 + 64 * stored);
}

/** The most pixels that are put together in memory from what is read in pieces. */
export function wholeBudget(): number {
  return scope.getStore()?.maxPixels ?? 2 ** 28;
}
