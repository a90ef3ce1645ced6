/**
 * How good a network is on images it has not seen: the whole road, then the score.
 *
 * @module
 */
import type { Program } from "./engine.js";
import { estimateSize } from "./estimate.js";
import type { Labels, Tensor } from "./image.js";
import type { Decoder } from "./instance/decode.js";
import { predict } from "./predict.js";
import { rescale } from "./resample.js";
import type { Sample } from "./sample.js";
import { countMatches, type MatchCounts } from "./score/average-precision.js";
import { labelsAt } from "./segment.js";
import { typicalDiameter, zoomFor } from "./size.js";
import type { Watch } from "./source.js";

/** At what size samples are shown to the network. */
export interface SizeOptions extends Watch {
  /** The diameter in pixels that the network is at home with; absent: images are shown as they are. */
  readonly diameter?: number;
  /**
   * Where the size of the cells is known from: `labels`, the default, is quick and says how good the network is;
   * `estimate` is what a user gets who says nothing.
   */
  readonly sizeFrom?: "labels" | "estimate";
}

/**
 * Matches found in each sample at the IoU thresholds 0.5 … 0.95, for `averageMatches` or `sumMatches`.
 * Progress counts images.
 */
export async function validate(
  samples: readonly Sample[],
  program: Program,
  decoder: Decoder,
  options: SizeOptions = {},
): Promise<MatchCounts[][]> {
  const counts: MatchCounts[][] = [];
  for (const sample of samples) {
    options.signal?.throwIfAborted();
    const found = await cellsOf(sample, program, decoder, options);
    counts.push(countMatches(sample.labels, found));
    options.onProgress?.(counts.length, samples.length);
  }
  return counts;
}

/** The cells that a network finds in a sample. */
export async function cellsOf(
  sample: Sample,
  program: Program,
  decoder: Decoder,
  options: SizeOptions = {},
): Promise<Labels> {
  const maps = await mapsOf(sample, program, decoder, options);
  const [height, width] = sample.labels.shape;
  return labelsAt(maps, decoder, height, width);
}

/** A network's maps of a sample, at the size at which the network saw it. */
export async function mapsOf(
  { tensor, labels }: Sample,
  program: Program,
  decoder: Decoder,
  options: SizeOptions = {},
): Promise<Tensor> {
  const { diameter: wanted, signal } = options;
  const size =
    wanted && options.sizeFrom === "estimate"
      ? await estimateSize(tensor, program, decoder, wanted, { signal })
      : { diameter: wanted && typicalDiameter(labels), maps: undefined };
  if (size?.maps) return size.maps;
  return predict(rescale(tensor, zoomFor(size?.diameter, wanted)) as Tensor, program, { signal });
}
