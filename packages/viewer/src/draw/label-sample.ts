/**
 * Labels as the screen needs them: where many lie under one pixel of the screen, one out of each square.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import { type LabelStore, PAGE, type PlaneAt } from "../edit/label-store.js";

/** Pages that are sampled for one box, at most; where there are more, a store's own overview serves. */
const MOST_PAGES = 1024;

/** Pixels of a plane at a scale: one for each `scale` x `scale` labels, also where fewer are left at the border. */
export function scaledSize(
  store: Pick<LabelStore, "size">,
  scale: number,
): { readonly y: number; readonly x: number } {
  return { y: Math.ceil(store.size.y / scale), x: Math.ceil(store.size.x / scale) };
}

/** The power of two of labels that go along one pixel of the canvas, `zoom` of which go along a label. */
export function scaleFor(zoom: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(1.0001 / zoom)));
}

/** The part of a box at a scale, in labels, cut to the plane. */
export function labelsBox(store: Pick<LabelStore, "size">, scale: number, box: Box): Box {
  const [y, x] = [box.y * scale, box.x * scale];
  return {
    y,
    x,
    height: Math.min(box.height * scale, store.size.y - y),
    width: Math.min(box.width * scale, store.size.x - x),
  };
}

/**
 * The labels of a box, in pixels of the scale and within the plane, in rows: of the pages, or of the store's overview
 * where not all of them are loaded. Undefined where neither has them.
 */
export function sampleLabels(
  store: LabelStore,
  at: PlaneAt,
  scale: number,
  box: Box,
): Uint32Array | undefined {
  const labels = labelsBox(store, scale, box);
  const rows = pageSpan(labels.y, labels.height);
  const columns = pageSpan(labels.x, labels.width);
  // A page holds whole squares of any smaller scale.
  if (scale <= PAGE && rows.count * columns.count <= MOST_PAGES) {
    const data = new Uint32Array(box.height * box.width);
    let isWhole = true;
    for (let row = rows.first; isWhole && row < rows.first + rows.count; row++)
      for (
        let column = columns.first;
        isWhole && column < columns.first + columns.count;
        column++
      ) {
        const page = store.page(at, row, column);
        if (page) samplePage(store, data, box, page, row * PAGE, column * PAGE, scale);
        else isWhole = false;
      }
    if (isWhole) return data;
  }
  return scale > 1 ? cutOverview(store, at, scale, box) : undefined;
}

/** The pages that a span of labels touches. */
export function pageSpan(start: number, length: number): { first: number; count: number } {
  const first = Math.floor(start / PAGE);
  return { first, count: Math.ceil((start + length) / PAGE) - first };
}

/** Takes the middle of each square, as overviews do; at the border of the plane the last that there is. */
function samplePage(
  { size }: Pick<LabelStore, "size">,
  data: Uint32Array,
  box: Box,
  page: Uint32Array,
  top: number,
  left: number,
  scale: number,
): void {
  const middle = scale >> 1;
  const first = Math.max(box.x, Math.ceil(left / scale));
  const firstRow = Math.max(box.y, Math.ceil(top / scale));
  const endRow = Math.min(box.y + box.height, Math.ceil((top + PAGE) / scale));
  const end = Math.min(box.x + box.width, Math.ceil((left + PAGE) / scale));
  for (let y = firstRow; y < endRow; y++) {
    const row = (Math.min(y * scale + middle, size.y - 1) - top) * PAGE;
    const to = (y - box.y) * box.width - box.x;
    for (let x = first; x < end; x++)
      data[to + x] = page[row + Math.min(x * scale + middle, size.x - 1) - left];
  }
}

function cutOverview(
  store: LabelStore,
  at: PlaneAt,
  scale: number,
  box: Box,
): Uint32Array | undefined {
  const overview = store.overview(at, scale);
  if (!overview) return undefined;
  const width = overview.shape[1];
  const data = new Uint32Array(box.height * box.width);
  for (let y = 0; y < box.height; y++) {
    const start = (box.y + y) * width + box.x;
    data.set(overview.data.subarray(start, start + box.width), y * box.width);
  }
  return data;
}
