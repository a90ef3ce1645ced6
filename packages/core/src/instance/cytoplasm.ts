/**
 * The 2016 paper's whole cells: a contour starts at each nucleus and creeps outwards to where the interior map ends.
 * In: maps `[edge, interior…, background]` of the cytoplasm, and the nuclei. Out: labels `[y, x]`.
 *
 * @module
 */
import { components } from "../components.js";
import { ShapeError } from "../errors.js";
import { flood } from "../flood.js";
import type { Labels, Mask, Tensor } from "../image.js";
import { fillHoles } from "../labels.js";
import { checkSameSize } from "../plane.js";
import type { Watch } from "../source.js";
import { creep } from "./contour.js";
import { interiorOf } from "./maps.js";

/** Parameters of {@link decodeCytoplasm}, with the paper's values as defaults. */
export interface CytoplasmDecoder {
  readonly kind: "cytoplasm";
  /** Steps of the contour, about a pixel each. Default 120. */
  readonly iterations: number;
  /** Rounds of smoothing in each step. Default 1. */
  readonly smoothing: number;
}

/**
 * Grows nuclei to whole cells. Nuclei given as labels keep their numbers, so that a cell and its nucleus have the same
 * one; of a mask, each 8-connected piece is a nucleus, numbered by its first pixel. Cells never touch: halfway between
 * two of them a wall is kept free. Throws {@link ShapeError} without nuclei (give an empty mask to say there are none).
 *
 * Source: Van Valen et al. 2016, PLoS Comput Biol 12:e1005177, the published program's `segment_cytoplasm`: the
 * morphological Chan-Vese contour of Márquez-Neila, Baumela & Álvarez 2014 (IEEE TPAMI 36:2) between Voronoi walls.
 */
export function decodeCytoplasm(
  maps: Tensor,
  decoder: CytoplasmDecoder,
  options: { readonly seeds?: Labels | Mask } & Watch = {},
): Labels {
  const interior = interiorOf(maps);
  if (!options.seeds) throw new ShapeError("seeds", "the nuclei, as labels or mask", "none");
  checkSameSize(options.seeds, "seeds", interior, "maps");
  const nuclei = numbered(options.seeds);
  const [height, width] = interior.shape;
  const inside = creep(interior.data, nuclei.data, height, width, decoder, options);
  // All of the mask lies at one level, so each pixel goes to the nucleus that is fewest steps away.
  const ranks = Uint32Array.from(inside);
  const data = flood(ranks, 1, nuclei.data, width);
  return fillHoles({ ...interior, data });
}

function numbered(seeds: Labels | Mask): Labels {
  if (seeds.data instanceof Uint32Array) return seeds as Labels;
  return components(seeds, { connectivity: 8 });
}
