/**
 * The decoder of our own networks: the peaks of a distance map are seeds, and a watershed grows them to whole cells.
 * In: maps `[2, y, x]`: the probability of being in a cell (0…1), and the distance to the cell's edge divided by the
 * largest in that cell, so that each cell, large or small, has one peak of 1. Out: labels `[y, x]`.
 *
 * @module
 */
import { flood } from "../flood.js";
import { gaussian } from "../gaussian.js";
import { type Labels, planeOf, type Tensor } from "../image.js";
import { fillHoles, relabel } from "../labels.js";
import { pixelsInOrder, ranksOf } from "../order.js";
import { type Peak, prominentPeaks } from "../peaks.js";
import { above, checkMaps } from "./maps.js";

/** Parameters of {@link decodeWatershed}. */
export interface WatershedDecoder {
  readonly kind: "watershed";
  /** A pixel is in a cell where the probability is above this. Default 0.5. */
  readonly threshold: number;
  /** How far a peak must stand out from the saddle to a higher one to be a cell of its own. Default 0.12. */
  readonly prominence: number;
  /** The lowest peak that makes a cell. Default 0.3. */
  readonly minHeight: number;
  /** Standard deviation in pixels of the blur before peaks are looked for; 0 for none. Default 1. */
  readonly smoothing: number;
  /** Cells of fewer pixels are dropped. Default 16. */
  readonly minArea: number;
}

/**
 * Finds cells, touching ones too. Everything above the threshold that a seed's water reaches becomes this seed's cell;
 * holes are filled and small cells dropped. A piece of the mask without a seed (its peak is too low, as where a cell is
 * cut off by the image's border) is kept as one cell where the network is sure of it: mean probability at least midway
 * between the threshold and 1. Numbers are 1, 2, 3, … by first pixel.
 */
export function decodeWatershed(maps: Tensor, decoder: WatershedDecoder): Labels {
  checkMaps(maps, 2, "probability, distance");
  const width = maps.shape[2];
  const probability = planeOf(maps, { c: 0 });
  const mask = above(probability, decoder.threshold);
  const distance = gaussian(planeOf(maps, { c: 1 }), decoder.smoothing).data;
  const depth = new Float32Array(distance.length);
  for (let i = 0; i < depth.length; i++) depth[i] = -distance[i];
  const order = pixelsInOrder(depth, mask.data);
  const { ranks, top } = ranksOf(depth, order);
  const peaks = prominentPeaks(distance, order, width, decoder.prominence);
  const { seeds, sure } = seedsOf(peaks, distance.length, decoder.minHeight);
  const cells = flood(ranks, top, seeds, width);
  dropUnsure(cells, probability.data, sure, (1 + decoder.threshold) / 2);
  return relabel(fillHoles({ ...probability, data: cells }), decoder.minArea);
}

/** One pixel a peak: those that are high enough get the numbers up to `sure`, the best of pieces without any the rest. */
function seedsOf(
  peaks: readonly Peak[],
  size: number,
  minHeight: number,
): { seeds: Uint32Array; sure: number } {
  const seeds = new Uint32Array(size);
  const high = peaks.filter((peak) => peak.height >= minHeight);
  const alone = peaks.filter((peak) => peak.height < minHeight && peak.prominence === Infinity);
  for (const [n, peak] of [...high, ...alone].entries()) seeds[peak.pixel] = n + 1;
  return { seeds, sure: high.length };
}

/** Clears the labels above `sure` whose mean probability is too low. */
function dropUnsure(
  labels: Uint32Array,
  probability: Float32Array,
  sure: number,
  minMean: number,
): void {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] > count) count = labels[i];
  if (count <= sure) return;
  const sums = new Float64Array(count - sure);
  const areas = new Uint32Array(count - sure);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] <= sure) continue;
    sums[labels[i] - sure - 1] += probability[i];
    areas[labels[i] - sure - 1]++;
  }
  const unsure = Uint8Array.from(areas, (area, n) => (sums[n] < minMean * area ? 1 : 0));
  for (let i = 0; i < labels.length; i++)
    if (labels[i] > sure && unsure[labels[i] - sure - 1] === 1) labels[i] = 0;
}
