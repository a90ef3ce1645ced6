/**
 * Images and labels in memory that stand in for large ones: a test sees what is asked of them, and decides when they answer.
 *
 * @module
 */
import {
  type Box,
  type Image,
  type Labels,
  lengthOf,
  type PyramidReader,
  type PyramidRegion,
  pyramidOf,
} from "@cellwright/core";

/** A reader that remembers what it was asked for. */
export interface WatchedReader extends PyramidReader {
  readonly asked: PyramidRegion[];
  /** How many requests were given up by who made them. */
  readonly stopped: () => number;
}

/** How a reader is made. */
export interface WatchedOptions {
  /** Pixels along a side of a tile; default 64. */
  readonly tile?: number;
  /** Waited for before each answer. */
  readonly gate?: (region: PyramidRegion) => Promise<void>;
}

/** A reader of levels in memory, the finest first, all of the same axes. */
export function watchedReader(
  levels: readonly Image[],
  options: WatchedOptions = {},
): WatchedReader {
  const readers = levels.map((image) => pyramidOf(image));
  const asked: PyramidRegion[] = [];
  let stopped = 0;
  const side = options.tile ?? 64;
  const [height, width] = [lengthOf(levels[0], "y"), lengthOf(levels[0], "x")];
  return {
    ...readers[0],
    levels: readers.map(({ levels: [own] }) => ({
      ...own,
      scale: { y: height / own.height, x: width / own.width },
      tile: { height: Math.min(side, own.height), width: Math.min(side, own.width) },
    })),
    asked,
    stopped: () => stopped,
    async readRegion(region) {
      asked.push(region);
      await options.gate?.(region);
      if (region.signal?.aborted) stopped++;
      region.signal?.throwIfAborted();
      return readers[region.level ?? 0].readRegion({ ...region, level: 0 });
    },
  };
}

/** Pixels along a side of a page of labels. */
const PAGE = 512;

interface At {
  readonly t: number;
  readonly z: number;
}

/** Labels of one size in pages, with a brush. The shape is that of the viewer's store of labels. */
export interface MemoryLabels {
  readonly size: { readonly t: number; readonly z: number; readonly y: number; readonly x: number };
  readonly largest: number;
  readonly version: number;
  page(at: At, row: number, column: number): Uint32Array | undefined;
  load(at: At, box: Box): Promise<void>;
  read(at: At, box: Box): Promise<Labels>;
  labelAt(at: At, y: number, x: number): number;
  overview(at: At, scale: number): Labels | undefined;
  watch(listener: (at: At, box: Box) => void): () => void;
  /** Fills a box with a label and tells who watches. */
  paint(at: At, box: Box, label: number): void;
  /** How many watch. */
  readonly watchers: number;
}

/** Labels that are all background, or those of planes `"yx"`, frame by frame. `gate` is waited for before pages are there. */
export function memoryLabels(
  size: MemoryLabels["size"],
  planes: readonly Labels[] = [],
  gate?: () => Promise<void>,
): MemoryLabels {
  const [rows, columns] = [Math.ceil(size.y / PAGE), Math.ceil(size.x / PAGE)];
  const count = rows * columns;
  const pages = Array.from({ length: size.t * size.z * count }, () => new Uint32Array(PAGE * PAGE));
  const loaded = new Set<number>();
  const listeners = new Set<(at: At, box: Box) => void>();
  let version = 0;
  const plane = ({ t, z }: At) => t * size.z + z;
  const pageOf = (at: At, y: number, x: number) =>
    pages[plane(at) * count + Math.floor(y / PAGE) * columns + Math.floor(x / PAGE)];
  const put = (at: At, y: number, x: number, label: number) => {
    pageOf(at, y, x)[(y % PAGE) * PAGE + (x % PAGE)] = label;
  };
  const labelAt = (at: At, y: number, x: number) =>
    y >= 0 && x >= 0 && y < size.y && x < size.x
      ? pageOf(at, y, x)[(y % PAGE) * PAGE + (x % PAGE)]
      : 0;
  for (const [n, { data }] of planes.entries())
    for (let i = 0; i < data.length; i++)
      if (data[i] !== 0) {
        const at = { t: Math.floor(n / size.z), z: n % size.z };
        put(at, Math.floor(i / size.x), i % size.x, data[i]);
      }
  return {
    size,
    get largest() {
      return pages.reduce((most, page) => page.reduce((a, b) => Math.max(a, b), most), 0);
    },
    get version() {
      return version;
    },
    get watchers() {
      return listeners.size;
    },
    page(at, row, column) {
      if (row < 0 || column < 0 || row >= rows || column >= columns) return undefined;
      return !gate || loaded.has(plane(at))
        ? pages[plane(at) * count + row * columns + column]
        : undefined;
    },
    async load(at) {
      await gate?.();
      loaded.add(plane(at));
    },
    async read(at, box) {
      const data = new Uint32Array(box.height * box.width);
      for (let i = 0; i < data.length; i++)
        data[i] = labelAt(at, box.y + Math.floor(i / box.width), box.x + (i % box.width));
      return { data, shape: [box.height, box.width], axes: "yx" };
    },
    labelAt,
    overview: () => undefined,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    paint(at, box, label) {
      version++;
      for (let y = box.y; y < box.y + box.height; y++)
        for (let x = box.x; x < box.x + box.width; x++) put(at, y, x, label);
      for (const listener of [...listeners]) listener(at, box);
    },
  };
}
