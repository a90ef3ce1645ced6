/**
 * Tidying the truth: every simulated cell is one piece, and numbers have no gaps.
 *
 * @module
 */
import { components } from "../components.js";
import type { Labels } from "../image.js";
import { indexLabels } from "../labels.js";

/** Keeps the largest 4-connected piece of each label and numbers what is left 1, 2, 3, … in the labels' order. */
export function keepLargestPieces(labels: Labels): Labels {
  const kept = largestPieces(labels);
  return { ...kept, data: indexLabels(kept).index };
}

/** Keeps the largest 4-connected piece of each label, under its number. */
export function largestPieces(labels: Labels): Labels {
  const pieces = components(labels).data;
  const count = pieces.reduce((most, piece) => Math.max(most, piece), 0);
  const areas = new Uint32Array(count + 1);
  const owner = new Uint32Array(count + 1);
  for (let i = 0; i < pieces.length; i++) {
    areas[pieces[i]]++;
    owner[pieces[i]] = labels.data[i];
  }
  const largest = new Map<number, number>();
  for (let piece = 1; piece <= count; piece++) {
    const best = largest.get(owner[piece]);
    if (best === undefined || areas[piece] > areas[best]) largest.set(owner[piece], piece);
  }
  const numbers = new Uint32Array(count + 1);
  for (const [label, piece] of largest) numbers[piece] = label;
  for (let i = 0; i < pieces.length; i++) pieces[i] = numbers[pieces[i]];
  return { ...labels, data: pieces };
}
