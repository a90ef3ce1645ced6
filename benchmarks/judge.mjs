// How good found cells are, with every number that the accuracy tables give.
import {
  countMatches,
  outlines,
  overlapOf,
  removeSmall,
  scoreMatches,
  scorePaper,
  sumMatches,
} from "@cellwright/core";
import { cut } from "./picture.mjs";
import { round } from "./study.mjs";

/** @typedef {import("@cellwright/core").Labels} Labels */

/**
 * Counts of one image, to be put into a record and summed by {@link total}.
 *
 * The paper's score erodes the true cells by a pixel and not the found ones, whose masks ended inside the outline.
 * `paperInside` is the same score of the found cells without their outermost pixels, so that both are insides of cells.
 *
 * `margin` pixels along each border are left out, because the published networks give no answer there; after that, cells
 * of less than `minArea` pixels are left out of both sides. The paper's score counts only cells that
 * `nuclei` touch, where given.
 *
 * @param {Labels} truth
 * @param {Labels} found
 * @param {{ margin?: number, minArea?: number, nuclei?: Labels }} [options]
 */
export function judge(truth, found, { margin = 0, minArea = 1, nuclei } = {}) {
  const [height, width] = truth.shape.map((length) => length - 2 * margin);
  const inner = (/** @type {Labels} */ labels) =>
    removeSmall(cut(labels, { top: margin, left: margin, height, width }), minArea);
  const [t, f] = [inner(truth), inner(found)];
  const overlap = overlapOf(t, f);
  const best = new Map();
  for (const { truth: cell, iou } of overlap.pairs)
    best.set(cell, Math.max(iou, best.get(cell) ?? 0));
  const paper = scorePaper(found, truth, { crop: margin });
  const favoured = nuclei && scorePaper(found, truth, { crop: margin, nuclei });
  const means = (/** @type {typeof paper} */ { jaccard, dice, cells }) =>
    cells.length > 0
      ? { jaccard: round(jaccard), dice: round(dice), cells: cells.length }
      : { cells: 0 };
  return {
    true: overlap.truth.labels.length,
    found: overlap.found.labels.length,
    bestIou: round([...best.values()].reduce((a, b) => a + b, 0)),
    matches: countMatches(t, f).map(({ truePositives, matchedIou }) => [
      truePositives,
      round(matchedIou),
    ]),
    paper: means(paper),
    paperInside: means(scorePaper(insidesOf(found), truth, { crop: margin })),
    ...(favoured && { paperWithNuclei: means(favoured) }),
  };
}

/** Cells without the pixels that have a neighbour outside. @param {Labels} labels @returns {Labels} */
function insidesOf(labels) {
  const { data } = outlines(labels);
  return { ...labels, data: labels.data.map((label, i) => (data[i] ? 0 : label)) };
}

/** @typedef {ReturnType<typeof judge>} Judged */

/**
 * All images as one, every cell weighing the same: F1 and AP at the thresholds 0.5, 0.55 … 0.95, their mean, the mean IoU
 * of a true cell with the found cell that fits it best (0 where none does), and the paper's indices.
 *
 * @param {readonly Judged[]} images
 */
export function total(images) {
  const counts = sumMatches(images.map(countsOf));
  const scores = scoreMatches(counts);
  const cells = images.reduce((sum, image) => sum + image.true, 0);
  return {
    images: images.length,
    true: cells,
    found: images.reduce((sum, image) => sum + image.found, 0),
    f1: scores.map(({ f1 }) => f1),
    ap: scores.map(({ averagePrecision }) => averagePrecision),
    meanAp: scores.reduce((sum, score) => sum + score.averagePrecision, 0) / scores.length,
    meanIou: images.reduce((sum, image) => sum + image.bestIou, 0) / cells,
    matchedIou: scores[0].meanTrueIou,
    paper: paperMean(images.map(({ paper }) => paper)),
    paperInside: paperMean(images.map(({ paper, paperInside }) => paperInside ?? paper)),
    paperWithNuclei: paperMean(
      images.map(({ paper, paperWithNuclei }) => paperWithNuclei ?? paper),
    ),
  };
}

/** @param {Judged} image */
function countsOf({ true: cells, found, matches }) {
  return matches.map(([truePositives, matchedIou], i) => ({
    threshold: (50 + 5 * i) / 100,
    truePositives,
    falsePositives: found - truePositives,
    falseNegatives: cells - truePositives,
    matchedIou,
  }));
}

/** The means over all scored cells. @param {readonly { cells: number, jaccard?: number, dice?: number }[]} papers */
function paperMean(papers) {
  const cells = papers.reduce((sum, paper) => sum + paper.cells, 0);
  const mean = (/** @type {"jaccard" | "dice"} */ what) =>
    papers.reduce((sum, paper) => sum + paper.cells * (paper[what] ?? 0), 0) / cells;
  return { cells, jaccard: mean("jaccard"), dice: mean("dice") };
}
