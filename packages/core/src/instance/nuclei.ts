/**
 * The 2016 paper's nuclei: bright, well separated blobs of the interior map, kept where they have a nucleus's shape.
 * In: maps `[edge, interior, background]`. Out: labels `[y, x]`.
 *
 * @module
 */
import { components } from "../components.js";
import type { Labels, Tensor } from "../image.js";
import { fillHoles, keepLabels, relabel } from "../labels.js";
import { type Region, regionsOf } from "../regions.js";
import { above, interiorOf } from "./maps.js";

/** Parameters of {@link decodeNuclei}, with the paper's values as defaults. */
export interface NucleiDecoder {
  readonly kind: "nuclei";
  /** A nucleus is where the interior map is above this. Default 0.75. */
  readonly threshold: number;
  /** Smallest area in pixels. Default 100. */
  readonly minArea: number;
  /** Longest shape: 0 is a circle, 1 a line. Default 0.95. */
  readonly maxEccentricity: number;
  /** Most dented shape: share of its convex hull that a nucleus fills. Default 0.75. */
  readonly minSolidity: number;
}

/**
 * Threshold, 8-connected components, and a test of size and shape (made with the holes filled; the labels keep them).
 * Source: Van Valen et al. 2016, PLoS Comput Biol 12:e1005177, the published program's `segment_nuclei`.
 */
export function decodeNuclei(maps: Tensor, decoder: NucleiDecoder): Labels {
  const { threshold, minArea, maxEccentricity, minSolidity } = decoder;
  const found = components(above(interiorOf(maps), threshold), { connectivity: 8 });
  const kept = new Set(
    regionsOf(fillHoles(found))
      .filter((region: Region) => region.area >= minArea)
      .filter((region) => region.eccentricity <= maxEccentricity)
      .filter((region) => region.solidity >= minSolidity)
      .map((region) => region.label),
  );
  return relabel(keepLabels(found, (label) => kept.has(label)));
}
