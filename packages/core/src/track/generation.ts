/**
 * Where in its family a track stands.
 *
 * @module
 */
import type { Track } from "./lineage.js";

/** How many divisions lie between each track and the first of its family, by label: 0 for a track without a parent. */
export function generationsOf(tracks: readonly Track[]): Map<number, number> {
  return alongFamilies(
    tracks,
    () => 0,
    (before) => before + 1,
  );
}

/** The first track of each track's family, by label; of a track without a parent, itself. */
export function rootsOf(tracks: readonly Track[]): Map<number, number> {
  return alongFamilies(
    tracks,
    (track) => track.label,
    (before) => before,
  );
}

/** Mothers end before their daughters begin, so that in the order of time each mother is known before her daughters. */
function alongFamilies(
  tracks: readonly Track[],
  first: (track: Track) => number,
  next: (before: number) => number,
): Map<number, number> {
  const known = new Map<number, number>();
  for (const track of [...tracks].sort((a, b) => a.begin - b.begin)) {
    const before = track.parent === 0 ? undefined : known.get(track.parent);
    known.set(track.label, before === undefined ? first(track) : next(before));
  }
  return known;
}
