/**
 * What tracking finds: tracks, and who came from whom. In: nothing; these are the types that the files beside it share.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/**
 * One cell over time, from birth to division, death or loss. In the frames of a tracked movie its pixels have the number
 * `label`; it is there in every frame from `begin` to `end`.
 */
export interface Track {
  /** Its number, at least 1. */
  readonly label: number;
  /** First and last frame, from 0, both included. */
  readonly begin: number;
  readonly end: number;
  /** The track that it came from by division, 0 for none. */
  readonly parent: number;
}

/** The daughters of each track that divides, by the mother's label; in the order of the tracks. */
export function daughtersOf(tracks: readonly Track[]): Map<number, Track[]> {
  const daughters = new Map<number, Track[]>();
  for (const track of tracks) {
    if (track.parent === 0) continue;
    const sisters = daughters.get(track.parent);
    if (sisters) sisters.push(track);
    else daughters.set(track.parent, [track]);
  }
  return daughters;
}

/**
 * Throws {@link FormatError} unless labels are positive and each is there once, no track ends before it begins, and
 * parents are there and end before their daughters begin.
 */
export function checkTracks(tracks: readonly Track[]): void {
  const known = new Map<number, Track>();
  for (const track of tracks) {
    const { label, begin, end, parent } = track;
    const whole = [label, begin, end, parent].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole || label === 0)
      throw new FormatError(
        `a track must have a number from 1 and frames from 0, is ${label} ${begin} ${end} ${parent}`,
      );
    if (end < begin)
      throw new FormatError(`track ${label} must not end (${end}) before it begins (${begin})`);
    if (known.has(label)) throw new FormatError(`track ${label} is there twice`);
    known.set(label, track);
  }
  for (const { label, begin, parent } of tracks) {
    if (parent === 0) continue;
    const mother = known.get(parent);
    if (!mother)
      throw new FormatError(`track ${label} has the parent ${parent}, which is not there`);
    if (mother.end >= begin)
      throw new FormatError(
        `track ${label} must begin after its parent ${parent} ends (${mother.end}), begins at ${begin}`,
      );
  }
}
