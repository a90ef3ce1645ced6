/**
 * Scores as tables for people: a row an image, then all images together.
 *
 * @module
 */
import { type MatchScore, scoreMatches } from "@cellwright/core";
import { oneLine } from "./report.js";
import { type ImageScore, overThresholds, type TotalScore } from "./score-total.js";

/** The tables of everything that was scored. */
export function scoreText(scores: readonly ImageScore[], total: TotalScore): string {
  return [matchText(scores, total), paperText(scores, total)].filter(Boolean).join("\n");
}

function matchText(scores: readonly ImageScore[], total: TotalScore): string {
  if (!total.pooled || !total.averaged || !total.errors) return "";
  const { pooled, averaged, errors } = total;
  const header = [
    "",
    "AP@0.5",
    "AP@0.75",
    "AP 0.5…0.95",
    "F1@0.5",
    "mean IoU",
    "true",
    "found",
    "split",
    "merged",
  ];
  const rows = scores.flatMap(({ image, counts, errors: own }) =>
    counts && own
      ? [[image, ...matchCells(scoreMatches(counts)), `${own.splits}`, `${own.merges}`]]
      : [],
  );
  const ends = [`${errors.splits}`, `${errors.merges}`];
  const totals = [
    ["all, pooled", ...matchCells(pooled), ...ends],
    ["all, mean of images", ...matchCells(averaged), ...ends],
  ];
  const note =
    "AP = TP / (TP + FP + FN), each true cell matched with one found cell at most. Pooled: every cell weighs\n" +
    "the same; mean of images: every image does. Mean IoU: of the pairs matched at 0.5.\n";
  return `${table([header, ...rows, ...totals])}${note}`;
}

function matchCells(scores: readonly MatchScore[]): string[] {
  const at = (threshold: number) =>
    scores.find((score) => Math.abs(score.threshold - threshold) < 1e-9) ?? scores[0];
  const half = at(0.5);
  return [
    number(half.averagePrecision),
    number(at(0.75).averagePrecision),
    number(overThresholds(scores, "averagePrecision")),
    number(half.f1),
    number(half.meanMatchedIou),
    `${half.truePositives + half.falseNegatives}`,
    `${half.truePositives + half.falsePositives}`,
  ];
}

function paperText(scores: readonly ImageScore[], total: TotalScore): string {
  if (!total.paper) return "";
  const rows = scores.flatMap(({ image, paper }) =>
    paper ? [[image, number(paper.jaccard), number(paper.dice), `${paper.cells.length}`]] : [],
  );
  const totals = (["pooled", "averaged"] as const).map((kind) => {
    const { jaccard, dice, cells } = total.paper?.[kind] ?? { jaccard: 0, dice: 0, cells: 0 };
    const name = kind === "pooled" ? "all, pooled" : "all, mean of images";
    return [name, number(jaccard), number(dice), `${cells}`];
  });
  const note =
    "The indices of Van Valen et al. 2016: cells that were missed or made up cost nothing, so read them\n" +
    "next to AP.\n";
  return `${table([["", "Jaccard", "Dice", "cells scored"], ...rows, ...totals])}${note}`;
}

/** Columns as wide as their widest cell: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map(oneLine));
  const widths = plain[0].map((_, column) => Math.max(...plain.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return `${plain.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

/** Three digits, or - where there is nothing to score. */
export function number(value: number): string {
  return Number.isNaN(value) ? "-" : value.toFixed(3);
}
