/**
 * The parts of cells that a reporter moves between: the nucleus, a ring around it, the cytoplasm.
 * In: labels `[y, x]` of nuclei, and of whole cells where there are some. Out: labels `[y, x]` of the parts, each with
 * the number of its nucleus or cell.
 *
 * @module
 */
import { nearestPixels } from "./distance.js";
import { ShapeError } from "./errors.js";
import type { Labels } from "./image.js";
import { checkPlane, checkSameSize } from "./plane.js";

/** Where the ring around a nucleus lies. */
export interface RingOptions {
  /** How wide it is, in pixels above 0. */
  readonly width: number;
  /** Pixels left free between nucleus and ring, from 0; default 1: they are partly nucleus. */
  readonly gap?: number;
}

/**
 * The ring around each nucleus: the pixels that are further than `gap` and at most `gap + width` from it, nearer to it
 * than to any other, and in no nucleus. Between close nuclei it is narrower, or not there at all.
 */
export function ringsAround(nuclei: Labels, { width, gap = 1 }: RingOptions): Labels {
  checkPlane(nuclei, "nuclei");
  if (!(width > 0)) throw new ShapeError("ring width", "a number above 0", `${width}`);
  checkGap(gap);
  const data = new Uint32Array(nuclei.data.length);
  forNearest(nuclei, (i, near, square) => {
    if (square > gap * gap && square <= (gap + width) ** 2) data[i] = nuclei.data[near];
  });
  return { ...nuclei, data };
}

/**
 * The nucleus of each cell, by the number of the cell. A nucleus belongs to the cell that most of it lies in, and what of
 * it lies elsewhere is left out; a cell may have several or none.
 */
export function nucleiOf(cells: Labels, nuclei: Labels): Labels {
  checkSameSize(nuclei, "nuclei", cells, "cells");
  const shares = new Map<number, Map<number, number>>();
  for (let i = 0; i < nuclei.data.length; i++) {
    const [nucleus, cell] = [nuclei.data[i], cells.data[i]];
    if (nucleus === 0 || cell === 0) continue;
    const share = shares.get(nucleus) ?? new Map<number, number>();
    if (share.size === 0) shares.set(nucleus, share);
    share.set(cell, (share.get(cell) ?? 0) + 1);
  }
  const owner = new Map<number, number>();
  for (const [nucleus, share] of shares) {
    let best: readonly [number, number] = [0, 0];
    for (const [cell, area] of share)
      if (area > best[1] || (area === best[1] && cell < best[0])) best = [cell, area];
    owner.set(nucleus, best[0]);
  }
  const data = cells.data.map((cell, i) => {
    const nucleus = nuclei.data[i];
    return cell !== 0 && nucleus !== 0 && owner.get(nucleus) === cell ? cell : 0;
  });
  return { ...cells, data };
}

/** What of each cell is further than `gap` pixels (default 1) from every nucleus. */
export function cytoplasmOf(cells: Labels, nuclei: Labels, gap = 1): Labels {
  checkSameSize(nuclei, "nuclei", cells, "cells");
  checkGap(gap);
  const data = cells.data.slice();
  forNearest(nuclei, (i, _, square) => {
    if (square <= gap * gap) data[i] = 0;
  });
  return { ...cells, data };
}

/** Of each pixel the nearest pixel of a nucleus, and the square of the distance; nothing where there is no nucleus. */
function forNearest(
  nuclei: Labels,
  see: (pixel: number, near: number, square: number) => void,
): void {
  const nearest = nearestPixels(nuclei).data;
  const [height, width] = nuclei.shape;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const near = nearest[i];
      if (near < 0) continue;
      const row = Math.floor(near / width);
      see(i, near, (row - y) ** 2 + (near - row * width - x) ** 2);
    }
}

function checkGap(gap: number): void {
  if (!(gap >= 0)) throw new ShapeError("gap", "a number from 0", `${gap}`);
}
