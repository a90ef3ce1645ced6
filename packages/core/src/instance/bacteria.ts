/**
 * The 2016 paper's bacteria: each connected piece of the interior map that is large and long enough.
 * In: maps `[edge, interior, background]`. Out: labels `[y, x]`.
 *
 * @module
 */
import { components } from "../components.js";
import type { Labels, Mask, Tensor } from "../image.js";
import { clearBorder, keepLabels, relabel } from "../labels.js";
import { regionsOf } from "../regions.js";
import { above, interiorOf } from "./maps.js";

/** Parameters of {@link decodeBacteria}, with the paper's values as defaults. */
export interface BacteriaDecoder {
  readonly kind: "bacteria";
  /** A bacterium is where the interior map is above this. Default 0.6. */
  readonly threshold: number;
  /** Smallest area in pixels. Default 25. */
  readonly minArea: number;
  /** Roundest shape: 0 keeps circles, 1 is a line. Default 0.1. */
  readonly minEccentricity: number;
  /** Pixels to leave out along each side; the paper leaves out the 15 its network cannot judge. Default 0. */
  readonly border: number;
  /** Leave out cells cut by the border of what is left, as for the paper's growth curves. Default false. */
  readonly clearBorder: boolean;
}

/**
 * Threshold, 8-connected components, and a test of size and shape.
 * Source: Van Valen et al. 2016, PLoS Comput Biol 12:e1005177, the published program's `create_masks`.
 */
export function decodeBacteria(maps: Tensor, decoder: BacteriaDecoder): Labels {
  const mask = above(interiorOf(maps), decoder.threshold);
  const { border } = decoder;
  const inner = crop(mask, border);
  if (!inner) return { ...mask, data: new Uint32Array(mask.data.length) };
  const found = components(inner, { connectivity: 8 });
  const kept = new Set(
    regionsOf(decoder.clearBorder ? clearBorder(found) : found)
      .filter((region) => region.area >= decoder.minArea)
      .filter((region) => region.eccentricity >= decoder.minEccentricity)
      .map((region) => region.label),
  );
  const cells = relabel(keepLabels(found, (label) => kept.has(label)));
  return border === 0 ? cells : uncrop(cells, mask, border);
}

/** The mask without a frame; undefined where nothing is left. */
function crop(mask: Mask, border: number): Mask | undefined {
  const [height, width] = mask.shape.map((length) => length - 2 * border);
  if (height < 1 || width < 1) return undefined;
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const start = (y + border) * mask.shape[1] + border;
    data.set(mask.data.subarray(start, start + width), y * width);
  }
  return { ...mask, data, shape: [height, width] };
}

/** Puts the frame back, as background. */
function uncrop(labels: Labels, like: Mask, border: number): Labels {
  const data = new Uint32Array(like.data.length);
  const [height, width] = labels.shape;
  for (let y = 0; y < height; y++)
    data.set(
      labels.data.subarray(y * width, (y + 1) * width),
      (y + border) * like.shape[1] + border,
    );
  return { ...like, data };
}
