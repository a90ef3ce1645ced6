/**
 * Tracks as data, by their labels, rising: what changes of them do, without a pixel.
 * In: tracks. Out: tracks; the same array where nothing changed.
 *
 * @module
 */
import { ShapeError, type Track } from "@cellwright/core";

/** Tracks, by their labels, rising. */
export type Tracks = readonly Track[];

/** In the order in which they are kept. */
export function sortTracks(tracks: Tracks): Tracks {
  const isSorted = tracks.every((track, i) => i === 0 || tracks[i - 1].label < track.label);
  return isSorted ? tracks : [...tracks].sort((a, b) => a.label - b.label);
}

/** A track by its label. Throws {@link ShapeError} where there is none. */
export function trackOf(tracks: Tracks, label: number): Track {
  const found = tracks.find((track) => track.label === label);
  if (!found) throw new ShapeError("track", "one of the layer", `${label}`);
  return found;
}

/** With some tracks put in, in the place of those of their labels, and some taken out. */
export function withTracks(
  tracks: Tracks,
  put: Iterable<Track>,
  taken: Iterable<number> = [],
): Tracks {
  const byLabel = new Map(tracks.map((track) => [track.label, track]));
  for (const label of taken) byLabel.delete(label);
  for (const track of put) {
    const old = byLabel.get(track.label);
    if (!old || !isSame(old, track)) byLabel.set(track.label, track);
  }
  const next = [...byLabel.values()].sort((a, b) => a.label - b.label);
  return isEqual(tracks, next) ? tracks : next;
}

/** Whether both say the same. */
export function isEqual(a: Tracks, b: Tracks): boolean {
  return a.length === b.length && a.every((track, i) => isSame(track, b[i]));
}

function isSame(a: Track, b: Track): boolean {
  return a.label === b.label && a.begin === b.begin && a.end === b.end && a.parent === b.parent;
}

/** What has to be put in and taken out to get from some tracks to others. */
export function trackDelta(before: Tracks, after: Tracks): { put: Track[]; taken: number[] } {
  const old = new Map(before.map((track) => [track.label, track]));
  const put = after.filter((track) => {
    const was = old.get(track.label);
    old.delete(track.label);
    return !was || !isSame(was, track);
  });
  return { put, taken: [...old.keys()] };
}

/** The daughters of `from` become those of `to`, 0 for nobody's. */
export function reparented(tracks: Tracks, from: number, to: number): Tracks {
  return withTracks(
    tracks,
    tracks.filter(({ parent }) => parent === from).map((track) => ({ ...track, parent: to })),
  );
}

/** Parents that are not there, or are there when their daughters are, are none. */
export function severed(tracks: Tracks): Tracks {
  const ends = new Map(tracks.map(({ label, end }) => [label, end]));
  const isWrong = ({ parent, begin }: Track): boolean =>
    parent !== 0 && !((ends.get(parent) ?? Number.POSITIVE_INFINITY) < begin);
  return withTracks(
    tracks,
    tracks.filter(isWrong).map((track) => ({ ...track, parent: 0 })),
  );
}
