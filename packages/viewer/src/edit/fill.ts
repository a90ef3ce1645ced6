/**
 * The stretch of equal labels around a pixel. In: labels of a box and a pixel of it. Out: a mask, within a limit.
 *
 * @module
 */
import { type Box, type Labels, ShapeError } from "@cellwright/core";
import type { LabelPages } from "./label-pages.js";
import type { PlaneAt } from "./label-store.js";
import { clipBox, planeNumber } from "./pages.js";

/** The most pixels that one fill may cover. */
export const FILL_LIMIT: number = 2 ** 22;

/** Some pixels of a box. */
export interface Area {
  readonly box: Box;
  /** Rows of the box; 1 where a pixel is meant. */
  readonly mask: Uint8Array;
}

/**
 * The pixels that hang together with (`y`, `x`) from side to side and have its label. Of background, ever larger windows
 * are looked at. Throws {@link ShapeError} where that is more than `limit` pixels, or lies in pages that are not loaded.
 */
export function filledArea(
  store: LabelPages,
  at: PlaneAt,
  y: number,
  x: number,
  limit: number = FILL_LIMIT,
): Area {
  const label = store.labelAt(at, y, x);
  const known = store.cells.get(planeNumber(store.size, at), label)?.box;
  if (known && store.isLoaded(at, known))
    return spread(store.readNow(at, known), known, y, x, limit);
  for (let reach = 256; ; reach *= 2) {
    const wanted = { y: y - reach, x: x - reach, height: 2 * reach, width: 2 * reach };
    const box = clipBox(store.size, wanted);
    const area = spread(store.readNow(at, box), box, y, x, limit);
    if (!reachesOut(area, store.size)) return area;
  }
}

/** All pixels of a label in a plane, in however many pieces. */
export function areaOfLabel(store: LabelPages, at: PlaneAt, label: number): Area | undefined {
  const box = store.cells.get(planeNumber(store.size, at), label)?.box;
  if (!box) return undefined;
  const mask = Uint8Array.from(store.readNow(at, box).data, (each) => (each === label ? 1 : 0));
  return { box, mask };
}

/** Goes along rows, and from each stretch to those above and below it. */
function spread({ data }: Labels, box: Box, y: number, x: number, limit: number): Area {
  const { height, width } = box;
  const mask = new Uint8Array(height * width);
  const start = (y - box.y) * width + x - box.x;
  const label = data[start];
  const waiting = [start];
  let count = 0;
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    if (mask[i] !== 0) continue;
    const first = i - (i % width);
    let [from, to] = [i, i + 1];
    while (from > first && data[from - 1] === label) from--;
    while (to < first + width && data[to] === label) to++;
    mask.fill(1, from, to);
    count += to - from;
    if (count > limit)
      throw new ShapeError(
        "area to fill",
        `at most ${limit} pixels; close its outline first`,
        "more",
      );
    for (const shift of [-width, width])
      if (first + shift >= 0 && first + shift < data.length)
        addStretches(waiting, data, mask, from + shift, to + shift, label);
  }
  return { box, mask };
}

/** The first pixel of each stretch of a label between two places of a row. */
function addStretches(
  waiting: number[],
  data: Uint32Array,
  mask: Uint8Array,
  from: number,
  to: number,
  label: number,
): void {
  for (let i = from; i < to; i++) {
    const isFirst = i === from || data[i - 1] !== label;
    if (data[i] === label && isFirst && mask[i] === 0) waiting.push(i);
  }
}

/** Whether an area touches a side of its box that is not a side of the image. */
function reachesOut(
  { box, mask }: Area,
  size: { readonly y: number; readonly x: number },
): boolean {
  const { height, width } = box;
  const has = (from: number, step: number, count: number): boolean => {
    for (let n = 0; n < count; n++) if (mask[from + n * step] !== 0) return true;
    return false;
  };
  return (
    (box.y > 0 && has(0, 1, width)) ||
    (box.y + height < size.y && has((height - 1) * width, 1, width)) ||
    (box.x > 0 && has(0, width, height)) ||
    (box.x + width < size.x && has(width - 1, width, height))
  );
}
