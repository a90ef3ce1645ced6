/**
 * The scores of many images as one. Both ways to average are given, each under its name, because they answer different
 * questions and differ: per cell ("pooled") and per image ("averaged").
 *
 * @module
 */
import {
  averageMatches,
  type MatchCounts,
  type MatchScore,
  type PaperScore,
  scoreMatches,
  sumMatches,
} from "@cellwright/core";

/** How many cells went wrong which way. */
export type ErrorCounts = Record<"splits" | "merges" | "missed" | "spurious", number>;

/** The scores of one image. */
export interface ImageScore {
  /** The found labels. */
  readonly image: string;
  /** One-to-one matching at each threshold. */
  readonly counts?: readonly MatchCounts[];
  readonly errors?: ErrorCounts;
  readonly paper?: PaperScore;
}

/** Mean Jaccard and Dice index, and how many cells were scored. */
export interface PaperMeans {
  readonly cells: number;
  readonly jaccard: number;
  readonly dice: number;
}

/** All images together. */
export interface TotalScore {
  /** As if all images were one: every cell weighs the same. */
  readonly pooled?: readonly MatchScore[];
  /** The mean of the images' scores: every image weighs the same. */
  readonly averaged?: readonly MatchScore[];
  readonly errors?: ErrorCounts;
  readonly paper?: { readonly pooled: PaperMeans; readonly averaged: PaperMeans };
}

/** The total of at least one image. */
export function totalOf(scores: readonly ImageScore[]): TotalScore {
  const counts = scores.flatMap((score) => (score.counts ? [score.counts] : []));
  const papers = scores.flatMap((score) => (score.paper ? [score.paper] : []));
  return {
    ...(counts.length > 0 && {
      pooled: scoreMatches(sumMatches(counts)),
      averaged: averageMatches(counts),
      errors: sumErrors(scores),
    }),
    ...(papers.length > 0 && { paper: paperTotal(papers) }),
  };
}

/** An image's scores as a JSON line has them: the paper's without its list of cells. */
export function eventOf({ counts, errors, paper }: ImageScore): Record<string, unknown> {
  return {
    ...(counts && { scores: scoreMatches(counts) }),
    ...(errors && { errors }),
    ...(paper && { paper: { ...paper, cells: paper.cells.length } }),
  };
}

/** The mean over all thresholds of a field of the scores. */
export function overThresholds(scores: readonly MatchScore[], field: keyof MatchScore): number {
  return mean(scores.map((score) => score[field]));
}

function sumErrors(scores: readonly ImageScore[]): ErrorCounts {
  const total: ErrorCounts = { splits: 0, merges: 0, missed: 0, spurious: 0 };
  for (const { errors } of scores)
    if (errors)
      for (const kind of Object.keys(total) as (keyof ErrorCounts)[]) total[kind] += errors[kind];
  return total;
}

function paperTotal(papers: readonly PaperScore[]): TotalScore["paper"] {
  const cells = papers.flatMap((paper) => paper.cells);
  const scored = papers.filter((paper) => paper.cells.length > 0);
  return {
    pooled: {
      cells: cells.length,
      jaccard: mean(cells.map(({ jaccard }) => jaccard)),
      dice: mean(cells.map(({ dice }) => dice)),
    },
    averaged: {
      cells: cells.length,
      jaccard: mean(scored.map(({ jaccard }) => jaccard)),
      dice: mean(scored.map(({ dice }) => dice)),
    },
  };
}

function mean(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0) / list.length;
}
