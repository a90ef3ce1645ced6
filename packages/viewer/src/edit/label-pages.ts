/**
 * The label store of this package, from its inside: what tools and the history need beyond what is shown.
 *
 * @module
 */
import { type Box, type Labels, ShapeError, type Signal } from "@cellwright/core";
import { type CellIndex, cellIndex } from "./cell-index.js";
import { type LabelStore, PAGE, type PageChange, type PlaneAt } from "./label-store.js";
import { type Overviews, overviews } from "./overview.js";
import { type MemoryOptions, type PageMemory, pageMemory } from "./page-memory.js";
import { clipBox, gridOf, piecesOf, planeNumber, type StoreSize, wholePlane } from "./pages.js";
import { unpackRuns } from "./runs.js";

/** A page of some plane, as runs. */
export interface PackedPage {
  readonly at: PlaneAt;
  readonly row: number;
  readonly column: number;
  readonly runs: Uint32Array;
}

/** Where pages come from that were not there from the beginning. */
export interface PageSource {
  /** Where it can be opened again. */
  readonly address?: string;
  /** Labels up to this one may be in use somewhere. */
  readonly largest: number;
  /** A page as runs. */
  readPage(at: PlaneAt, row: number, column: number, signal?: Signal): Promise<Uint32Array>;
  /** A coarser copy, where there is one. */
  readOverview?(at: PlaneAt, scale: number): Promise<Labels> | undefined;
}

/** A label store that can be written to. All writing goes through edits, so that it can be taken back. */
export interface LabelPages extends LabelStore {
  readonly cells: CellIndex;
  readonly source?: PageSource;
  /** Whether all pages of a frame are known to the index. */
  knows(t: number): boolean;
  isLoaded(at: PlaneAt, box: Box): boolean;
  /** Labels of a box that is loaded. Throws `ShapeError` where it is not. */
  readNow(at: PlaneAt, box: Box): Labels;
  /** A page to write to at once, by a pen that tells {@link changed} and makes a change of it; undefined where it is not loaded. */
  writable(at: PlaneAt, row: number, column: number): Uint32Array | undefined;
  /** Tells everybody who watches. */
  changed(at: PlaneAt, box: Box): void;
  /** Writes one side of changes, in order; of pages that are loaded. */
  write(changes: readonly PageChange[], side: "before" | "after"): void;
  /** A label that no cell has, nor ever had. */
  giveOut(): number;
  /** The pages that its source does not have. */
  kept(): Iterable<PackedPage>;
  /** All pages that are in memory. */
  all(): Iterable<PackedPage>;
  /** Puts a page in as it was kept. */
  put(page: PackedPage): void;
}

/** Labels of this size, from a source or empty. Throws {@link ShapeError} for a size of no pixels. */
export function labelPages(
  size: StoreSize,
  source?: PageSource,
  options: MemoryOptions = {},
): LabelPages {
  for (const [axis, length] of Object.entries(size))
    if (!Number.isSafeInteger(length) || length < 1)
      throw new ShapeError(`size of labels along ${axis}`, "a whole number from 1", `${length}`);
  return new Pages(size, source, pageMemory(options));
}

class Pages implements LabelPages {
  readonly size: StoreSize;
  readonly source?: PageSource;
  readonly cells: CellIndex;
  version = 0;
  readonly #memory: PageMemory;
  readonly #overviews: Overviews;
  readonly #grid: { readonly rows: number; readonly columns: number };
  readonly #listeners = new Set<(at: PlaneAt, box: Box) => void>();
  readonly #reading = new Map<number, Promise<void>>();
  /** Pages of a source that the index knows: each is counted once, however often it is read. */
  readonly #counted = new Set<number>();
  readonly #countedIn: Uint32Array;
  #given = 0;

  constructor(size: StoreSize, source: PageSource | undefined, memory: PageMemory) {
    this.size = size;
    this.source = source;
    this.cells = cellIndex(size);
    this.#memory = memory;
    this.#grid = gridOf(size);
    this.#countedIn = new Uint32Array(size.t);
    this.#overviews = overviews(this, (at) => this.changed(at, wholePlane(size)));
  }

  get largest(): number {
    // What a source may hold matters while not all of it is known.
    const { rows, columns } = this.#grid;
    const isKnown = this.#counted.size === rows * columns * this.size.z * this.size.t;
    const unseen = isKnown ? 0 : (this.source?.largest ?? 0);
    return Math.max(this.#given, this.cells.largest, unseen);
  }

  giveOut(): number {
    if (this.largest >= 0xffffffff)
      throw new ShapeError("largest label", "below 4294967295 to give out a new one", "that");
    this.#given = this.largest + 1;
    return this.#given;
  }

  page(at: PlaneAt, row: number, column: number): Uint32Array | undefined {
    const key = this.#key(at, row, column);
    if (key === undefined) return undefined;
    return this.#memory.pixels(key) ?? (this.source ? undefined : BLANK);
  }

  writable(at: PlaneAt, row: number, column: number): Uint32Array | undefined {
    const key = this.#key(at, row, column);
    return key === undefined ? undefined : this.#memory.writable(key, this.source === undefined);
  }

  isLoaded(at: PlaneAt, box: Box): boolean {
    if (!this.source) return true;
    return piecesOf(this.size, box).every(({ row, column }) =>
      this.#memory.has(this.#key(at, row, column) as number),
    );
  }

  knows(t: number): boolean {
    const { rows, columns } = this.#grid;
    return !this.source || this.#countedIn[t] === rows * columns * this.size.z;
  }

  async load(at: PlaneAt, box: Box, signal?: Signal): Promise<void> {
    if (!this.source) return;
    await Promise.all(
      piecesOf(this.size, box).map(({ row, column }) => this.#loadPage(at, row, column, signal)),
    );
    signal?.throwIfAborted();
  }

  async #loadPage(at: PlaneAt, row: number, column: number, signal?: Signal): Promise<void> {
    const key = this.#key(at, row, column) as number;
    if (this.#memory.has(key)) return;
    const underWay = this.#reading.get(key);
    if (underWay) {
      // Whoever asked first may have stopped it.
      await underWay.catch(() => undefined);
      signal?.throwIfAborted();
      return this.#loadPage(at, row, column, signal);
    }
    const reading = this.#readPage(key, at, row, column, signal);
    this.#reading.set(key, reading);
    try {
      await reading;
    } finally {
      this.#reading.delete(key);
    }
  }

  async #readPage(
    key: number,
    at: PlaneAt,
    row: number,
    column: number,
    signal?: Signal,
  ): Promise<void> {
    const runs = await (this.source as PageSource).readPage(at, row, column, signal);
    if (this.#memory.has(key)) return;
    this.#memory.put(key, runs, false);
    this.#count(key, { at, row, column, runs });
    this.changed(at, { y: row * PAGE, x: column * PAGE, height: PAGE, width: PAGE });
  }

  #count(key: number, { at, row, column, runs }: PackedPage): void {
    if (this.#counted.has(key)) return;
    this.#counted.add(key);
    this.#countedIn[at.t]++;
    this.cells.count(planeNumber(this.size, at), row, column, runs);
  }

  async read(at: PlaneAt, box: Box, signal?: Signal): Promise<Labels> {
    await this.load(at, box, signal);
    return this.readNow(at, box);
  }

  readNow(at: PlaneAt, wanted: Box): Labels {
    const box = clipBox(this.size, wanted);
    const data = new Uint32Array(box.height * box.width);
    for (const { row, column, inPage, inImage } of piecesOf(this.size, box)) {
      const page = this.page(at, row, column);
      if (!page) throw new ShapeError("labels", "loaded", `page ${row} ${column} is not`);
      for (let y = 0; y < inPage.height; y++) {
        const from = (inPage.y + y) * PAGE + inPage.x;
        const to = (inImage.y - box.y + y) * box.width + inImage.x - box.x;
        data.set(page.subarray(from, from + inPage.width), to);
      }
    }
    return { data, shape: [box.height, box.width], axes: "yx" };
  }

  labelAt(at: PlaneAt, y: number, x: number): number {
    if (!(y >= 0 && y < this.size.y && x >= 0 && x < this.size.x)) return 0;
    const page = this.page(at, Math.floor(y / PAGE), Math.floor(x / PAGE));
    return page ? page[(Math.floor(y) % PAGE) * PAGE + (Math.floor(x) % PAGE)] : 0;
  }

  overview(at: PlaneAt, scale: number): Labels | undefined {
    return this.#key(at, 0, 0) === undefined ? undefined : this.#overviews.of(at, scale);
  }

  boxOf(at: PlaneAt, label: number): Box | undefined | "unknown" {
    if (!this.knows(at.t)) return "unknown";
    return this.cells.get(planeNumber(this.size, at), label)?.box;
  }

  changed(at: PlaneAt, box: Box): void {
    this.version++;
    this.#overviews.refresh(at, box);
    for (const listener of [...this.#listeners]) listener(at, box);
  }

  write(changes: readonly PageChange[], side: "before" | "after"): void {
    for (const change of changes) {
      const { at, row, column, box } = change;
      const page = this.writable(at, row, column);
      if (!page) throw new ShapeError("labels", "loaded", `page ${row} ${column} is not`);
      unpackRuns(change[side], page, PAGE, box);
      this.cells.follow(change, side);
      this.changed(at, { ...box, y: box.y + row * PAGE, x: box.x + column * PAGE });
    }
  }

  kept(): Iterable<PackedPage> {
    return this.#packed("kept");
  }

  all(): Iterable<PackedPage> {
    return this.#packed("all");
  }

  *#packed(which: "kept" | "all"): Iterable<PackedPage> {
    const { rows, columns } = this.#grid;
    for (const key of this.#memory.keys(which)) {
      const plane = Math.floor(key / (rows * columns));
      const at = { t: Math.floor(plane / this.size.z), z: plane % this.size.z };
      const row = Math.floor(key / columns) % rows;
      const runs = this.#memory.runs(key) as Uint32Array;
      yield { at, row, column: key % columns, runs };
    }
  }

  put(page: PackedPage): void {
    const key = this.#key(page.at, page.row, page.column);
    if (key === undefined)
      throw new ShapeError("page", "within the labels", `${page.row} ${page.column}`);
    this.#memory.put(key, page.runs, true);
    this.#count(key, page);
  }

  watch(listener: (at: PlaneAt, box: Box) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #key(at: PlaneAt, row: number, column: number): number | undefined {
    const { rows, columns } = this.#grid;
    const { t, z } = this.size;
    const isThere =
      at.t >= 0 && at.t < t && at.z >= 0 && at.z < z && row >= 0 && row < rows && column >= 0;
    if (!isThere || column >= columns) return undefined;
    return (planeNumber(this.size, at) * rows + row) * columns + column;
  }
}

/** All that an empty page is. */
const BLANK = new Uint32Array(PAGE * PAGE);
