/**
 * Where the branches of family trees stand: time from left to right, daughters above and below where their mother stood.
 * In: tracks. Out: a row for each branch, in the order in which one reads them.
 *
 * @module
 */
import { daughtersOf, type Track } from "@cellwright/core";

/** A track in a drawing of families. */
export interface Branch {
  readonly track: Track;
  /** From 0; a mother stands between her daughters, so rows may be fractions. */
  readonly row: number;
  /** How many divisions lie before it in its family. */
  readonly depth: number;
  /** Labels of those that came from it. */
  readonly daughters: readonly number[];
}

/** Families, drawn. */
export interface LineageLayout {
  /** Mothers before their daughters, family after family. */
  readonly branches: readonly Branch[];
  /** How many rows there are. */
  readonly rows: number;
  /** Families that are drawn, and those there are. */
  readonly families: number;
  readonly allFamilies: number;
}

/** What is drawn of many families. */
export interface LayoutOptions {
  /** The family of this track comes first. */
  readonly first?: number;
  /** Families without a division are left out, but for the first. */
  readonly dividing?: boolean;
  /** Branches at most, but at least a whole family; default 400. */
  readonly most?: number;
}

/** Lays families out: that of the track `first` at the top, then the largest. */
export function layOutLineage(
  tracks: readonly Track[],
  options: LayoutOptions = {},
): LineageLayout {
  const { first, dividing = false, most = 400 } = options;
  const byLabel = new Map(tracks.map((track) => [track.label, track]));
  const daughters = daughtersOf(tracks);
  const roots = tracks.filter(({ parent }) => !byLabel.has(parent));
  const chosen = first === undefined ? undefined : rootOf(first, byLabel);
  const families = roots
    .map((root) => ({ root, size: sizeOf(root, daughters) }))
    .filter(({ root, size }) => !dividing || size > 1 || root.label === chosen)
    .sort(
      (a, b) =>
        Number(b.root.label === chosen) - Number(a.root.label === chosen) ||
        b.size - a.size ||
        a.root.label - b.root.label,
    );
  const branches: Branch[] = [];
  let [rows, drawn] = [0, 0];
  for (const { root, size } of families) {
    if (drawn > 0 && branches.length + size > most) break;
    rows = layOutFamily(root, daughters, rows, branches);
    drawn++;
  }
  return { branches, rows, families: drawn, allFamilies: roots.length };
}

/** The first of a track's family; undefined where there is no such track. */
export function rootOf(label: number, byLabel: ReadonlyMap<number, Track>): number | undefined {
  let track = byLabel.get(label);
  const seen = new Set<number>();
  while (track && byLabel.has(track.parent) && !seen.has(track.label)) {
    seen.add(track.label);
    track = byLabel.get(track.parent);
  }
  return track?.label;
}

/** Adds the branches of a family from row `top` on; answers the row after its last. */
function layOutFamily(
  root: Track,
  daughters: ReadonlyMap<number, readonly Track[]>,
  top: number,
  branches: Branch[],
): number {
  let next = top;
  const rows = new Map<number, number>();
  const depths = new Map([[root.label, 0]]);
  const order: Track[] = [];
  // Depth first with a stack of our own: a family may be deeper than the machine's.
  const stack = [{ track: root, seen: false }];
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { track, seen } = at;
    const own = daughters.get(track.label) ?? [];
    if (!seen) order.push(track);
    if (own.length === 0) rows.set(track.label, next++);
    else if (seen) {
      const all = own.map((daughter) => rows.get(daughter.label) ?? next);
      rows.set(track.label, all.reduce((a, b) => a + b) / all.length);
    } else {
      stack.push({ track, seen: true });
      for (const daughter of own.toReversed()) {
        depths.set(daughter.label, (depths.get(track.label) ?? 0) + 1);
        stack.push({ track: daughter, seen: false });
      }
    }
  }
  for (const track of order)
    branches.push({
      track,
      row: rows.get(track.label) ?? top,
      depth: depths.get(track.label) ?? 0,
      daughters: (daughters.get(track.label) ?? []).map((daughter) => daughter.label),
    });
  return next;
}

function sizeOf(root: Track, daughters: ReadonlyMap<number, readonly Track[]>): number {
  let size = 0;
  const stack = [root];
  for (let track = stack.pop(); track; track = stack.pop()) {
    size++;
    stack.push(...(daughters.get(track.label) ?? []));
  }
  return size;
}
