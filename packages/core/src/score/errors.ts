/**
 * What went wrong, in words a curator uses: cells cut in pieces, cells grown together, cells missed, cells made up.
 * In: true and found labels. Out: the labels concerned.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import { type Overlap, overlapOf, type SharedArea } from "./overlap.js";

/** A cell of one label image that corresponds to several of the other. */
export interface Tangle {
  readonly label: number;
  readonly others: readonly number[];
}

/** The mistakes of a segmentation. A cell can be in more than one list: half of it split off, the rest merged. */
export interface SegmentationErrors {
  /** True cells found in pieces; `others` are the pieces. */
  readonly splits: readonly Tangle[];
  /** Found cells that are several true cells grown together; `others` are those. */
  readonly merges: readonly Tangle[];
  /** True cells that no found cell covers as much as the least share of. */
  readonly missed: readonly number[];
  /** Found cells that no true cell covers as much as the least share of. */
  readonly spurious: readonly number[];
}

/**
 * The mistakes in `found`, by these rules, with "the least share" being `leastShare` (default 0.1):
 *
 * - A true cell is *split* where two or more found cells lie mostly (more than half of their own area) inside it and
 *   each covers at least the least share of it. Smaller crumbs do not make a split.
 * - A found cell is a *merge* where two or more true cells lie mostly inside it and each makes up at least the
 *   least share of it.
 * - A true cell is *missed* where no found cell covers the least share of it; a found cell is *spurious* where no
 *   true cell covers the least share of it.
 */
export function findErrors(
  truth: Labels,
  found: Labels,
  options: { readonly leastShare?: number } = {},
): SegmentationErrors {
  const { leastShare = 0.1 } = options;
  if (!(leastShare > 0 && leastShare <= 1))
    throw new ShapeError("leastShare", "above 0, to 1", `${leastShare}`);
  const overlap = overlapOf(truth, found);
  return {
    splits: tangles(overlap, "truth", "found", leastShare),
    merges: tangles(overlap, "found", "truth", leastShare),
    missed: uncovered(overlap, "truth", leastShare),
    spurious: uncovered(overlap, "found", leastShare),
  };
}

type Side = "truth" | "found";

/** Cells of `side` with two or more cells of the `other` side mostly inside them. */
function tangles(overlap: Overlap, side: Side, other: Side, leastShare: number): Tangle[] {
  const pieces = new Map<number, number[]>();
  for (const pair of overlap.pairs) {
    if (shareOf(overlap, pair, other) <= 0.5 || shareOf(overlap, pair, side) < leastShare) continue;
    const label = overlap[side].labels[pair[side]];
    const piece = overlap[other].labels[pair[other]];
    pieces.set(label, [...(pieces.get(label) ?? []), piece]);
  }
  return [...pieces]
    .filter(([, others]) => others.length > 1)
    .map(([label, others]) => ({ label, others }))
    .sort((a, b) => a.label - b.label);
}

function uncovered(overlap: Overlap, side: Side, leastShare: number): number[] {
  const covered = new Set<number>();
  for (const pair of overlap.pairs)
    if (shareOf(overlap, pair, side) >= leastShare) covered.add(pair[side]);
  return [...overlap[side].labels].filter((_, i) => !covered.has(i));
}

/** How much of a pair's cell of `side` the pair's other cell covers. */
function shareOf(overlap: Overlap, pair: SharedArea, side: Side): number {
  return pair.area / overlap[side].areas[pair[side]];
}
