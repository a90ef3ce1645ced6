/**
 * Where each label is, plane by plane: kept up to date with every change, so that nobody searches an image for a cell.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import { PAGE, type PageChange } from "./label-store.js";
import { planeNumber, type StoreSize } from "./pages.js";
import { eachDifference } from "./runs.js";

/** What is known of a label in a plane. */
export interface CellExtent {
  /** Pixels. */
  readonly area: number;
  /** The middle of them: pixel numbers, so that the centre of the first pixel is 0. */
  readonly y: number;
  readonly x: number;
  /** Holds all of them; may be larger than it must be after pixels were taken away. */
  readonly box: Box;
}

/** The labels of all planes that were loaded. */
export interface CellIndex {
  /** A label in a plane; undefined where it has no pixel. */
  get(plane: number, label: number): CellExtent | undefined;
  /** The labels of a frame, rising. */
  labelsIn(t: number): number[];
  /** Pixels of a label in all planes of a frame. */
  areaIn(t: number, label: number): number;
  /** The largest label that was ever counted. */
  readonly largest: number;
  /** Counts a page that was loaded, given as runs. */
  count(plane: number, row: number, column: number, runs: Uint32Array): void;
  /** Follows a change. */
  follow(change: PageChange, side: "before" | "after"): void;
}

interface Sums {
  area: number;
  y: number;
  x: number;
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** An index without cells. */
export function cellIndex(size: StoreSize): CellIndex {
  const planes = Array.from({ length: size.t * size.z }, () => new Map<number, Sums>());
  let largest = 0;
  const add = (cells: Map<number, Sums>, label: number, y: number, x: number, length: number) => {
    if (label === 0) return;
    const sums = cells.get(label);
    const middle = x + (length - 1) / 2;
    if (!sums) {
      largest = Math.max(largest, label);
      const box = { top: y, left: x, bottom: y + 1, right: x + length };
      cells.set(label, { area: length, y: y * length, x: middle * length, ...box });
      return;
    }
    sums.area += length;
    sums.y += y * length;
    sums.x += middle * length;
    if (y < sums.top) sums.top = y;
    if (y >= sums.bottom) sums.bottom = y + 1;
    if (x < sums.left) sums.left = x;
    if (x + length > sums.right) sums.right = x + length;
  };
  const take = (cells: Map<number, Sums>, label: number, y: number, x: number, length: number) => {
    const sums = cells.get(label);
    if (!sums) return;
    sums.area -= length;
    sums.y -= y * length;
    sums.x -= (x + (length - 1) / 2) * length;
    if (sums.area === 0) cells.delete(label);
  };
  return {
    get largest() {
      return largest;
    },
    get: (plane, label) => {
      const sums = planes[plane]?.get(label);
      if (!sums) return undefined;
      const { area, top, left, bottom, right } = sums;
      const box = { y: top, x: left, height: bottom - top, width: right - left };
      return { area, y: sums.y / area, x: sums.x / area, box };
    },
    labelsIn: (t) => {
      const labels = new Set<number>();
      for (let z = 0; z < size.z; z++)
        for (const label of planes[t * size.z + z]?.keys() ?? []) labels.add(label);
      return [...labels].sort((a, b) => a - b);
    },
    areaIn: (t, label) => {
      let area = 0;
      for (let z = 0; z < size.z; z++) area += planes[t * size.z + z]?.get(label)?.area ?? 0;
      return area;
    },
    count: (plane, row, column, runs) => {
      const none = Uint32Array.of(PAGE * PAGE, 0);
      const whole = { y: row * PAGE, x: column * PAGE, height: PAGE, width: PAGE };
      eachDifference(none, runs, whole, (y, x, length, _, to) =>
        add(planes[plane], to, y, x, length),
      );
    },
    follow: ({ at, row, column, box, before, after }, side) => {
      const cells = planes[planeNumber(size, at)];
      const inImage = { ...box, y: box.y + row * PAGE, x: box.x + column * PAGE };
      const [old, fresh] = side === "after" ? [before, after] : [after, before];
      // What comes goes in before what goes, so that a cell that moves is never gone.
      eachDifference(old, fresh, inImage, (y, x, length, _, to) => add(cells, to, y, x, length));
      eachDifference(old, fresh, inImage, (y, x, length, from) => take(cells, from, y, x, length));
    },
  };
}
