/**
 * Where touching cells part: watershed of the distance to the edge, cut where the shape has a waist.
 * In: a mask `[y, x]`. Out: labels `[y, x]`.
 *
 * @module
 */
import { distanceTransform } from "../distance.js";
import { flood } from "../flood.js";
import { gaussian } from "../gaussian.js";
import type { Image, Labels, Mask } from "../image.js";
import { pixelsInOrder, ranksOf } from "../order.js";
import { prominentPeaks } from "../peaks.js";

/** How {@link splitMask} splits. */
export interface Splitting {
  /** Standard deviation in pixels of the blur of the distances, so that a ragged edge makes no summits. */
  readonly smoothing: number;
  /**
   * How much narrower than the thinner of two parts their waist must be for two cells: 0.05 cuts at the slightest dent,
   * 0.5 only where the waist is half as wide. A share, so that it holds for small cells and large ones alike.
   */
  readonly waist: number;
}

/**
 * Each connected piece of the mask, cut at its waists. Summits of the distance map are compared by their logarithm: they
 * stand out by a share of their height, not by pixels.
 *
 * Beucher & Lantuéjoul 1979, "Use of watersheds in contour detection"; the choice of summits is that of `peaks`.
 */
export function splitMask(mask: Mask, { smoothing, waist }: Splitting): Labels {
  const width = mask.shape[1];
  const height = gaussian(finite(distanceTransform(mask)), smoothing).data;
  for (let i = 0; i < height.length; i++) height[i] = Math.log(Math.max(height[i], 1e-3));
  const depth = height.map((value) => -value);
  const order = pixelsInOrder(depth, mask.data);
  const { ranks, top } = ranksOf(depth, order);
  const seeds = new Uint32Array(mask.data.length);
  for (const [n, peak] of prominentPeaks(height, order, width, -Math.log(1 - waist)).entries())
    seeds[peak.pixel] = n + 1;
  return { ...mask, data: flood(ranks, top, seeds, width) };
}

/** Where the whole image is in the mask no edge is known: any distance will do. */
function finite(distance: Image<Float32Array>): Image<Float32Array> {
  const data = distance.data.map((value) => (Number.isFinite(value) ? value : 1));
  return { ...distance, data };
}

/** Cells grown into the background, at most so many pixels; where two meet, each keeps what is nearer to it. */
export function growLabels(labels: Labels, pixels: number): Labels {
  const outside = new Uint8Array(labels.data.length);
  for (let i = 0; i < outside.length; i++) outside[i] = labels.data[i] === 0 ? 1 : 0;
  const distance = distanceTransform({ ...labels, data: outside }).data;
  const reach = new Uint8Array(outside.length);
  for (let i = 0; i < reach.length; i++) reach[i] = distance[i] <= pixels ? 1 : 0;
  const { ranks, top } = ranksOf(distance, pixelsInOrder(distance, reach));
  return { ...labels, data: flood(ranks, top, labels.data, labels.shape[1]) };
}
