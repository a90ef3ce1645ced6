/**
 * Cells that were found are put among cells that are there: those whose middle lies where they are wanted take the place of
 * the old ones there; all others stay as they were.
 *
 * @module
 */
import { type Labels, ShapeError } from "@cellwright/core";

/** How to put cells among others. */
export interface PlaceOptions {
  /** Whether the cells there are wanted; a place in pixels of the labels, the middle of the first is 0.5. */
  readonly wanted: (y: number, x: number) => boolean;
  /** New cells get the numbers from here on. */
  readonly first: number;
  /** Sides of the labels beyond which the image goes on: a cell there that touches one stays, as not all of it is seen. */
  readonly open?: { top?: boolean; left?: boolean; bottom?: boolean; right?: boolean };
}

/**
 * The labels of a box after `found` has come among the cells that were there. Old cells whose middle is wanted go. New ones
 * come where their middle is wanted, on pixels that nobody has; one that is mostly covered by cells that stay is left out.
 * Throws {@link ShapeError} where the two differ in size.
 */
export function placeCells(there: Labels, found: Labels, options: PlaceOptions): Labels {
  if (there.shape.join() !== found.shape.join())
    throw new ShapeError("cells found", there.shape.join(" x "), found.shape.join(" x "));
  const data = new Uint32Array(there.data.length);
  const stays = staying(there, options);
  for (let i = 0; i < data.length; i++) if (stays.has(there.data[i])) data[i] = there.data[i];
  const numbers = coming(found, data, options);
  for (let i = 0; i < data.length; i++)
    if (data[i] === 0 && found.data[i] !== 0) data[i] = numbers.get(found.data[i]) ?? 0;
  return { ...there, data };
}

/** The old cells that stay. */
function staying(there: Labels, { wanted, open = {} }: PlaceOptions): Set<number> {
  const [height, width] = there.shape;
  const stays = new Set<number>();
  for (const [label, { y, x, area, edges }] of middlesOf(there)) {
    const cut =
      (open.top && edges.top === 0) ||
      (open.left && edges.left === 0) ||
      (open.bottom && edges.bottom === height - 1) ||
      (open.right && edges.right === width - 1);
    if (cut || !wanted(y / area, x / area)) stays.add(label);
  }
  return stays;
}

/** The numbers of the new cells that come, by those they were found with; `taken` are the pixels of the old ones. */
function coming(
  found: Labels,
  taken: Uint32Array,
  { wanted, first }: PlaceOptions,
): Map<number, number> {
  const covered = new Map<number, number>();
  for (let i = 0; i < taken.length; i++)
    if (taken[i] !== 0 && found.data[i] !== 0)
      covered.set(found.data[i], (covered.get(found.data[i]) ?? 0) + 1);
  const numbers = new Map<number, number>();
  const cells = [...middlesOf(found)].sort(([a], [b]) => a - b);
  for (const [label, { y, x, area }] of cells)
    if (wanted(y / area, x / area) && 2 * (covered.get(label) ?? 0) <= area)
      numbers.set(label, first + numbers.size);
  return numbers;
}

/** Sums over the pixels of a cell, each at its middle, and the first and last rows and columns that it reaches. */
export interface Middle {
  y: number;
  x: number;
  area: number;
  readonly edges: { top: number; left: number; bottom: number; right: number };
}

/** The middle of each cell, times its area, by its label. */
export function middlesOf({ data, shape: [, width] }: Labels): Map<number, Middle> {
  const middles = new Map<number, Middle>();
  let last: Middle | undefined;
  let lastLabel = 0;
  for (let i = 0; i < data.length; i++) {
    const label = data[i];
    if (label === 0) continue;
    const y = Math.floor(i / width);
    const x = i - y * width;
    if (label !== lastLabel || !last) {
      last = middles.get(label);
      lastLabel = label;
      if (!last) {
        last = { y: 0, x: 0, area: 0, edges: { top: y, left: x, bottom: y, right: x } };
        middles.set(label, last);
      }
    }
    last.y += y + 0.5;
    last.x += x + 0.5;
    last.area++;
    const { edges } = last;
    edges.bottom = y;
    if (x < edges.left) edges.left = x;
    if (x > edges.right) edges.right = x;
  }
  return middles;
}
