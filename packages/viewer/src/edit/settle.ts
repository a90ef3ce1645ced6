/**
 * Brings tracks in step with labels that have changed: the labels are believed.
 * In: a store as it is now, tracks as they were, the labels that were touched. Out: tracks, and labels that got new numbers.
 *
 * - A track begins and ends where its label does; it goes with its last pixel, and a label without a track gets one.
 * - A track has no hole. What follows a hole goes on under a new number, as a track whose parent is the part before it: so
 *   the Cell Tracking Challenge tells of cells lost from sight. The part that was there before keeps the number.
 * - Where a hole is closed again, so that a track ends right before the only one that came from it begins, they are one.
 * - A daughter that begins before her mother has ended has no mother.
 *
 * @module
 */
import { type Box, boxAround, type Track } from "@cellwright/core";
import { changeBox, renumbered } from "./change.js";
import { type Family, familyOf } from "./family.js";
import type { LabelPages } from "./label-pages.js";
import type { PageChange } from "./label-store.js";
import { piecesOf, planeNumber } from "./pages.js";
import { severed, type Tracks } from "./tracks.js";

/** What came of it. */
export interface Settled {
  readonly tracks: Tracks;
  /** Renumberings, already written to the store. */
  readonly pages: PageChange[];
}

/** Settles what an edit touched. Writes to the store: whoever calls takes that back where something throws. */
export function settle(store: LabelPages, tracks: Tracks, touched: Iterable<number>): Settled {
  const pages: PageChange[] = [];
  const family = familyOf(tracks);
  for (const label of touched) {
    if (label === 0) continue;
    const old = family.get(label);
    const spans = spansOf(store, label, old);
    if (spans.length > 0) settleSpans(store, family, label, old, spans, pages);
    else {
      for (const daughter of family.daughtersOf(label)) family.put({ ...daughter, parent: 0 });
      family.remove(label);
    }
    if (old) heal(store, family, old, pages);
  }
  return { tracks: severed(family.tracks()), pages };
}

type Span = readonly [begin: number, end: number];

/** The frames in which a label is, as stretches; of frames that nobody has looked at, the track is believed. */
function spansOf(store: LabelPages, label: number, track: Track | undefined): Span[] {
  const spans: [number, number][] = [];
  for (let t = 0; t < store.size.t; t++) {
    const isThere =
      store.cells.areaIn(t, label) > 0 ||
      (!store.knows(t) && track !== undefined && track.begin <= t && t <= track.end);
    const last = spans.at(-1);
    if (!isThere) continue;
    if (last && last[1] === t - 1) last[1] = t;
    else spans.push([t, t]);
  }
  return spans;
}

function settleSpans(
  store: LabelPages,
  family: Family,
  label: number,
  old: Track | undefined,
  spans: readonly Span[],
  pages: PageChange[],
): void {
  const overlapping = spans.findIndex(
    ([begin, end]) => old && begin <= old.end && end >= old.begin,
  );
  const kept = Math.max(0, overlapping);
  const labels = spans.map((span, i) => {
    if (i === kept) return label;
    const fresh = store.giveOut();
    renumber(store, label, fresh, span, pages);
    return fresh;
  });
  const daughters = family.daughtersOf(label);
  const parts = spans.map(([begin, end], i): Track => {
    const divided = daughters.some((daughter) => i > 0 && daughter.begin <= begin);
    const before = i === 0 || divided ? 0 : labels[i - 1];
    const parent = i === kept ? old?.parent || before : before;
    return { label: labels[i], begin, end, parent };
  });
  for (const part of parts) family.put(part);
  for (const daughter of daughters) {
    const mother = parts.findLast(({ end }) => end < daughter.begin);
    family.put({ ...daughter, parent: mother?.label ?? 0 });
  }
}

/** Joins a track that has grown with the only one that came from it, where no frame lies between them. */
function heal(store: LabelPages, family: Family, old: Track, pages: PageChange[]): void {
  const now = family.get(old.label);
  const [rest, ...others] = family.daughtersOf(old.label);
  if (!now || !rest || now.end <= old.end || others.length > 0) return;
  if (rest.begin !== now.end + 1) return;
  renumber(store, rest.label, now.label, [rest.begin, rest.end], pages);
  for (const daughter of family.daughtersOf(rest.label))
    family.put({ ...daughter, parent: now.label });
  family.remove(rest.label);
  family.put({ ...now, end: rest.end });
}

/** Gives a label another number in some frames, at once. */
export function renumber(
  store: LabelPages,
  from: number,
  to: number,
  [begin, end]: Span,
  pages: PageChange[],
): void {
  const changes = renumbering(store, new Map([[from, to]]), begin, end);
  store.write(changes, "after");
  pages.push(...changes);
}

/** The changes that give labels other numbers in the frames `begin` … `end`. */
export function renumbering(
  store: LabelPages,
  numbers: ReadonlyMap<number, number>,
  begin: number,
  end: number,
): PageChange[] {
  const changes: PageChange[] = [];
  for (let t = Math.max(0, begin); t <= Math.min(end, store.size.t - 1); t++)
    for (let z = 0; z < store.size.z; z++) {
      const plane = planeNumber(store.size, { t, z });
      for (const box of pageBoxes(store, plane, numbers.keys()))
        changes.push(...changeBox(store, { t, z }, box, renumbered(numbers)));
    }
  return changes;
}

/** What has to be looked at to find all pixels of some labels: a box a page, so that no two changes lie over each other. */
function pageBoxes(store: LabelPages, plane: number, labels: Iterable<number>): Iterable<Box> {
  const boxes = new Map<string, Box>();
  for (const label of labels) {
    const extent = store.cells.get(plane, label);
    if (!extent) continue;
    for (const { row, column, inImage } of piecesOf(store.size, extent.box)) {
      const known = boxes.get(`${row}/${column}`);
      boxes.set(`${row}/${column}`, known ? boxAround(known, inImage) : inImage);
    }
  }
  return boxes.values();
}
