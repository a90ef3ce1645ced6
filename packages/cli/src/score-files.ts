/**
 * The work behind `cellwright score`: pairs of label files in, scores of each image and of all together out.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  countMatches,
  findErrors,
  type Image,
  type MatchCounts,
  type PaperScore,
  planeOf,
  ShapeError,
  scorePaper,
  sumMatches,
} from "@cellwright/core";
import { about, exitCodeOf } from "./batch.js";
import type { ScoreOptions } from "./commands/score.js";
import type { Context } from "./context.js";
import { readImageFile } from "./image-file.js";
import { readLabels } from "./labels-file.js";
import { planesOf } from "./planes.js";
import { startScoreLog } from "./score-log.js";
import { findPairs, type ScorePair } from "./score-pairs.js";
import { scoreText } from "./score-text.js";
import { type ErrorCounts, eventOf, type ImageScore, totalOf } from "./score-total.js";

/** Scores every pair, and sets the context's exit code. */
export async function scoreFiles(
  truth: string,
  found: string,
  options: ScoreOptions,
  context: Context,
): Promise<void> {
  const scores: ImageScore[] = [];
  const { tally, emit, fail } = startScoreLog(options, context);
  const { pairs, problems } = await findPairs(truth, found, options.nuclear, {
    cwd: context.cwd,
    recursive: options.recursive ?? false,
  });
  emit({ type: "start", metrics: options.metric, images: pairs.length });
  for (const { input, message } of problems) fail(input, new Error(message));
  for (const pair of pairs) {
    if (context.signal.aborted) break;
    try {
      const score = await scorePair(pair, options, context.cwd);
      scores.push(score);
      tally.done++;
      emit({ type: "file", input: pair.found, status: "done", ...eventOf(score) });
    } catch (error) {
      fail(pair.found, error);
    }
  }
  context.exitCode = exitCodeOf(tally);
  const total = scores.length > 0 ? totalOf(scores) : {};
  emit({ type: "summary", ...tally, ...total });
  if (!options.json && scores.length > 0) context.stdout(scoreText(scores, totalOf(scores)));
}

async function scorePair(pair: ScorePair, options: ScoreOptions, cwd: string): Promise<ImageScore> {
  const ap = options.metric.includes("ap") ? await matches(pair, cwd) : undefined;
  const paper = options.metric.includes("paper") ? await paperScore(pair, options, cwd) : undefined;
  return { image: pair.found, ...ap, ...(paper && { paper }) };
}

/** One-to-one matching of a pair, the planes of a stack as images of their own summed up. */
async function matches(
  pair: ScorePair,
  cwd: string,
): Promise<{ counts: MatchCounts[]; errors: ErrorCounts }> {
  const [truth, found] = await Promise.all(
    [pair.truth, pair.found].map((path) => about(path, () => readLabels(resolve(cwd, path)))),
  );
  if (truth.shape.join() !== found.shape.join())
    throw new ShapeError(
      "found labels",
      `${truth.shape.join(" x ")} like the truth`,
      found.shape.join(" x "),
    );
  const counts: MatchCounts[][] = [];
  const errors: ErrorCounts = { splits: 0, merges: 0, missed: 0, spurious: 0 };
  for (const plane of planesOf(truth)) {
    const [t, f] = [planeOf(truth, plane), planeOf(found, plane)];
    counts.push(countMatches(t, f));
    const mistakes = findErrors(t, f);
    for (const kind of ["splits", "merges", "missed", "spurious"] as const)
      errors[kind] += mistakes[kind].length;
  }
  return { counts: sumMatches(counts), errors };
}

async function paperScore(
  pair: ScorePair,
  options: ScoreOptions,
  cwd: string,
): Promise<PaperScore> {
  const read = (path: string): Promise<Image> =>
    about(path, () => readImageFile(resolve(cwd, path), "labels"));
  const [truth, found] = [await read(pair.truth), await read(pair.found)];
  const nuclei = pair.nuclear === undefined ? undefined : await read(pair.nuclear);
  return scorePaper(found, truth, {
    ...(nuclei && { nuclei }),
    ...(options.crop !== undefined && { crop: options.crop }),
  });
}
