/**
 * How many cells were found, and how well outlined: each true cell is matched with at most one found cell.
 * In: true and found labels. Out: counts and scores, one entry an IoU threshold; counts of many images can be summed.
 *
 * @module
 */
import { pairUp } from "../assignment.js";
import { ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import { type Overlap, overlapOf, type SharedArea } from "./overlap.js";

/** The usual ten thresholds: 0.5, 0.55, … 0.95. */
export const iouThresholds: readonly number[] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95].map(
  (percent) => percent / 100,
);

/** What matching at one threshold counts. */
export interface MatchCounts {
  /** A pair counts as a match from this intersection over union on. */
  readonly threshold: number;
  /** Matched pairs. */
  readonly truePositives: number;
  /** Found cells without a partner. */
  readonly falsePositives: number;
  /** True cells without a partner. */
  readonly falseNegatives: number;
  /** Sum of the intersection over union of matched pairs. */
  readonly matchedIou: number;
}

/** Scores at one threshold, all 0 (worst) to 1. With no cells in truth and none found, all are 1. */
export interface MatchScore extends MatchCounts {
  /** TP / (TP + FP + FN): the "average precision" of StarDist and Cellpose, the score of the 2018 Data Science Bowl. */
  readonly averagePrecision: number;
  /** TP / (TP + FP): how many of the found cells are real. */
  readonly precision: number;
  /** TP / (TP + FN): how many of the real cells are found. */
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** Mean intersection over union of the matched pairs; 0 without pairs. */
  readonly meanMatchedIou: number;
  /** Mean over all true cells, those without a partner counting 0. */
  readonly meanTrueIou: number;
  /** Sum of matched IoU / (TP + FP / 2 + FN / 2). Kirillov et al. 2019, arXiv:1801.00868. */
  readonly panopticQuality: number;
}

/**
 * The matched pairs: as many as can be with an IoU of at least `threshold` and nobody in two pairs, and of all ways to
 * have so many the one of the largest summed IoU. Above 0.5 no cell has a choice.
 */
export function matchCells(overlap: Overlap, threshold: number): SharedArea[] {
  if (!(threshold >= 0 && threshold <= 1))
    throw new ShapeError("IoU threshold", "from 0 to 1", `${threshold}`);
  const candidates = overlap.pairs
    .filter(({ iou }) => iou >= threshold)
    .map((pair) => ({ row: pair.truth, column: pair.found, value: pair.iou, pair }));
  return (pairUp(candidates) as typeof candidates).map(({ pair }) => pair);
}

/** The counts of one image at each threshold. Throws `ShapeError` unless both are `"yx"` of one size. */
export function countMatches(
  truth: Labels,
  found: Labels,
  thresholds: readonly number[] = iouThresholds,
): MatchCounts[] {
  const overlap = overlapOf(truth, found);
  return thresholds.map((threshold) => {
    const pairs = matchCells(overlap, threshold);
    return {
      threshold,
      truePositives: pairs.length,
      falsePositives: overlap.found.labels.length - pairs.length,
      falseNegatives: overlap.truth.labels.length - pairs.length,
      matchedIou: pairs.reduce((sum, { iou }) => sum + iou, 0),
    };
  });
}

/**
 * The counts of many images as of one large image (pooled: each cell weighs the same, an image weighs by its cells).
 * `images` holds what {@link countMatches} gave, with the same thresholds for each.
 */
export function sumMatches(images: readonly (readonly MatchCounts[])[]): MatchCounts[] {
  return rowsOf(images).map((row) => ({
    threshold: row[0].threshold,
    truePositives: sum(row.map((counts) => counts.truePositives)),
    falsePositives: sum(row.map((counts) => counts.falsePositives)),
    falseNegatives: sum(row.map((counts) => counts.falseNegatives)),
    matchedIou: sum(row.map((counts) => counts.matchedIou)),
  }));
}

/** The scores that follow from counts. */
export function scoreMatches(counts: readonly MatchCounts[]): MatchScore[] {
  return counts.map((count) => {
    const { truePositives: tp, falsePositives: fp, falseNegatives: fn, matchedIou } = count;
    const nothing = tp + fp + fn === 0;
    const share = (part: number, whole: number): number =>
      nothing ? 1 : whole === 0 ? 0 : part / whole;
    return {
      ...count,
      averagePrecision: share(tp, tp + fp + fn),
      precision: share(tp, tp + fp),
      recall: share(tp, tp + fn),
      f1: share(2 * tp, 2 * tp + fp + fn),
      meanMatchedIou: share(matchedIou, tp),
      meanTrueIou: share(matchedIou, tp + fn),
      panopticQuality: share(matchedIou, tp + (fp + fn) / 2),
    };
  });
}

/**
 * The scores averaged over images (each image weighs the same, however many cells it has), counts summed.
 * The average precision of StarDist's and Cellpose's papers is this one.
 */
export function averageMatches(images: readonly (readonly MatchCounts[])[]): MatchScore[] {
  const totals = sumMatches(images);
  return rowsOf(images.map(scoreMatches)).map((row, i) => {
    const mean = (of: (score: MatchScore) => number): number => sum(row.map(of)) / row.length;
    return {
      ...totals[i],
      averagePrecision: mean((score) => score.averagePrecision),
      precision: mean((score) => score.precision),
      recall: mean((score) => score.recall),
      f1: mean((score) => score.f1),
      meanMatchedIou: mean((score) => score.meanMatchedIou),
      meanTrueIou: mean((score) => score.meanTrueIou),
      panopticQuality: mean((score) => score.panopticQuality),
    };
  });
}

/** Entries of many images by threshold. Throws unless there is an image and all have the same thresholds. */
function rowsOf<T extends MatchCounts>(images: readonly (readonly T[])[]): T[][] {
  if (images.length === 0) throw new ShapeError("scored images", "at least one", "none");
  const thresholds = images[0].map(({ threshold }) => threshold);
  for (const image of images) {
    const own = image.map(({ threshold }) => threshold);
    if (own.join() !== thresholds.join())
      throw new ShapeError("IoU thresholds", `${thresholds} for all images`, `${own}`);
  }
  return thresholds.map((_, i) => images.map((image) => image[i]));
}

function sum(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0);
}
