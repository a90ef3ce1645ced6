/**
 * Which found cells are which true ones in a frame, by the rule of the Cell Tracking Challenge.
 * In: true and found labels of a frame. Out: pairs of labels, a few numbers a cell; the frames themselves can go.
 *
 * @module
 */
import { FormatError } from "../errors.js";
import type { Labels } from "../image.js";
import type { Track } from "../track/lineage.js";
import { type Overlap, overlapOf } from "./overlap.js";

/** The cells of a frame and their partners. */
export interface FrameMatch {
  /** True labels, rising, and for each the found label that covers more than half of it; 0 for none. */
  readonly truth: Uint32Array;
  readonly foundOf: Uint32Array;
  /** Found labels, rising, and how many true cells each covers more than half of. */
  readonly found: Uint32Array;
  readonly covered: Uint32Array;
  /** For each found label the true label it covers, where it covers just one; else 0. */
  readonly truthOf: Uint32Array;
}

/** Lays a found frame over the true one. Throws `ShapeError` unless both are `"yx"` of one size. */
export function matchFrame(truth: Labels, found: Labels): FrameMatch {
  const overlap = overlapOf(truth, found);
  const match: FrameMatch = {
    truth: overlap.truth.labels,
    foundOf: new Uint32Array(overlap.truth.labels.length),
    found: overlap.found.labels,
    covered: new Uint32Array(overlap.found.labels.length),
    truthOf: new Uint32Array(overlap.found.labels.length),
  };
  for (const pair of majorities(overlap)) {
    match.foundOf[pair.truth] = match.found[pair.found];
    match.covered[pair.found]++;
    match.truthOf[pair.found] = match.covered[pair.found] === 1 ? match.truth[pair.truth] : 0;
  }
  return match;
}

/** The sum of the Jaccard indices of true cells with the found cell that covers more than half of them. */
export function jaccardSum(truth: Labels, found: Labels): { cells: number; jaccard: number } {
  const overlap = overlapOf(truth, found);
  const jaccard = majorities(overlap).reduce((sum, { iou }) => sum + iou, 0);
  return { cells: overlap.truth.labels.length, jaccard };
}

/** The found label of a true one in a frame; 0 where it was missed or is not there. */
export function foundAt(match: FrameMatch | undefined, label: number): number {
  const at = match ? positionOf(match.truth, label) : -1;
  return match && at >= 0 ? match.foundOf[at] : 0;
}

/** The true label of a found one that covers just one; else 0. */
export function truthAt(match: FrameMatch | undefined, label: number): number {
  const at = match ? positionOf(match.found, label) : -1;
  return match && at >= 0 ? match.truthOf[at] : 0;
}

/**
 * Throws {@link FormatError} unless the labels of each frame are those of the tracks that say they are in it: `frames`
 * has the labels of each, rising. `whose` (`truth`, `found`) begins the message;
 * the error's details are `{ whose, frame, label }`.
 */
export function checkPresence(
  frames: readonly Uint32Array[],
  tracks: readonly Track[],
  whose: string,
): void {
  const known = new Map(tracks.map((track) => [track.label, track]));
  for (const [frame, labels] of frames.entries())
    for (const label of labels) {
      const track = known.get(label);
      if (!track)
        throw new FormatError(`${whose}: frame ${frame} has label ${label}, which no track has`, {
          whose,
          frame,
          label,
        });
      if (frame < track.begin || frame > track.end)
        throw new FormatError(
          `${whose}: frame ${frame} has label ${label}, whose track must be in frames ${track.begin} to ${track.end} only`,
          { whose, frame, label },
        );
    }
  for (const { label, begin, end } of tracks) {
    if (end >= frames.length)
      throw new FormatError(
        `${whose}: track ${label} must end within the ${frames.length} frames (0 to ${frames.length - 1}), ends at ${end}`,
        { whose, label },
      );
    for (let frame = begin; frame <= end; frame++)
      if (positionOf(frames[frame], label) < 0)
        throw new FormatError(
          `${whose}: track ${label} must be in frames ${begin} to ${end}, is not in frame ${frame}`,
          { whose, frame, label },
        );
  }
}

/** Pairs whose found cell has more than half of the true one; a true cell is in one of them at most. */
function majorities(overlap: Overlap): Overlap["pairs"] {
  return overlap.pairs.filter((pair) => 2 * pair.area > overlap.truth.areas[pair.truth]);
}

/** Where a number stands in a rising list; -1 for nowhere. */
function positionOf(list: Uint32Array, value: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (list[middle] === value) return middle;
    if (list[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
