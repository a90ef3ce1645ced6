/**
 * The labels that a layer shows and tools change: planes in time and depth, held in pages so that a large one need not be
 * in memory as a whole.
 *
 * @module
 */
import type { Box, Labels, Signal, Track } from "@cellwright/core";

/** Pixels along a side of a page. */
export const PAGE = 512;

/** A plane of a movie or a stack. */
export interface PlaneAt {
  readonly t: number;
  readonly z: number;
}

/** A change of one page: what stood in a box of it, and what stands there now. */
export interface PageChange {
  readonly at: PlaneAt;
  readonly row: number;
  readonly column: number;
  /** Within the page. */
  readonly box: Box;
  /** Runs of equal labels: length, label, length, label, …, row by row through the box. */
  readonly before: Uint32Array;
  readonly after: Uint32Array;
}

/** A place that is marked, as in the workspace. */
export interface Mark extends PlaneAt {
  readonly y: number;
  readonly x: number;
}

/** What one stroke or command did: undone and redone as a whole, pixels and lineage together. */
export interface Edit {
  /** What to call it in the history: "paint", "merge 4 into 3". */
  readonly name: string;
  readonly pages: readonly PageChange[];
  /** The tracks before and after, where it changed them. */
  readonly tracks?: { readonly before: readonly Track[]; readonly after: readonly Track[] };
  /** The marked places of a layer of points before and after, where it is one. */
  readonly points?: { readonly before: readonly Mark[]; readonly after: readonly Mark[] };
}

/** Labels in pages. */
export interface LabelStore {
  readonly size: { readonly t: number; readonly z: number; readonly y: number; readonly x: number };
  /** The largest label in use or given out. */
  readonly largest: number;
  /** Counts up with every change, of whatever page. */
  readonly version: number;
  /**
   * The labels of a page, `PAGE` x `PAGE` in rows, background beyond the image's border; undefined while it is not loaded.
   * Not to be written to: changes go through edits.
   */
  page(at: PlaneAt, row: number, column: number): Uint32Array | undefined;
  /** Brings the pages that a box touches into memory. */
  load(at: PlaneAt, box: Box, signal?: Signal): Promise<void>;
  /** Labels of a box, loaded first. */
  read(at: PlaneAt, box: Box, signal?: Signal): Promise<Labels>;
  /** The label of a pixel, 0 outside and where nothing is loaded. */
  labelAt(at: PlaneAt, y: number, x: number): number;
  /** Where a labels layer has coarser copies, or is small enough to make them: one pixel out of each `scale` x `scale`, rows of `ceil(width / scale)`. */
  overview(at: PlaneAt, scale: number): Labels | undefined;
  /**
   * A box that holds all of a label in a plane; undefined where it has no pixel there. `"unknown"` while not all of the plane was
   * read, and always where there is no such method.
   */
  boxOf?(at: PlaneAt, label: number): Box | undefined | "unknown";
  /** Calls after each change with the box of the plane that changed; what it returns ends that. */
  watch(listener: (at: PlaneAt, box: Box) => void): () => void;
}
