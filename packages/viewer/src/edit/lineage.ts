/**
 * The tracks of a labels layer and the paths of their cells, always in step with the labels.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import type { LabelPages } from "./label-pages.js";
import { sortTracks } from "./tracks.js";

/** Where a cell was: a place in pixels for each frame from `begin` on, NaN where it was not seen. */
export interface TrackPath {
  readonly label: number;
  readonly begin: number;
  readonly y: Float64Array;
  readonly x: Float64Array;
}

/** Tracks, parents and paths. */
export interface Lineage {
  readonly tracks: readonly Track[];
  /** Counts up with every change. */
  readonly version: number;
  path(label: number): TrackPath | undefined;
  watch(listener: () => void): () => void;
}

/** A lineage that follows edits. */
export interface LineageBook extends Lineage {
  /**
   * Whether a number means the same cell in all frames, so that edits of labels change tracks. It does not in a movie
   * whose frames were segmented one by one and not tracked yet.
   */
  readonly tracked: boolean;
  /** The tracks are these now; cells may have moved. */
  replace(tracks: readonly Track[]): void;
}

/**
 * The lineage of a store. `tracks` says that its labels are tracked, be there none yet. Places in paths are those of
 * the image: the middle of the first pixel is 0.5.
 */
export function lineageOf(store: LabelPages, tracks?: readonly Track[]): LineageBook {
  return new Book(store, tracks);
}

class Book implements LineageBook {
  tracks: readonly Track[];
  version = 0;
  readonly #store: LabelPages;
  readonly #tracked: boolean;
  readonly #listeners = new Set<() => void>();
  readonly #paths = new Map<number, TrackPath>();
  #byLabel: Map<number, Track>;

  constructor(store: LabelPages, tracks: readonly Track[] | undefined) {
    this.#store = store;
    this.#tracked = tracks !== undefined;
    this.tracks = sortTracks(tracks ?? []);
    this.#byLabel = byLabel(this.tracks);
  }

  get tracked(): boolean {
    return this.#tracked || this.tracks.length > 0;
  }

  replace(tracks: readonly Track[]): void {
    if (tracks !== this.tracks) this.#byLabel = byLabel(tracks);
    this.tracks = tracks;
    this.version++;
    this.#paths.clear();
    for (const listener of [...this.#listeners]) listener();
  }

  path(label: number): TrackPath | undefined {
    const track = this.#byLabel.get(label);
    const known = this.#paths.get(label);
    if (known || !track) return known;
    const path = pathOf(this.#store, track);
    this.#paths.set(label, path);
    return path;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function byLabel(tracks: readonly Track[]): Map<number, Track> {
  return new Map(tracks.map((track) => [track.label, track]));
}

function pathOf({ size, cells }: LabelPages, { label, begin, end }: Track): TrackPath {
  const y = new Float64Array(end - begin + 1).fill(Number.NaN);
  const x = new Float64Array(end - begin + 1).fill(Number.NaN);
  for (let t = begin; t <= end; t++) {
    let [area, sumY, sumX] = [0, 0, 0];
    for (let z = 0; z < size.z; z++) {
      const cell = cells.get(t * size.z + z, label);
      if (!cell) continue;
      area += cell.area;
      sumY += cell.area * (cell.y + 0.5);
      sumX += cell.area * (cell.x + 0.5);
    }
    if (area > 0) {
      y[t - begin] = sumY / area;
      x[t - begin] = sumX / area;
    }
  }
  return { label, begin, y, x };
}
