/**
 * True labels of a movie, made as wrong as a segmentation is: cells missed, merged and split for one frame. To see what
 * a tracker does with them. In: frames of labels. Out: frames of labels, and what was done to them.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Labels } from "../image.js";
import { indexLabels } from "../labels.js";
import { type Random, seeded } from "../random.js";

/** How much to spoil: shares of all cells, each 0 to 1 and 0 by default. */
export interface SpoilOptions {
  /** Cells that are not there for one frame. */
  readonly missed?: number;
  /** Cells that are one with a cell that they touch, for one frame. */
  readonly merged?: number;
  /** Cells that are cut across their middle for one frame. */
  readonly split?: number;
  /** A whole number that chance is made of; default 0. */
  readonly seed?: number;
}

/** One thing that was done. */
export interface Spoiled {
  readonly frame: number;
  readonly error: "missed" | "merged" | "split";
  /** The cell it was done to. */
  readonly label: number;
  /** Of merged cells, the other one, whose number both have; of split ones, the number of the new half; else 0. */
  readonly other: number;
}

/**
 * Spoils single frames: a cell to which something is done is right in the frame before and in the one after, as is the
 * one it is merged with. The first and the last frame stay as they are. Numbers stay too: shuffle them where they must
 * tell nothing.
 */
export function spoil(
  frames: readonly Labels[],
  options: SpoilOptions = {},
): { frames: Labels[]; errors: Spoiled[] } {
  const { missed = 0, merged = 0, split = 0, seed = 0 } = options;
  for (const [what, share] of Object.entries({ missed, merged, split }))
    if (!(share >= 0 && share <= 1)) throw new ShapeError(what, "from 0 to 1", `${share}`);
  const shares = { missed, merged, split };
  const present = frames.map((frame) => new Set(indexLabels(frame).numbers));
  // Halves get numbers that no cell has.
  let top = 0;
  for (const labels of present) for (const label of labels) top = Math.max(top, label);
  const errors: Spoiled[] = [];
  const out = [...frames];
  let last: ReadonlySet<number> = new Set();
  for (let frame = 1; frame + 1 < frames.length; frame++) {
    const [before, after] = [present[frame - 1], present[frame + 1]];
    const free = (label: number): boolean =>
      !last.has(label) && before.has(label) && after.has(label);
    const done = spoilFrame(frames[frame], shares, free, top, seeded(seed, 41, frame));
    errors.push(...done.errors.map((error) => ({ frame, ...error })));
    top = done.top;
    last = done.busy;
    out[frame] = done.labels;
  }
  return { frames: out, errors };
}

/** Spoils one frame's cells among those that are `free`; answers which cells have had something done to them. */
function spoilFrame(
  labels: Labels,
  shares: Required<Omit<SpoilOptions, "seed">>,
  free: (label: number) => boolean,
  largest: number,
  random: Random,
): { labels: Labels; errors: Omit<Spoiled, "frame">[]; busy: Set<number>; top: number } {
  const data = labels.data.slice();
  const width = labels.shape[1];
  const errors: Omit<Spoiled, "frame">[] = [];
  const busy = new Set<number>();
  const idle = (label: number): boolean => !busy.has(label) && free(label);
  let top = largest;
  for (const [label, pixels] of pixelsOf(labels.data)) {
    const error = chosen(random, shares);
    if (error === undefined || !idle(label)) continue;
    let other = 0;
    let part = pixels;
    if (error === "merged") {
      other = touching(labels.data, pixels, width).find(idle) ?? 0;
      if (other === 0) continue;
      busy.add(other);
    } else if (error === "split") {
      part = halfOf(pixels, width);
      if (part.length === 0) continue;
      other = ++top;
    }
    for (const i of part) data[i] = other;
    busy.add(label);
    errors.push({ error, label, other });
  }
  return { labels: { ...labels, data }, errors, busy, top };
}

function chosen(
  random: Random,
  { missed, merged, split }: Required<Omit<SpoilOptions, "seed">>,
): Spoiled["error"] | undefined {
  const at = random();
  if (at < missed) return "missed";
  if (at < missed + merged) return "merged";
  return at < missed + merged + split ? "split" : undefined;
}

function pixelsOf(data: Uint32Array): Map<number, number[]> {
  const cells = new Map<number, number[]>();
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const cell = cells.get(data[i]);
    if (cell) cell.push(i);
    else cells.set(data[i], [i]);
  }
  return cells;
}

/** The pixels of a cell beyond its middle, along its longest axis. */
function halfOf(pixels: readonly number[], width: number): number[] {
  let [y, x] = [0, 0];
  for (const i of pixels) {
    y += Math.floor(i / width) / pixels.length;
    x += (i % width) / pixels.length;
  }
  let [yy, yx, xx] = [0, 0, 0];
  for (const i of pixels) {
    const [dy, dx] = [Math.floor(i / width) - y, (i % width) - x];
    yy += dy * dy;
    yx += dy * dx;
    xx += dx * dx;
  }
  const angle = 0.5 * Math.atan2(2 * yx, xx - yy);
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  return pixels.filter((i) => (Math.floor(i / width) - y) * sin + ((i % width) - x) * cos > 0);
}

/** The cells that have a side in common with these pixels; those with most sides first. */
function touching(data: Uint32Array, pixels: readonly number[], width: number): number[] {
  const own = data[pixels[0]];
  const sides = new Map<number, number>();
  for (const i of pixels) {
    const x = i % width;
    for (const j of [i - width, x > 0 ? i - 1 : -1, x + 1 < width ? i + 1 : -1, i + width]) {
      const label = data[j] ?? 0;
      if (label !== 0 && label !== own) sides.set(label, (sides.get(label) ?? 0) + 1);
    }
  }
  return [...sides].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([label]) => label);
}
