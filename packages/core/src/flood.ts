/**
 * Seeded watershed: water rises from the seeds, and each pixel goes to the seed whose water reaches it first.
 * In: an image `[y, x]` (low = flooded first), seeds as labels, a mask. Out: labels `[y, x]`.
 *
 * @module
 */
import type { Connectivity } from "./components.js";
import type { Image, Labels, Mask } from "./image.js";
import { pixelsInOrder, ranksOf } from "./order.js";
import { checkPlane, checkSameSize } from "./plane.js";

/** Where and how {@link watershed} floods. */
export interface WatershedOptions {
  /** Flood only where this is not 0; default everywhere. Seeds outside are dropped. */
  readonly mask?: Mask;
  /** Which pixels water passes between; default 4. */
  readonly connectivity?: Connectivity;
}

/**
 * Grows each seed into its valley. Water that has climbed a ridge does not fall below it again, and of waters that reach a
 * pixel at one level the earlier wins; pixels no water can reach stay 0. The same rule as `skimage.segmentation.watershed`
 * without lines or compactness (Soille & Ansoult 1990, with ties broken by age), except that seeds of equal level start
 * in reading order here.
 */
export function watershed(image: Image, seeds: Labels, options: WatershedOptions = {}): Labels {
  checkPlane(image, "image");
  checkSameSize(seeds, "seeds", image, "image");
  if (options.mask) checkSameSize(options.mask, "mask", image, "image");
  const order = pixelsInOrder(image.data, options.mask?.data);
  const { ranks, top } = ranksOf(image.data, order);
  return { ...seeds, data: flood(ranks, top, seeds.data, image.shape[1], options.connectivity) };
}

/**
 * The same on flat arrays: `ranks` are the levels 1 … top, 0 where no water may go. A queue a level, each a linked list
 * through the pixels: every pixel is queued once, so the time does not depend on what the image looks like.
 */
export function flood(
  ranks: Uint32Array,
  top: number,
  seeds: Uint32Array,
  width: number,
  connectivity: Connectivity = 4,
): Uint32Array {
  const size = ranks.length;
  const labels = new Uint32Array(size);
  // Links are index + 1, so that 0 means none.
  const next = new Uint32Array(size);
  const head = new Uint32Array(top + 1);
  const tail = new Uint32Array(top + 1);
  for (let i = 0; i < size; i++) {
    if (seeds[i] === 0 || ranks[i] === 0) continue;
    labels[i] = seeds[i];
    push(ranks[i], i, head, tail, next);
  }
  const around = new Int32Array(8);
  for (let level = 1; level <= top; level++) {
    for (let link = head[level]; link !== 0; link = next[link - 1]) {
      const i = link - 1;
      const count = neighboursInto(around, i, width, size, connectivity);
      for (let n = 0; n < count; n++) {
        const j = around[n];
        if (labels[j] !== 0 || ranks[j] === 0) continue;
        labels[j] = labels[i];
        push(ranks[j] > level ? ranks[j] : level, j, head, tail, next);
      }
    }
  }
  return labels;
}

function push(
  level: number,
  pixel: number,
  head: Uint32Array,
  tail: Uint32Array,
  next: Uint32Array,
): void {
  if (head[level] === 0) head[level] = pixel + 1;
  else next[tail[level] - 1] = pixel + 1;
  tail[level] = pixel + 1;
}

/** Writes the neighbours of a pixel into `around`, sides first, each in reading order; returns how many there are. */
export function neighboursInto(
  around: Int32Array,
  i: number,
  width: number,
  size: number,
  connectivity: Connectivity,
): number {
  const x = i % width;
  const left = x > 0;
  const right = x + 1 < width;
  const up = i >= width;
  const down = i + width < size;
  let n = 0;
  if (up) around[n++] = i - width;
  if (left) around[n++] = i - 1;
  if (right) around[n++] = i + 1;
  if (down) around[n++] = i + width;
  if (connectivity === 4) return n;
  if (up && left) around[n++] = i - width - 1;
  if (up && right) around[n++] = i - width + 1;
  if (down && left) around[n++] = i + width - 1;
  if (down && right) around[n++] = i + width + 1;
  return n;
}
