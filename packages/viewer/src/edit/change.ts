/**
 * Changes as data: what a tool would do to the labels of a box, page by page. Nothing is written here.
 * In: a store, a box that is loaded, a mask or a rule. Out: page changes.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import { ShapeError } from "@cellwright/core";
import { type LabelStore, PAGE, type PageChange, type PlaneAt } from "./label-store.js";
import { piecesOf } from "./pages.js";
import { differenceBox, packRuns } from "./runs.js";

/** Changes a copy of the labels of `box` (rows of its width), a box of the image. */
export type Rule = (labels: Uint32Array, box: Box) => void;

/** What may be painted over. */
export interface Keeping {
  /** This label alone; default all. */
  readonly only?: number;
}

/** The changes that a rule makes in a box. Throws `ShapeError` where a page is not loaded. */
export function changeBox(
  store: Pick<LabelStore, "size" | "page">,
  at: PlaneAt,
  box: Box,
  rule: Rule,
): PageChange[] {
  const changes: PageChange[] = [];
  for (const { row, column, inPage, inImage } of piecesOf(store.size, box)) {
    const page = store.page(at, row, column);
    if (!page) throw new ShapeError("labels", "loaded", `page ${row} ${column} is not`);
    const { height, width } = inPage;
    const before = new Uint32Array(height * width);
    for (let y = 0; y < height; y++) {
      const from = (inPage.y + y) * PAGE + inPage.x;
      before.set(page.subarray(from, from + width), y * width);
    }
    const after = before.slice();
    rule(after, inImage);
    const changed = differenceBox(before, after, width, { y: 0, x: 0, height, width });
    if (!changed) continue;
    changes.push({
      at: { t: at.t, z: at.z },
      row,
      column,
      box: { ...changed, y: changed.y + inPage.y, x: changed.x + inPage.x },
      before: packRuns(before, width, changed),
      after: packRuns(after, width, changed),
    });
  }
  return changes;
}

/** Gives labels other numbers: `numbers` by the old ones. */
export function renumbered(numbers: ReadonlyMap<number, number>): Rule {
  return (labels) => {
    let [before, after] = [-1, -1];
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] !== before) {
        before = labels[i];
        after = numbers.get(before) ?? before;
      }
      labels[i] = after;
    }
  };
}

/** Paints where a mask (rows of `within`'s width) is not 0. */
export function painted(mask: Uint8Array, within: Box, label: number, keeping: Keeping = {}): Rule {
  const { only } = keeping;
  return (labels, box) => {
    for (let y = 0; y < box.height; y++) {
      const from = (box.y + y - within.y) * within.width + box.x - within.x;
      for (let x = 0, i = y * box.width; x < box.width; x++, i++)
        if (mask[from + x] !== 0 && (only === undefined || labels[i] === only)) labels[i] = label;
    }
  };
}

/** Puts labels (rows of `within`'s width) in the place of what is there. */
export function replaced(data: Uint32Array, within: Box): Rule {
  return (labels, box) => {
    for (let y = 0; y < box.height; y++) {
      const from = (box.y + y - within.y) * within.width + box.x - within.x;
      labels.set(data.subarray(from, from + box.width), y * box.width);
    }
  };
}
