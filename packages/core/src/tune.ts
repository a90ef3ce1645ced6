/**
 * Choosing the parameters of a decoder by images that training has not learnt from: the network runs once an image, the
 * decoder many times.
 *
 * @module
 */
import type { Program } from "./engine.js";
import type { Tensor } from "./image.js";
import type { WatershedDecoder } from "./instance/watershed.js";
import type { Sample } from "./sample.js";
import { averageMatches, countMatches, type MatchCounts } from "./score/average-precision.js";
import { labelsAt } from "./segment.js";
import { mapsOf, type SizeOptions } from "./validate.js";

/** The values tried for each parameter, one parameter after the other in this order. */
const CANDIDATES: readonly (readonly [keyof Omit<WatershedDecoder, "kind">, readonly number[]])[] =
  [
    ["smoothing", [0, 0.5, 1, 1.5]],
    ["prominence", [0.05, 0.07, 0.1, 0.14, 0.2]],
    ["minHeight", [0.2, 0.3, 0.4, 0.5]],
    ["threshold", [0.4, 0.45, 0.5, 0.55, 0.6]],
    ["minArea", [8, 12, 16, 20, 30]],
  ];

/** What {@link tuneDecoder} found. */
export interface Tuned {
  readonly decoder: WatershedDecoder;
  /** The matches this decoder gives in each sample, as `validate` counts them. */
  readonly counts: readonly (readonly MatchCounts[])[];
}

/**
 * The watershed decoder that scores best on `samples`: mean AP over the thresholds 0.5 … 0.95 and over images. Each
 * parameter in turn takes its best value, the others held; of equal ones the earlier stays. Progress counts decoders
 * tried.
 */
export async function tuneDecoder(
  samples: readonly Sample[],
  program: Program,
  start: WatershedDecoder,
  options: SizeOptions = {},
): Promise<Tuned> {
  const maps: Tensor[] = [];
  for (const sample of samples) maps.push(await mapsOf(sample, program, start, options));
  const total = 1 + CANDIDATES.reduce((sum, [, values]) => sum + values.length, 0);
  let tried = 0;
  const judge = (decoder: WatershedDecoder) => {
    options.signal?.throwIfAborted();
    const counts = samples.map(({ labels }, i) => {
      const [height, width] = labels.shape;
      return countMatches(labels, labelsAt(maps[i], decoder, height, width));
    });
    options.onProgress?.(++tried, total);
    return { decoder, counts, score: meanPrecision(counts) };
  };
  let best = judge(start);
  for (const [name, values] of CANDIDATES)
    for (const value of values) {
      const found = judge({ ...best.decoder, [name]: value });
      if (found.score > best.score) best = found;
    }
  return { decoder: best.decoder, counts: best.counts };
}

/** AP as the mean over thresholds and images: one number that says how good labels are. */
export function meanPrecision(images: readonly (readonly MatchCounts[])[]): number {
  const scores = averageMatches(images);
  return scores.reduce((sum, score) => sum + score.averagePrecision, 0) / scores.length;
}
