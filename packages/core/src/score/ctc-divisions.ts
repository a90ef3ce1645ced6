/**
 * Which divisions were found: the branching correctness BC(i) of V. Ulman et al., "An objective comparison of
 * cell-tracking algorithms", Nature Methods 2017, with its counts.
 * In: the tracks of truth and result, the matched cells of each frame. Out: counts, one entry a tolerance.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import { daughtersOf, type Track } from "../track/lineage.js";
import { type FrameMatch, foundAt } from "./ctc-match.js";

/** Divisions found, made up and missed, when they may be a few frames early or late. */
export interface DivisionCounts {
  /** The most frames by which a found division may be early or late. */
  readonly tolerance: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** A mother and her daughters. */
interface Division {
  readonly mother: Track;
  readonly daughters: readonly Track[];
}

/**
 * Counts divisions, tracks with two daughters or more. A found division is a true one where
 *
 * - the mothers' last frames are at most `tolerance` apart, and the found mother is the true one's match in the earlier;
 * - there are as many daughters, and each true daughter has a found daughter of her own: first frames at most
 *   `tolerance` apart, matched in the later of the two.
 *
 * Each division is in one pair at most, the nearest in time first. A lone daughter is no division: the challenge's
 * format has such links where a cell was lost from sight and found again.
 */
export function countDivisions(
  truth: readonly Track[],
  found: readonly Track[],
  frames: readonly FrameMatch[],
  tolerance: number,
): DivisionCounts {
  if (!Number.isInteger(tolerance) || tolerance < 0)
    throw new ShapeError("division tolerance", "a whole number from 0", `${tolerance}`);
  const trueDivisions = divisionsOf(truth);
  const foundDivisions = new Map(divisionsOf(found).map((each) => [each.mother.label, each]));
  const pairs = trueDivisions.flatMap((division) =>
    candidates(division, frames, tolerance).flatMap((label) => {
      const other = foundDivisions.get(label);
      return other && isSame(division, other, frames, tolerance) ? [{ division, other }] : [];
    }),
  );
  pairs.sort((a, b) => distance(a.division, a.other) - distance(b.division, b.other));
  const taken = new Set<Division>();
  let truePositives = 0;
  for (const { division, other } of pairs) {
    if (taken.has(division) || taken.has(other)) continue;
    taken.add(division).add(other);
    truePositives++;
  }
  return {
    tolerance,
    truePositives,
    falsePositives: foundDivisions.size - truePositives,
    falseNegatives: trueDivisions.length - truePositives,
  };
}

function divisionsOf(tracks: readonly Track[]): Division[] {
  const known = new Map(tracks.map((track) => [track.label, track]));
  return [...daughtersOf(tracks)].flatMap(([label, daughters]) => {
    const mother = known.get(label);
    return mother && daughters.length > 1 ? [{ mother, daughters }] : [];
  });
}

/** The found cells that are the mother's match in one of the last frames that a match may have. */
function candidates(
  { mother }: Division,
  frames: readonly FrameMatch[],
  tolerance: number,
): number[] {
  const labels = new Set<number>();
  for (let frame = mother.end; frame >= Math.max(mother.begin, mother.end - tolerance); frame--)
    labels.add(foundAt(frames[frame], mother.label));
  return [...labels];
}

function isSame(
  truth: Division,
  found: Division,
  frames: readonly FrameMatch[],
  tolerance: number,
): boolean {
  if (distance(truth, found) > tolerance) return false;
  const last = Math.min(truth.mother.end, found.mother.end);
  if (foundAt(frames[last], truth.mother.label) !== found.mother.label) return false;
  if (truth.daughters.length !== found.daughters.length) return false;
  const matched = truth.daughters.map((daughter) =>
    found.daughters.find(({ label, begin }) => {
      if (Math.abs(begin - daughter.begin) > tolerance) return false;
      return foundAt(frames[Math.max(begin, daughter.begin)], daughter.label) === label;
    }),
  );
  return !matched.includes(undefined) && new Set(matched).size === matched.length;
}

function distance(truth: Division, found: Division): number {
  return Math.abs(truth.mother.end - found.mother.end);
}
