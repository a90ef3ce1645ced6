/**
 * What to draw of an image while its tiles come in: each part of the view once, from the best tile that is there.
 *
 * @module
 */
import { type DrawLevel, type TileAt, tileEdges, tilesIn } from "./levels.js";
import { type Edges, overlap } from "./sight.js";

/** A part of the view, and the tile that it is drawn from. */
export interface Patch {
  readonly tile: TileAt;
  /** In pixels of level 0, within the tile. */
  readonly edges: Edges;
}

/** Patches that touch but do not overlap. */
export interface Cover {
  readonly patches: readonly Patch[];
  /** Tiles of the wanted level that are not there, the nearest to the middle first. */
  readonly missing: readonly TileAt[];
}

/** How many levels finer than the wanted one may stand in for it. */
const FINER = 3;

/**
 * Covers a rectangle, in pixels of level 0, by tiles of a level. Where one is not there, coarser ones stand in for it,
 * where none of these is, finer ones, and where there is nothing at all, nothing.
 */
export function coverOf(
  levels: readonly DrawLevel[],
  wanted: number,
  edges: Edges,
  isThere: (tile: TileAt) => boolean,
): Cover {
  const patches: Patch[] = [];
  const missing: TileAt[] = [];
  const finest = Math.max(wanted - FINER, 0);

  function fill(part: Edges, level: number): void {
    for (const tile of tilesIn(levels, level, part)) {
      const own = overlap(tileEdges(levels, tile), part);
      if (!own) continue;
      if (isThere(tile)) {
        patches.push({ tile, edges: own });
        continue;
      }
      if (level === wanted) missing.push(tile);
      const next = nextLevel(level);
      if (next !== undefined) fill(own, next);
    }
  }

  /** Coarser and coarser, then from the wanted one to finer ones. */
  function nextLevel(level: number): number | undefined {
    if (level >= wanted && level + 1 < levels.length) return level + 1;
    const finer = level >= wanted ? wanted - 1 : level - 1;
    return finer >= finest ? finer : undefined;
  }

  fill(edges, wanted);
  return { patches, missing };
}
