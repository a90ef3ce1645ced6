/**
 * How well a movie was segmented and tracked, by the measures of the Cell Tracking Challenge: SEG, DET, TRA, divisions.
 * In: true and found frames with their tracks. Out: counts and scores; counts of several movies can be summed.
 * M. Maška et al., "A benchmark for comparison of cell tracking algorithms", Bioinformatics 2014 (SEG); P. Matula et
 * al., PLoS ONE 2015 (DET, TRA); V. Ulman et al., Nature Methods 2017 (divisions).
 *
 * @module
 */
import { FormatError, ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import { checkTracks, type Track } from "../track/lineage.js";
import { countDivisions, type DivisionCounts } from "./ctc-divisions.js";
import { countLinks, type LinkCounts } from "./ctc-links.js";
import { checkPresence, type FrameMatch, jaccardSum, matchFrame } from "./ctc-match.js";

/** What it costs to mend each kind of mistake by hand: the challenge's own weights. */
export const trackingWeights: Readonly<
  Record<"split" | "missed" | "spurious" | "redundant" | "missing" | "wrong", number>
> = { split: 5, missed: 10, spurious: 1, redundant: 1, missing: 1.5, wrong: 1 };

/** What there is in a movie and what went wrong. */
export interface TrackingCounts extends LinkCounts {
  readonly frames: number;
  /** Cells of all frames: a cell counts in each frame it is in. */
  readonly trueCells: number;
  readonly foundCells: number;
  /** Cuts that found cells need which cover several true cells (NS). */
  readonly splits: number;
  /** True cells of which no found cell covers more than half (FN). */
  readonly missed: number;
  /** Found cells that cover more than half of no true cell (FP). */
  readonly spurious: number;
  /** True cells with a mask to compare with, and the sum of their Jaccard indices. */
  readonly outlinedCells: number;
  readonly jaccard: number;
  /** One entry a tolerance. */
  readonly divisions: readonly DivisionCounts[];
}

/** Precision, recall and F1 of divisions, 0 to 1; NaN where there is none to find and none was found. */
export interface DivisionScore extends DivisionCounts {
  readonly precision: number;
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN): BC(i) for the tolerance i. */
  readonly f1: number;
}

/** The scores, 0 (worst) to 1. */
export interface TrackingScore extends TrackingCounts {
  /** Mean Jaccard index of true cells, a missed cell counting 0; NaN without masks to compare with. */
  readonly seg: number;
  /** 1 - the cost of mending the cells / the cost of drawing all of them. */
  readonly det: number;
  /** 1 - the cost of mending cells and links / the cost of drawing all of them. */
  readonly tra: number;
  readonly divisions: readonly DivisionScore[];
}

/** A movie, segmented and tracked: cells' pixels have the labels of their tracks. */
export interface TrackedMovie {
  readonly frames: readonly Labels[];
  readonly tracks: readonly Track[];
}

/** How to score tracks. */
export interface TrackingOptions {
  /** By how many frames a division may be early or late; a score for each. Default 0 and 1. */
  readonly tolerances?: readonly number[];
}

/** Takes a movie frame by frame. It keeps a few numbers a cell and no frame. */
export interface TrackingScorer {
  /**
   * The next frame. `outlines` are the true masks that SEG compares with, their numbers of no matter: by default those
   * of `truth`; `null` where the frame has none, because the truth has mere markers.
   * Throws `ShapeError` unless all have the size of the first frame.
   */
  readonly add: (truth: Labels, found: Labels, outlines?: Labels | null) => void;
  /**
   * The counts of all frames. Throws {@link FormatError} where the frames are not those that the tracks tell of: a label
   * without track, a track that is not in one of its frames.
   */
  readonly finish: () => TrackingCounts;
}

/** Scores a tracked movie: {@link startTrackingScore} over all its frames, with the true frames for SEG. */
export function scoreTracking(
  truth: TrackedMovie,
  found: TrackedMovie,
  options: TrackingOptions = {},
): TrackingScore {
  if (truth.frames.length !== found.frames.length)
    throw new ShapeError(
      "found frames",
      `${truth.frames.length} like the truth's`,
      `${found.frames.length}`,
    );
  const scorer = startTrackingScore(truth.tracks, found.tracks, options);
  for (const [i, frame] of truth.frames.entries()) scorer.add(frame, found.frames[i]);
  return trackingScore(scorer.finish());
}

/** Starts to score a movie. Throws {@link FormatError} where one of the lists of tracks is not sound. */
export function startTrackingScore(
  truth: readonly Track[],
  found: readonly Track[],
  options: TrackingOptions = {},
): TrackingScorer {
  const { tolerances = [0, 1] } = options;
  checkNamed(truth, "truth");
  checkNamed(found, "found");
  const matches: FrameMatch[] = [];
  const outlined = { cells: 0, jaccard: 0 };
  let size: readonly number[] | undefined;
  return {
    add: (trueFrame, foundFrame, outlines = trueFrame) => {
      size ??= trueFrame.shape;
      if (trueFrame.shape.join() !== size.join())
        throw new ShapeError(
          `frame ${matches.length}`,
          `${size.join(" x ")} like the first`,
          trueFrame.shape.join(" x "),
        );
      matches.push(matchFrame(trueFrame, foundFrame));
      if (!outlines) return;
      const { cells, jaccard } = jaccardSum(outlines, foundFrame);
      outlined.cells += cells;
      outlined.jaccard += jaccard;
    },
    finish: () => {
      checkPresence(
        matches.map((match) => match.truth),
        truth,
        "truth",
      );
      checkPresence(
        matches.map((match) => match.found),
        found,
        "found",
      );
      return {
        frames: matches.length,
        ...countCells(matches),
        outlinedCells: outlined.cells,
        jaccard: outlined.jaccard,
        ...countLinks(truth, found, matches),
        divisions: tolerances.map((each) => countDivisions(truth, found, matches, each)),
      };
    },
  };
}

/** The counts of several movies as of one. All must have been scored with the same tolerances. */
export function sumTracking(movies: readonly TrackingCounts[]): TrackingCounts {
  if (movies.length === 0) throw new ShapeError("scored movies", "at least one", "none");
  const sum = (of: (counts: TrackingCounts) => number): number =>
    movies.reduce((total, movie) => total + of(movie), 0);
  return {
    frames: sum((movie) => movie.frames),
    trueCells: sum((movie) => movie.trueCells),
    foundCells: sum((movie) => movie.foundCells),
    splits: sum((movie) => movie.splits),
    missed: sum((movie) => movie.missed),
    spurious: sum((movie) => movie.spurious),
    outlinedCells: sum((movie) => movie.outlinedCells),
    jaccard: sum((movie) => movie.jaccard),
    trueLinks: sum((movie) => movie.trueLinks),
    redundantLinks: sum((movie) => movie.redundantLinks),
    missingLinks: sum((movie) => movie.missingLinks),
    wrongLinks: sum((movie) => movie.wrongLinks),
    divisions: movies[0].divisions.map(({ tolerance }, i) => {
      if (movies.some((movie) => movie.divisions[i]?.tolerance !== tolerance))
        throw new ShapeError("division tolerances", "the same for all movies", "others");
      return {
        tolerance,
        truePositives: sum((movie) => movie.divisions[i].truePositives),
        falsePositives: sum((movie) => movie.divisions[i].falsePositives),
        falseNegatives: sum((movie) => movie.divisions[i].falseNegatives),
      };
    }),
  };
}

/** The scores that follow from counts. A movie without true cells scores 1 where none were found, else 0. */
export function trackingScore(counts: TrackingCounts): TrackingScore {
  const { split, missed, spurious, redundant, missing, wrong } = trackingWeights;
  const cells = split * counts.splits + missed * counts.missed + spurious * counts.spurious;
  const links =
    redundant * counts.redundantLinks + missing * counts.missingLinks + wrong * counts.wrongLinks;
  const allCells = missed * counts.trueCells;
  const all = allCells + missing * counts.trueLinks;
  return {
    ...counts,
    seg: counts.jaccard / counts.outlinedCells,
    det: saved(cells, allCells),
    tra: saved(cells + links, all),
    divisions: counts.divisions.map((division) => {
      const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = division;
      return {
        ...division,
        precision: shareOf(tp, tp + fp, fn),
        recall: shareOf(tp, tp + fn, fp),
        f1: (2 * tp) / (2 * tp + fp + fn),
      };
    }),
  };
}

/** What of the work of doing everything by hand is saved. */
function saved(cost: number, all: number): number {
  if (all === 0) return cost === 0 ? 1 : 0;
  return 1 - Math.min(cost, all) / all;
}

/** NaN only where there is nothing on either side. */
function shareOf(part: number, whole: number, others: number): number {
  return whole === 0 && others > 0 ? 0 : part / whole;
}

function countCells(
  matches: readonly FrameMatch[],
): Pick<TrackingCounts, "trueCells" | "foundCells" | "splits" | "missed" | "spurious"> {
  const counts = { trueCells: 0, foundCells: 0, splits: 0, missed: 0, spurious: 0 };
  for (const { foundOf, covered } of matches) {
    counts.trueCells += foundOf.length;
    counts.foundCells += covered.length;
    for (const label of foundOf) if (label === 0) counts.missed++;
    for (const count of covered) {
      if (count === 0) counts.spurious++;
      else counts.splits += count - 1;
    }
  }
  return counts;
}

function checkNamed(tracks: readonly Track[], whose: string): void {
  try {
    checkTracks(tracks);
  } catch (error) {
    throw error instanceof FormatError
      ? new FormatError(`${whose}: ${error.message}`, error.details)
      : error;
  }
}
