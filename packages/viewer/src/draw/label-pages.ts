/**
 * Keeps the pages of labels that are in view on the graphics card, and in step with what tools change: of a stroke, the
 * box that it touched is uploaded.
 *
 * @module
 */
import { type Box, boxAround } from "@cellwright/core";
import { type LabelStore, PAGE, type PlaneAt } from "../edit/label-store.js";
import { labelLoads } from "./label-loads.js";
import { labelsBox, pageSpan, sampleLabels, scaledSize, scaleFor } from "./label-sample.js";
import type { LabelSlots, Slot } from "./label-slots.js";
import { type Edges, edgesOf, edgesSeen, type Sight } from "./sight.js";

/** The pages of a layer that are in view. */
export interface LabelView {
  readonly scale: number;
  /** The first page, in rows and columns of pages at this scale. */
  readonly row: number;
  readonly column: number;
  /** The slot of each page, -1 for none, `rows` x `columns`. */
  readonly table: Int16Array;
  readonly rows: number;
  readonly columns: number;
  /** The part of the plane in view, in pixels of the image. */
  readonly seen: Edges;
  /** Whether all are there, or cannot be had. */
  readonly isReady: boolean;
}

/** Pages that are loaded to draw one, at most; for a view from farther away a store must have its overview. */
const MOST_LOADED = 64;

/** What {@link labelPages} tells of. */
export interface LabelPagesOptions {
  readonly slots: LabelSlots;
  /** Labels changed or came in: where, in pixels of the image. */
  readonly onChange: (layer: string, at: PlaneAt, edges: Edges) => void;
  readonly onError: (error: unknown, layer: string) => void;
}

/** Labels of layers. */
export interface LabelPages {
  /** Brings what is in view of a layer onto the graphics card; what is not loaded is asked for. */
  view(
    layer: string,
    store: LabelStore,
    at: PlaneAt,
    sight: Sight,
    margin: number,
  ): LabelView | undefined;
  /** Gives up requests for what was not viewed since the last call. */
  stopOthers(): void;
  /** Forgets layers other than these. */
  keep(layers: ReadonlySet<string>): void;
  /** Requests under way. */
  readonly loading: number;
  destroy(): void;
}

/** Keeps labels in step. */
export function labelPages({ slots, onChange, onError }: LabelPagesOptions): LabelPages {
  const watched = new Map<string, { store: LabelStore; stop: () => void }>();
  const loads = labelLoads((key, error) => onError(error, key.slice(0, key.indexOf("\n"))));
  /** How many pages of each layer are in view. */
  const demands = new Map<string, number>();

  function changed(layer: string, at: PlaneAt, box: Box): void {
    const prefix = keyOf(layer, at);
    slots.each((slot) => {
      if (!slot.key.startsWith(prefix)) return;
      const [scale, row, column] = slot.key.slice(prefix.length).split(" ").map(Number);
      const part = partOfPage(box, scale, row, column);
      if (part) slot.dirty = slot.dirty ? boxAround(slot.dirty, part) : part;
    });
    onChange(layer, at, edgesOf(box));
  }

  function watch(layer: string, store: LabelStore): void {
    const known = watched.get(layer);
    if (known?.store === store) return;
    known?.stop();
    if (known) slots.drop((key) => key.startsWith(`${layer}\n`));
    watched.set(layer, { store, stop: store.watch((at, box) => changed(layer, at, box)) });
  }

  /** The slot of a page with its labels in it; undefined where they cannot be had, or no slot is left. */
  function bring(page: PageAt): Slot | "waiting" | undefined {
    const { store, at, scale, row, column } = page;
    const key = keyOfPage(page);
    const old = slots.find(key);
    if (old && !old.dirty) return old;
    const whole = pageBox(store, scale, row, column);
    const box = old?.dirty ? clip(old.dirty, whole) : whole;
    const wanted = shift(box, row, column);
    const data = scale === 1 ? store.page(at, row, column) : sampleLabels(store, at, scale, wanted);
    // What was there before a change stands until the new is loaded.
    if (!data) return ask(page, key, labelsBox(store, scale, wanted)) ? "waiting" : old;
    const slot = old ?? slots.take(key);
    if (!slot) return undefined;
    if (scale === 1) slots.uploadFrom(slot, box, data);
    else slots.upload(slot, box, data);
    slot.dirty = undefined;
    return slot;
  }

  /** Asks for the labels of a box; false where it is too large, or failed a moment ago. */
  function ask({ layer, store, at }: PageAt, key: string, box: Box): boolean {
    const rows = pageSpan(box.y, box.height).count;
    if (rows * pageSpan(box.x, box.width).count > MOST_LOADED) return false;
    return loads.ask(key, async (signal) => {
      await store.load(at, box, signal);
      if (!signal.aborted) onChange(layer, at, edgesOf(box));
    });
  }

  return {
    get loading() {
      return loads.busy;
    },
    view(layer, store, at, sight, margin) {
      if (at.t >= store.size.t && store.size.t > 1) return undefined;
      if (at.z >= store.size.z && store.size.z > 1) return undefined;
      const plane = { t: Math.min(at.t, store.size.t - 1), z: Math.min(at.z, store.size.z - 1) };
      const seen = edgesSeen(sight, store.size);
      if (!seen) return undefined;
      watch(layer, store);
      const scale = scaleFor(sight.zoom);
      const size = scaledSize(store, scale);
      const reach = Math.ceil(margin / sight.zoom);
      const rows = pagesSeen(seen.top - reach, seen.bottom + reach, scale, size.y);
      const columns = pagesSeen(seen.left - reach, seen.right + reach, scale, size.x);
      demands.set(layer, rows.count * columns.count);
      // Room for a second frame, so that stepping need not empty what is shown.
      slots.reserve(2 * [...demands.values()].reduce((a, b) => a + b, 0));
      const table = new Int16Array(rows.count * columns.count);
      let isReady = true;
      for (let i = 0; i < table.length; i++) {
        const row = rows.first + Math.floor(i / columns.count);
        const column = columns.first + (i % columns.count);
        const slot = bring({ layer, store, at: plane, scale, row, column });
        if (slot === "waiting") isReady = false;
        table[i] = typeof slot === "object" ? slot.index : -1;
      }
      return {
        scale,
        row: rows.first,
        column: columns.first,
        table,
        rows: rows.count,
        columns: columns.count,
        seen,
        isReady,
      };
    },
    stopOthers: loads.stopOthers,
    keep(layers) {
      for (const [layer, { stop }] of [...watched])
        if (!layers.has(layer)) {
          stop();
          watched.delete(layer);
          demands.delete(layer);
          slots.drop((key) => key.startsWith(`${layer}\n`));
          loads.drop((key) => key.startsWith(`${layer}\n`));
        }
    },
    destroy() {
      for (const { stop } of watched.values()) stop();
      loads.drop(() => true);
      watched.clear();
    },
  };
}

/** A page of a layer, in rows and columns of pages at a scale. */
interface PageAt {
  readonly layer: string;
  readonly store: LabelStore;
  readonly at: PlaneAt;
  readonly scale: number;
  readonly row: number;
  readonly column: number;
}

function keyOfPage({ layer, at, scale, row, column }: PageAt): string {
  return `${keyOf(layer, at)}${scale} ${row} ${column}`;
}

function keyOf(layer: string, { t, z }: PlaneAt): string {
  return `${layer}\n${t} ${z} `;
}

function pagesSeen(start: number, end: number, scale: number, length: number) {
  const first = Math.max(0, Math.floor(start / scale / PAGE));
  const last = Math.min(Math.ceil(length / PAGE) - 1, Math.ceil(end / scale / PAGE) - 1);
  return { first, count: Math.max(last - first + 1, 1) };
}

/** The part of a page that lies in the plane, in its pixels. */
function pageBox(store: LabelStore, scale: number, row: number, column: number): Box {
  const size = scaledSize(store, scale);
  const height = Math.min(PAGE, size.y - row * PAGE);
  const width = Math.min(PAGE, size.x - column * PAGE);
  return { y: 0, x: 0, height, width };
}

/** A box of labels as a box of a page at a scale; undefined where it does not touch the page. */
function partOfPage(box: Box, scale: number, row: number, column: number): Box | undefined {
  const top = Math.max(Math.floor(box.y / scale) - row * PAGE, 0);
  const left = Math.max(Math.floor(box.x / scale) - column * PAGE, 0);
  const bottom = Math.min(Math.ceil((box.y + box.height) / scale) - row * PAGE, PAGE);
  const right = Math.min(Math.ceil((box.x + box.width) / scale) - column * PAGE, PAGE);
  if (bottom <= top || right <= left) return undefined;
  return { y: top, x: left, height: bottom - top, width: right - left };
}

function clip(box: Box, within: Box): Box {
  const height = Math.min(box.y + box.height, within.height) - box.y;
  const width = Math.min(box.x + box.width, within.width) - box.x;
  return { y: box.y, x: box.x, height, width };
}

function shift(box: Box, row: number, column: number): Box {
  return { ...box, y: box.y + row * PAGE, x: box.x + column * PAGE };
}
