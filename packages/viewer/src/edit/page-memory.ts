/**
 * Pages of labels within a bound of memory: those in use lie open, as pixels; the others are packed, as runs.
 *
 * @module
 */
import { PAGE } from "./label-store.js";
import { packRuns, unpackRuns } from "./runs.js";

/** A page as a box of itself. */
export const WHOLE_PAGE: Readonly<{ y: number; x: number; height: number; width: number }> = {
  y: 0,
  x: 0,
  height: PAGE,
  width: PAGE,
};

/** How much is kept. */
export interface MemoryOptions {
  /** Pages that lie open at once, 1 MiB each; default 192. */
  readonly open?: number;
  /** Bytes of packed pages that can be read again; default 256 MiB. Edited pages are never given up. */
  readonly packed?: number;
}

/** Pages by a number. */
export interface PageMemory {
  has(key: number): boolean;
  /** The pixels of a page; undefined where it is not there. */
  pixels(key: number): Uint32Array | undefined;
  /** The same, to be written to at once. `blank` makes the page where there is none. */
  writable(key: number, blank: boolean): Uint32Array | undefined;
  /** A page as runs. */
  runs(key: number): Uint32Array | undefined;
  /** Puts a page in, packed; `kept` pages cannot be read again. */
  put(key: number, runs: Uint32Array, kept: boolean): void;
  /** All pages, or those that cannot be read again: put in to be kept, or written to. */
  keys(which: "kept" | "all"): Iterable<number>;
}

interface Slot {
  pixels?: Uint32Array;
  /** As the pixels are, or undefined since they were written to. */
  runs?: Uint32Array;
  kept: boolean;
}

/** A memory without pages. */
export function pageMemory(options: MemoryOptions = {}): PageMemory {
  const mostOpen = options.open ?? 192;
  const mostPacked = options.packed ?? 2 ** 28;
  const slots = new Map<number, Slot>();
  // The one used longest ago comes first.
  const open = new Map<number, Slot>();
  let last = Number.NaN;
  let spare = 0;

  const use = (key: number, slot: Slot): Uint32Array => {
    if (key === last && slot.pixels) return slot.pixels;
    last = key;
    open.delete(key);
    open.set(key, slot);
    if (!slot.pixels) {
      slot.pixels = new Uint32Array(PAGE * PAGE);
      if (slot.runs) unpackRuns(slot.runs, slot.pixels, PAGE, WHOLE_PAGE);
    }
    if (open.size > mostOpen) close();
    return slot.pixels;
  };
  const close = () => {
    const [key, slot] = open.entries().next().value as [number, Slot];
    slot.runs ??= packRuns(slot.pixels as Uint32Array, PAGE, WHOLE_PAGE);
    slot.pixels = undefined;
    open.delete(key);
  };
  const giveUp = () => {
    for (const [key, slot] of slots) {
      if (spare <= mostPacked) return;
      if (slot.kept || slot.pixels) continue;
      spare -= slot.runs?.byteLength ?? 0;
      slots.delete(key);
    }
  };
  return {
    has: (key) => slots.has(key),
    pixels: (key) => {
      const slot = slots.get(key);
      return slot && use(key, slot);
    },
    writable: (key, blank) => {
      let slot = slots.get(key);
      if (!slot) {
        if (!blank) return undefined;
        slot = { kept: true };
        slots.set(key, slot);
      }
      const pixels = use(key, slot);
      if (!slot.kept) spare -= slot.runs?.byteLength ?? 0;
      slot.kept = true;
      slot.runs = undefined;
      return pixels;
    },
    runs: (key) => {
      const slot = slots.get(key);
      if (!slot) return undefined;
      slot.runs ??= packRuns(slot.pixels as Uint32Array, PAGE, WHOLE_PAGE);
      return slot.runs;
    },
    put: (key, runs, kept) => {
      slots.set(key, { runs, kept });
      if (kept) return;
      spare += runs.byteLength;
      if (spare > mostPacked) giveUp();
    },
    *keys(which) {
      for (const [key, slot] of slots) if (slot.kept || which === "all") yield key;
    },
  };
}
