/**
 * The Jaccard and Dice indices exactly as the 2016 DeepCell paper counted them, for comparison with its numbers.
 * In: a found mask, a drawn annotation and the found nuclei. Out: the indices of each scored cell, and their means.
 *
 * This score is kind: missed and made-up cells cost nothing, two true cells may be scored by one found cell, and the
 * annotation is shrunk by a pixel. Read it next to `countMatches`.
 *
 * @module
 */
import { type Connectivity, components } from "../components.js";
import { ShapeError } from "../errors.js";
import { neighboursInto } from "../flood.js";
import type { Image, Labels, Mask, Pixels } from "../image.js";
import { checkPlane, checkSameSize } from "../plane.js";
import { overlapOf } from "./overlap.js";

/** How {@link scorePaper} looks at the images. */
export interface PaperScoreOptions {
  /** Found nuclei, 0 outside: only true cells that one of them touches are scored. Default: all are. */
  readonly nuclei?: Image;
  /** Pixels left out along each border, where the paper's networks see nothing: 30 (15 for bacteria). Default 0. */
  readonly crop?: number;
}

/** A cell's indices, 0 (exclusive) to 1. */
export interface PaperCell {
  /** Shared pixels by pixels of either. */
  readonly jaccard: number;
  /** Twice the shared pixels by the pixels of one plus those of the other. */
  readonly dice: number;
}

/** What the paper reports of an image. Means and deviations are NaN where no cell was scored. */
export interface PaperScore {
  /** The scored cells, in reading order of the annotation. */
  readonly cells: readonly PaperCell[];
  readonly jaccard: number;
  /** Standard deviation over cells (of the population). */
  readonly jaccardDeviation: number;
  readonly dice: number;
  readonly diceDeviation: number;
}

/**
 * Scores what was found against an annotation. Pixels above 0 of `found` are cells, pixels above 0 of `truth` are the
 * insides of the drawn cells; pieces are 8-connected. The paper's cells never touch; where those of an image do (two labels
 * side by side), they are parted first: the larger label gives up its pixels beside the other. The insides are eroded by a cross of 3 x 3 pixels first; each is
 * compared with the found piece that shares most pixels with it; those that share none with any are left out.
 *
 * Van Valen et al. 2016, doi:10.1371/journal.pcbi.1005177.
 * Throws {@link ShapeError} unless all images are `"yx"` of one size with pixels left after the crop.
 */
export function scorePaper(
  found: Image,
  truth: Image,
  options: PaperScoreOptions = {},
): PaperScore {
  const { nuclei, crop = 0 } = options;
  const size = truth.shape.join(" x ");
  checkPlane(truth, "truth");
  checkSameSize(found, "found", truth, "truth");
  if (nuclei) checkSameSize(nuclei, "nuclei", truth, "truth");
  if (!Number.isSafeInteger(crop) || crop < 0 || 2 * crop >= Math.min(...truth.shape))
    throw new ShapeError("crop", `a whole number from 0 that leaves pixels of ${size}`, `${crop}`);
  const insides = components(erode(maskOf(parted(truth), crop)), { connectivity: 8 });
  const pieces = components(maskOf(parted(found), crop), { connectivity: 8 });
  const scored = nuclei === undefined ? undefined : touched(insides, maskOf(nuclei, crop));
  return summary(compare(insides, pieces, scored));
}

/** The image without the pixels of a label that touch a smaller one, corners included; as it is where no two share a side. */
function parted(image: Image): Image {
  const { data, shape } = image;
  const width = shape[1];
  const around = new Int32Array(8);
  const touches = (i: number, connectivity: Connectivity) => {
    const count = neighboursInto(around, i, width, data.length, connectivity);
    for (let n = 0; n < count; n++) {
      const other = data[around[n]];
      if (other > 0 && other < data[i]) return true;
    }
    return false;
  };
  let touching = false;
  for (let i = 0; i < data.length && !touching; i++) touching = data[i] > 1 && touches(i, 4);
  if (!touching) return image;
  return {
    ...image,
    data: data.map((label, i) => (label > 1 && touches(i, 8) ? 0 : label)) as Pixels,
  };
}

/** Each inside (of `scored`, where given) against the piece it shares most with; the first of several such. */
function compare(insides: Labels, pieces: Labels, scored?: ReadonlySet<number>): PaperCell[] {
  const { truth, found, pairs } = overlapOf(insides, pieces);
  const best = new Map<number, { piece: number; area: number }>();
  for (const pair of pairs)
    if (pair.area > (best.get(pair.truth)?.area ?? 0))
      best.set(pair.truth, { piece: pair.found, area: pair.area });
  const cells: PaperCell[] = [];
  for (const [inside, { piece, area }] of best) {
    if (scored && !scored.has(truth.labels[inside])) continue;
    const both = truth.areas[inside] + found.areas[piece];
    cells.push({ jaccard: area / (both - area), dice: (2 * area) / both });
  }
  return cells;
}

function summary(cells: readonly PaperCell[]): PaperScore {
  const [jaccard, jaccardDeviation] = meanAndDeviation(cells.map((cell) => cell.jaccard));
  const [dice, diceDeviation] = meanAndDeviation(cells.map((cell) => cell.dice));
  return { cells, jaccard, jaccardDeviation, dice, diceDeviation };
}

function meanAndDeviation(list: readonly number[]): [number, number] {
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const squares = list.reduce((a, b) => a + (b - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / list.length)];
}

/** Where an image is above 0, without `crop` pixels along each border. */
function maskOf(image: Image, crop: number): Mask {
  const [height, width] = image.shape;
  const [rows, columns] = [height - 2 * crop, width - 2 * crop];
  const data = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      if (image.data[(y + crop) * width + x + crop] > 0) data[y * columns + x] = 1;
  return { data, shape: [rows, columns], axes: "yx" };
}

/** Takes away pixels beside background; beyond the border counts as more of the same. */
function erode(mask: Mask): Mask {
  const [height, width] = mask.shape;
  const { data: from } = mask;
  const data = from.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const gap =
        (y > 0 && from[i - width] === 0) ||
        (y < height - 1 && from[i + width] === 0) ||
        (x > 0 && from[i - 1] === 0) ||
        (x < width - 1 && from[i + 1] === 0);
      if (gap) data[i] = 0;
    }
  return { ...mask, data };
}

function touched(labels: Labels, mask: Mask): Set<number> {
  const touching = new Set<number>();
  for (let i = 0; i < mask.data.length; i++) if (mask.data[i] !== 0) touching.add(labels.data[i]);
  return touching;
}
