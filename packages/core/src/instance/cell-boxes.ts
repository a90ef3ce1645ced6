/**
 * Where each cell lies: its first and last row and column, its size and middle.
 * In: labels 1 … n. Out: a box a cell.
 *
 * @module
 */

/** A cell's box, and the mean of its pixels. */
export interface CellBox {
  readonly top: number;
  readonly left: number;
  /** The last row and column. */
  readonly bottom: number;
  readonly right: number;
  readonly area: number;
  readonly y: number;
  readonly x: number;
}

/** The boxes of labels that are numbered 1, 2, 3, … without gaps, in their order. */
export function boxesOf(labels: Uint32Array, width: number): CellBox[] {
  const boxes: { -readonly [K in keyof CellBox]: number }[] = [];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label === 0) continue;
    const y = Math.floor(i / width);
    const x = i % width;
    const box = boxes[label - 1];
    if (!box) {
      boxes[label - 1] = { top: y, left: x, bottom: y, right: x, area: 1, y, x };
      continue;
    }
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    box.bottom = y;
    box.area++;
    box.y += y;
    box.x += x;
  }
  for (const box of boxes) {
    box.y /= box.area;
    box.x /= box.area;
  }
  return boxes;
}
