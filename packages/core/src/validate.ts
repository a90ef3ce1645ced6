/**
 * How good a network is on images it has not seen: the whole road, then the score.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { type Decoder, decode } from "./instance/decode.js";
import { predict } from "./predict.js";
import type { Sample } from "./sample.js";
import { countMatches, type MatchCounts } from "./score/average-precision.js";
import type { Watch } from "./source.js";

/**
 * Matches found in each sample at the IoU thresholds 0.5 … 0.95, for `averageMatches` or `sumMatches`.
 * Progress counts images.
 */
export async function validate(
  samples: readonly Sample[],
  program: Program,
  decoder: Decoder,
  options: Watch = {},
): Promise<MatchCounts[][]> {
  const counts: MatchCounts[][] = [];
  for (const { tensor, labels } of samples) {
    options.signal?.throwIfAborted();
    const found = decode(await predict(tensor, program), decoder);
    counts.push(countMatches(labels, found));
    options.onProgress?.(counts.length, samples.length);
  }
  return counts;
}
