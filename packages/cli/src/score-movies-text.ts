/**
 * Scores of tracked movies as a table for people: a row a movie, then all together.
 *
 * @module
 */
import type { TrackingScore } from "@cellwright/core";
import { number, table } from "./score-text.js";

/** The scores of one movie. */
export interface MovieScore {
  /** The found movie's folder. */
  readonly movie: string;
  readonly score: TrackingScore;
}

/** Means over movies, each weighing the same: how the challenge ranks. NaN where no movie has such a score. */
export interface MeanScores {
  readonly seg: number;
  readonly det: number;
  readonly tra: number;
}

/** The mean of the movies' scores; a movie without a score is left out of that score's mean. */
export function averageOf(movies: readonly MovieScore[]): MeanScores {
  const mean = (of: (score: TrackingScore) => number): number => {
    const values = movies.map(({ score }) => of(score)).filter((value) => !Number.isNaN(value));
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  return {
    seg: mean((score) => score.seg),
    det: mean((score) => score.det),
    tra: mean((score) => score.tra),
  };
}

/** The tables of all movies: scores, then what went wrong. */
export function moviesText(movies: readonly MovieScore[], pooled: TrackingScore): string {
  const tolerances = pooled.divisions.map(({ tolerance }) => tolerance);
  const scores = (score: TrackingScore) => [
    ...[score.seg, score.det, score.tra, ...score.divisions.map(({ f1 }) => f1)].map(number),
  ];
  const { seg, det, tra } = averageOf(movies);
  const many = movies.length > 1;
  const scoreRows = [
    ["", "SEG", "DET", "TRA", ...tolerances.map((each) => `division F1 ±${each}`)],
    ...movies.map(({ movie, score }) => [movie, ...scores(score)]),
    ...(many ? [["all, pooled", ...scores(pooled)]] : []),
    ...(many
      ? [["all, mean of movies", ...[seg, det, tra].map(number), ...tolerances.map(() => "-")]]
      : []),
  ];
  const countRows = [
    ["", "cells", "missed", "made up", "merged", "links", "missing", "redundant", "wrong kind"],
    ...movies.map(({ movie, score }) => [movie, ...counts(score)]),
    ...(many ? [["all", ...counts(pooled)]] : []),
  ];
  const note =
    "SEG, DET, TRA as the Cell Tracking Challenge counts them; division F1 for divisions at most that many\n" +
    "frames early or late. A cell counts in each frame it is in. -: nothing to score.\n";
  return `${table(scoreRows)}\n${table(countRows)}${note}`;
}

function counts(score: TrackingScore): string[] {
  const { trueCells, missed, spurious, splits } = score;
  const { trueLinks, missingLinks, redundantLinks, wrongLinks } = score;
  return [
    ...[trueCells, missed, spurious, splits],
    ...[trueLinks, missingLinks, redundantLinks, wrongLinks],
  ].map(String);
}
