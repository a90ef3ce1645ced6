/**
 * How far two lineages are apart: the links that must be taken out, put in or turned into the other kind.
 * In: the tracks of truth and result, the matched cells of each frame. Out: counts.
 * P. Matula et al., "Cell Tracking Accuracy Measurement Based on Comparison of Acyclic Oriented Graphs", PLoS ONE 2015.
 *
 * @module
 */
import type { Track } from "../track/lineage.js";
import { type FrameMatch, foundAt, truthAt } from "./ctc-match.js";

/** Links that are wrong, and how many there should be. */
export interface LinkCounts {
  /** Links of the truth: a cell with itself in the next frame, the last of a mother with the first of a daughter. */
  readonly trueLinks: number;
  /** Links between cells that belong to no link in truth (ED). */
  readonly redundantLinks: number;
  /** Links of the truth that were not found (EA). */
  readonly missingLinks: number;
  /** Links that are there but say "the same cell" for "a daughter", or the other way round (EC). */
  readonly wrongLinks: number;
}

/** A link: from a label in a frame to a label in a later one. */
type Visit = (from: number, fromFrame: number, to: number, toFrame: number) => void;
type Kind = "same" | "parent" | undefined;

/** Counts the links. Only cells matched one to one count as the ends of a found link. */
export function countLinks(
  truth: readonly Track[],
  found: readonly Track[],
  frames: readonly FrameMatch[],
): LinkCounts {
  const counts = { trueLinks: 0, redundantLinks: 0, missingLinks: 0, wrongLinks: 0 };
  const trueKind = kindsOf(truth);
  const foundKind = kindsOf(found);
  eachLink(truth, (from, fromFrame, to, toFrame) => {
    counts.trueLinks++;
    const [a, b] = [partner(frames[fromFrame], from), partner(frames[toFrame], to)];
    if (a === 0 || b === 0 || !foundKind(a, fromFrame, b, toFrame)) counts.missingLinks++;
  });
  eachLink(found, (from, fromFrame, to, toFrame) => {
    const [a, b] = [truthAt(frames[fromFrame], from), truthAt(frames[toFrame], to)];
    if (a === 0 || b === 0) return;
    const kind = trueKind(a, fromFrame, b, toFrame);
    if (!kind) counts.redundantLinks++;
    else if (kind !== foundKind(from, fromFrame, to, toFrame)) counts.wrongLinks++;
  });
  return counts;
}

/** The found cell of a true one, where it is the found cell of no other. */
function partner(match: FrameMatch, label: number): number {
  const found = foundAt(match, label);
  return found !== 0 && truthAt(match, found) === label ? found : 0;
}

function eachLink(tracks: readonly Track[], visit: Visit): void {
  const ends = new Map(tracks.map(({ label, end }) => [label, end]));
  for (const { label, begin, end, parent } of tracks) {
    const parentEnd = ends.get(parent);
    if (parentEnd !== undefined) visit(parent, parentEnd, label, begin);
    for (let frame = begin; frame < end; frame++) visit(label, frame, label, frame + 1);
  }
}

/** What kind of link the tracks have between two cells. */
function kindsOf(tracks: readonly Track[]): (...link: Parameters<Visit>) => Kind {
  const known = new Map(tracks.map((track) => [track.label, track]));
  return (from, fromFrame, to, toFrame) => {
    if (from === to) return toFrame === fromFrame + 1 ? "same" : undefined;
    const daughter = known.get(to);
    if (daughter?.parent !== from || daughter.begin !== toFrame) return undefined;
    return known.get(from)?.end === fromFrame ? "parent" : undefined;
  };
}
