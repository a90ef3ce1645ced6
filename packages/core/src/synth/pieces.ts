/**
 * Tidying the truth: every simulated cell is one piece, and numbers have no gaps.
 *
 * @module
 */
import { components } from "../components.js";
import type { Labels } from "../image.js";

/** Keeps the largest 4-connected piece of each label and numbers what is left 1, 2, 3, … in the labels' order. */
export function keepLargestPieces(labels: Labels): Labels {
  const pieces = components(labels).data;
  const areas: number[] = [0];
  const owner: number[] = [0];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    areas[piece] = (areas[piece] ?? 0) + 1;
    owner[piece] = labels.data[i];
  }
  const largest = new Map<number, number>();
  for (let piece = 1; piece < areas.length; piece++) {
    const best = largest.get(owner[piece]);
    if (best === undefined || areas[piece] > areas[best]) largest.set(owner[piece], piece);
  }
  const numbers = new Uint32Array(areas.length);
  const kept = [...largest].sort(([a], [b]) => a - b);
  for (const [n, [, piece]] of kept.entries()) numbers[piece] = n + 1;
  return { ...labels, data: pieces.map((piece) => numbers[piece]) };
}
