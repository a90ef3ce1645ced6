/**
 * Tracks while many of them change: found by label and by mother without a search.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import { isEqual, type Tracks } from "./tracks.js";

/** Tracks in the making. */
export interface Family {
  get(label: number): Track | undefined;
  /** Puts a track in, in the place of the one of its label. */
  put(track: Track): void;
  remove(label: number): void;
  /** Those whose mother has this label, by their own. */
  daughtersOf(label: number): Track[];
  /** All, as they are kept; the very tracks that it began with where nothing changed. */
  tracks(): Tracks;
}

/** Begins with some tracks. */
export function familyOf(before: Tracks): Family {
  const byLabel = new Map(before.map((track) => [track.label, track]));
  const daughters = new Map<number, Set<number>>();
  const join = ({ label, parent }: Track): void => {
    if (parent === 0) return;
    const sisters = daughters.get(parent);
    if (sisters) sisters.add(label);
    else daughters.set(parent, new Set([label]));
  };
  const leave = (label: number): void => {
    const old = byLabel.get(label);
    if (old) daughters.get(old.parent)?.delete(label);
  };
  for (const track of before) join(track);
  return {
    get: (label) => byLabel.get(label),
    put: (track) => {
      leave(track.label);
      byLabel.set(track.label, track);
      join(track);
    },
    remove: (label) => {
      leave(label);
      byLabel.delete(label);
    },
    daughtersOf: (label) =>
      [...(daughters.get(label) ?? [])]
        .sort((a, b) => a - b)
        .map((each) => byLabel.get(each) as Track),
    tracks: () => {
      const after = [...byLabel.values()].sort((a, b) => a.label - b.label);
      return isEqual(before, after) ? before : after;
    },
  };
}
