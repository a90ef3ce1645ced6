/**
 * Coarser copies of labels for a view from far away: one pixel out of each square, never a mix of two cells.
 *
 * @module
 */
import type { Box, Labels } from "@cellwright/core";
import type { PageSource } from "./label-pages.js";
import { type LabelStore, PAGE, type PlaneAt } from "./label-store.js";
import { planeNumber, wholePlane } from "./pages.js";

/** The coarser copies of a store. */
export interface Overviews {
  of(at: PlaneAt, scale: number): Labels | undefined;
  /** Brings those that are kept up to date where labels changed. */
  refresh(at: PlaneAt, box: Box): void;
}

/** Copies that are kept, and the most pixels of one. */
const MOST = 8;
const LARGEST = 2 ** 24;

interface Kept {
  readonly plane: number;
  readonly scale: number;
  readonly labels: Labels;
}

type Sampled = Pick<LabelStore, "size" | "page"> & { readonly source?: PageSource };

/** `arrived` is called where a copy came from the source later than it was asked for. */
export function overviews(store: Sampled, arrived: (at: PlaneAt) => void): Overviews {
  const kept = new Map<string, Kept | "awaited" | "none">();
  const sample = ({ labels, scale }: Kept, at: PlaneAt, box: Box): void => {
    const [height, width] = labels.shape;
    const middle = scale >> 1;
    const row = (y: number): number => Math.min(y * scale + middle, store.size.y - 1);
    const column = (x: number): number => Math.min(x * scale + middle, store.size.x - 1);
    const first = { y: Math.floor(box.y / scale), x: Math.floor(box.x / scale) };
    const end = {
      y: Math.min(height, Math.ceil((box.y + box.height) / scale)),
      x: Math.min(width, Math.ceil((box.x + box.width) / scale)),
    };
    for (let y = first.y; y < end.y; y++) {
      const pageRow = Math.floor(row(y) / PAGE);
      let pageColumn = -1;
      let page: Uint32Array | undefined;
      for (let x = first.x; x < end.x; x++) {
        const at_ = column(x);
        if (Math.floor(at_ / PAGE) !== pageColumn) {
          pageColumn = Math.floor(at_ / PAGE);
          page = store.page(at, pageRow, pageColumn);
        }
        if (page) labels.data[y * width + x] = page[(row(y) % PAGE) * PAGE + (at_ % PAGE)];
      }
    }
  };
  const make = (at: PlaneAt, scale: number): Kept => {
    const shape = [Math.ceil(store.size.y / scale), Math.ceil(store.size.x / scale)];
    const data = new Uint32Array(shape[0] * shape[1]);
    return { plane: planeNumber(store.size, at), scale, labels: { data, shape, axes: "yx" } };
  };
  const ask = (at: PlaneAt, scale: number, key: string): void => {
    const asked = store.source?.readOverview?.(at, scale);
    kept.set(key, asked ? "awaited" : "none");
    asked?.then(
      (labels) => {
        const fresh = make(at, scale);
        fresh.labels.data.set(labels.data);
        sample(fresh, at, wholePlane(store.size));
        kept.set(key, fresh);
        arrived(at);
      },
      () => kept.set(key, "none"),
    );
  };
  return {
    of: (at, scale) => {
      const key = `${planeNumber(store.size, at)}/${scale}`;
      const found = kept.get(key);
      if (found) {
        kept.delete(key);
        kept.set(key, found);
        return typeof found === "string" ? undefined : found.labels;
      }
      const pixels = Math.ceil(store.size.y / scale) * Math.ceil(store.size.x / scale);
      if (!Number.isInteger(scale) || scale < 2 || pixels > LARGEST) return undefined;
      if (kept.size >= MOST) kept.delete(kept.keys().next().value as string);
      if (store.source) {
        ask(at, scale, key);
        return undefined;
      }
      const fresh = make(at, scale);
      sample(fresh, at, wholePlane(store.size));
      kept.set(key, fresh);
      return fresh.labels;
    },
    refresh: (at, box) => {
      const plane = planeNumber(store.size, at);
      for (const each of kept.values())
        if (typeof each !== "string" && each.plane === plane) sample(each, at, box);
    },
  };
}
