/**
 * A stroke in the making: pixels change at once, so that the page shows them, and what stood there before is remembered.
 * In: stretches of rows. Out: the page changes of the whole stroke.
 *
 * @module
 */
import type { LabelPages } from "./label-pages.js";
import { PAGE, type PageChange, type PlaneAt } from "./label-store.js";
import { differenceBox, packRuns } from "./runs.js";

/** A pen on one plane. */
export interface Pen {
  /**
   * Sets pixels `from` … `to` − 1 of row `y` to a label, but for those outside the plane. `only` names the label that may
   * be painted over, where not all may be. Answers whether all pages were loaded.
   */
  span(y: number, from: number, to: number, label: number, only?: number): boolean;
  /** Shows what was set since the last time. */
  show(): void;
  /** Ends the stroke, what was set stays. */
  finish(): PageChange[];
  /** Ends the stroke, all is as before. */
  cancel(): void;
}

interface Touched {
  readonly row: number;
  readonly column: number;
  readonly before: Uint32Array;
  /** First and last row and column set, in the whole stroke and since it was shown. */
  readonly all: Bounds;
  shown: Bounds;
}

interface Bounds {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** Takes a pen into the hand. */
export function startPen(store: LabelPages, at: PlaneAt): Pen {
  const pages = new Map<number, Touched>();
  const plane = { t: at.t, z: at.z };
  const columns = Math.ceil(store.size.x / PAGE);
  const touch = (row: number, column: number): Touched | undefined => {
    const known = pages.get(row * columns + column);
    if (known) return known;
    const before = store.page(plane, row, column)?.slice();
    if (!before) return undefined;
    const page = { row, column, before, all: nothing(), shown: nothing() };
    pages.set(row * columns + column, page);
    return page;
  };
  const show = (): void => {
    for (const page of pages.values()) {
      const { top, left, bottom, right } = page.shown;
      if (bottom <= top) continue;
      page.shown = nothing();
      store.changed(plane, {
        y: page.row * PAGE + top,
        x: page.column * PAGE + left,
        height: bottom - top,
        width: right - left,
      });
    }
  };
  return {
    span: (y, from, to, label, only) => {
      if (y < 0 || y >= store.size.y) return true;
      const end = Math.min(to, store.size.x);
      const row = Math.floor(y / PAGE);
      let all = true;
      for (let x = Math.max(0, from); x < end; ) {
        const column = Math.floor(x / PAGE);
        const stop = Math.min(end, (column + 1) * PAGE);
        const page = touch(row, column);
        const pixels = page && store.writable(plane, row, column);
        if (page && pixels) {
          const line = y - row * PAGE;
          const [left, right] = [x - column * PAGE, stop - column * PAGE];
          setPixels(pixels, line * PAGE + left, line * PAGE + right, label, only);
          grow(page.all, line, left, right);
          grow(page.shown, line, left, right);
        } else all = false;
        x = stop;
      }
      return all;
    },
    show,
    finish: () => {
      const changes: PageChange[] = [];
      for (const { row, column, before, all } of pages.values()) {
        const { top, left, bottom, right } = all;
        const within = { y: top, x: left, height: bottom - top, width: right - left };
        const pixels = store.page(plane, row, column) as Uint32Array;
        const box = differenceBox(before, pixels, PAGE, within);
        if (!box) continue;
        const runs = {
          before: packRuns(before, PAGE, box),
          after: packRuns(pixels, PAGE, box),
        };
        const change = { at: plane, row, column, box, ...runs };
        store.cells.follow(change, "after");
        changes.push(change);
      }
      show();
      pages.clear();
      return changes;
    },
    cancel: () => {
      for (const page of pages.values()) {
        store.writable(plane, page.row, page.column)?.set(page.before);
        page.shown = page.all;
      }
      show();
      pages.clear();
    },
  };
}

function setPixels(
  pixels: Uint32Array,
  from: number,
  to: number,
  label: number,
  only: number | undefined,
): void {
  if (only === undefined) pixels.fill(label, from, to);
  else for (let i = from; i < to; i++) if (pixels[i] === only) pixels[i] = label;
}

function nothing(): Bounds {
  return { top: PAGE, left: PAGE, bottom: 0, right: 0 };
}

function grow(bounds: Bounds, line: number, left: number, right: number): void {
  if (line < bounds.top) bounds.top = line;
  if (line >= bounds.bottom) bounds.bottom = line + 1;
  if (left < bounds.left) bounds.left = left;
  if (right > bounds.right) bounds.right = right;
}
