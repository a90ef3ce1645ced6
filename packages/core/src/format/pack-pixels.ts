/**
 * How the pixels of a tile or strip become deflated bytes, several of them at once where somebody else does the work.
 *
 * @module
 */
import { gzipSync, zlibSync } from "fflate";
import type { Pixels } from "../image.js";
import { isMostlyRuns, packRuns } from "./run-deflate.js";
import { littleEndianBytes } from "./sample-type.js";

/** Packs bytes as zlib or gzip does. */
export type Pack = (bytes: Uint8Array, as: "zlib" | "gzip") => Uint8Array | Promise<Uint8Array>;

/** So many tiles are packed at once: a system's threads have enough to do, and memory stays small. */
const atOnce = 8;

/** Packs rows of `width` pixels here and now: runs where they are mostly such, else any repeats at a level from 1 to 9. */
export function packPixels(
  data: Pixels,
  width: number,
  as: "zlib" | "gzip",
  level: 1 | 6,
): Uint8Array {
  if (isMostlyRuns(data)) return packRuns(data, width, as);
  const bytes = littleEndianBytes(data);
  return as === "zlib" ? zlibSync(bytes, { level }) : gzipSync(bytes, { level, mtime: 0 });
}

/** Tiles on their way into a file. */
export interface Packing {
  /**
   * Begins to pack the pixels of a square tile, of `side` pixels, and hands the bytes to `put` after those of all tiles before it; without
   * pixels `put` gets none. Waits while too many are under way.
   */
  add(
    data: Pixels | undefined,
    side: number,
    put: (packed: Uint8Array | undefined) => Promise<void> | void,
  ): Promise<void>;
  /** Waits for all. */
  end(): Promise<void>;
}

/** Starts with nothing under way. Tiles are packed by `pack`, or here where there is none. */
export function startPacking(as: "zlib" | "gzip", pack?: Pack): Packing {
  const waiting: (() => Promise<void>)[] = [];
  const next = async () => waiting.shift()?.();
  return {
    async add(data, side, put) {
      const begun =
        data && (pack ? pack(littleEndianBytes(data), as) : packPixels(data, side, as, 1));
      // Where it fails before its turn, that is told when its turn comes.
      if (begun instanceof Promise) begun.catch(() => {});
      waiting.push(async () => put(await begun));
      if (waiting.length >= (begun instanceof Promise ? atOnce : 1)) await next();
    },
    async end() {
      while (waiting.length > 0) await next();
    },
  };
}
