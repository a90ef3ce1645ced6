/**
 * What a training step is fed: random crops of lessons. A batch depends on the seed and its own number alone, so
 * training that was stopped goes on as if it had not been.
 *
 * @module
 */
import { type Augmentation, drawPlacement, jitter, placesOf, samplePlane } from "./augment.js";
import { ShapeError } from "./errors.js";
import type { Batch } from "./gradient/trainer.js";
import type { Image } from "./image.js";
import { floats } from "./network.js";
import { type Random, seeded } from "./random.js";
import type { Lesson } from "./sample.js";

/** How batches are drawn. */
export interface SamplingOptions {
  /** Crops in a batch. */
  readonly batch: number;
  /** Height and width in pixels of the maps of a crop. */
  readonly crop: number;
  /** Pixels on each side that the network sees beyond its maps (`fieldOf(…).crop`); default 0. */
  readonly margin?: number;
  readonly seed: number;
  readonly augmentation: Augmentation;
  /** How much more than others a pixel counts where cells touch: 0 for as much as any, the default. */
  readonly contactWeight?: number;
  /** `classes`: each map's pixels (where it is 1) together count as much as any other's, as in the 2016 paper. */
  readonly balance?: "none" | "classes";
  /** Images are drawn in proportion to their number of cells to this power; default 0: all alike. */
  readonly crowding?: number;
  /**
   * The share of crops of which one side, along a straight cut, comes from another image, with a brightness and focus of
   * its own, so that what an image as a whole looks like says nothing of its cells (as CutMix, Yun et al. 2019). Default 0.
   */
  readonly mix?: number;
}

/** Crops drawn until one shows a cell; images without any are taken as they are. */
const TRIES = 3;

/**
 * Batch number `index`: images are drawn alike whatever their size (or by `crowding`), and where they are of several types
 * each type alike; each place of an image alike, but a crop without a cell is drawn anew up to twice.
 */
export function drawBatch(
  lessons: readonly Lesson[],
  index: number,
  options: SamplingOptions,
): Batch {
  const { batch, crop, augmentation, margin = 0, mix = 0 } = options;
  if (lessons.length === 0) throw new ShapeError("training images", "at least one", "none");
  const channels = lessons[0].tensor.shape[0];
  const maps = lessons[0].target.shape[0];
  const size = crop + 2 * margin;
  const seen = size * size;
  const image = new Float32Array(batch * channels * seen);
  const target = new Float32Array(batch * maps * crop * crop);
  const weight = new Float32Array(batch * crop * crop);
  const choose = chooser(lessons, options.crowding ?? 0);
  for (let i = 0; i < batch; i++) {
    const random = seeded(options.seed, index, i);
    const part = {
      image: image.subarray(i * channels * seen, (i + 1) * channels * seen),
      target: target.subarray(i * maps * crop * crop, (i + 1) * maps * crop * crop),
      weight: weight.subarray(i * crop * crop, (i + 1) * crop * crop),
    };
    const draw = (into: Crop) => drawCrop(lessons[choose(random)], into, options, random);
    const disturb = (into: Crop) => {
      for (let c = 0; c < channels; c++) jitter(into.image, c * seen, size, augmentation, random);
    };
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      draw(part);
      if (hasCell(part.target, crop * crop)) break;
    }
    disturb(part);
    if (mix > 0 && random() < mix) {
      const other = {
        image: part.image.slice(),
        target: part.target.slice(),
        weight: part.weight.slice(),
      };
      draw(other);
      disturb(other);
      join(part, other, size, margin, random);
    }
  }
  const share = target.map((value) => value / 255);
  const extra = (options.contactWeight ?? 0) / 255;
  const weights = weight.map((value) => 1 + extra * value);
  if (options.balance === "classes") balanceClasses(weights, share, batch, maps, crop * crop);
  return {
    image: floats(image, [batch, channels, size, size]),
    target: floats(share, [batch, maps, crop, crop]),
    weight: floats(weights, [batch, 1, crop, crop]),
  };
}

/** One crop of a batch: image planes, target planes, and where cells touch. */
interface Crop {
  readonly image: Float32Array;
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

function drawCrop(lesson: Lesson, into: Crop, options: SamplingOptions, random: Random): void {
  const { crop, margin = 0, augmentation } = options;
  const size = crop + 2 * margin;
  const [, height, width] = lesson.tensor.shape;
  const places = placesOf(drawPlacement(height, width, size, augmentation, random), size);
  const inner = innerPlaces(places, size, margin);
  sampleChannels(lesson.tensor, places, into.image);
  sampleChannels(lesson.target, inner, into.target);
  sampleChannels(lesson.contacts, inner, into.weight);
}

/** Puts the far side of a random straight cut of `other` into `part`, in place. */
function join(part: Crop, other: Crop, size: number, margin: number, random: Random): void {
  const angle = 2 * Math.PI * random();
  const shift = (random() - 0.5) * size * 0.5;
  const [down, along] = [Math.sin(angle), Math.cos(angle)];
  const middle = (size - 1) / 2;
  const crop = size - 2 * margin;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      if (down * (y - middle) + along * (x - middle) < shift) continue;
      for (let at = y * size + x; at < part.image.length; at += size * size)
        part.image[at] = other.image[at];
      const [r, c] = [y - margin, x - margin];
      if (r < 0 || c < 0 || r >= crop || c >= crop) continue;
      part.weight[r * crop + c] = other.weight[r * crop + c];
      for (let at = r * crop + c; at < part.target.length; at += crop * crop)
        part.target[at] = other.target[at];
    }
}

/** Draws the number of a lesson. */
function chooser(lessons: readonly Lesson[], crowding: number): (random: Random) => number {
  const types = lessons.map(({ type }) => type ?? 0);
  if (crowding === 0 && types.every((type) => type === types[0]))
    return (random) => Math.floor(random() * lessons.length);
  const shares = lessons.map(({ cells }) => Math.max(1, cells) ** crowding);
  const byType: number[] = [];
  for (const [i, type] of types.entries()) byType[type] = (byType[type] ?? 0) + shares[i];
  const ends = new Float64Array(lessons.length);
  let sum = 0;
  for (const [i, share] of shares.entries()) {
    sum += share / byType[types[i]];
    ends[i] = sum;
  }
  return (random) => {
    const place = random() * sum;
    const found = ends.findIndex((end) => place < end);
    return found < 0 ? lessons.length - 1 : found;
  };
}

/** The places of a crop without the frame of `margin` pixels. */
function innerPlaces(places: Float32Array, size: number, margin: number): Float32Array {
  if (margin === 0) return places;
  const crop = size - 2 * margin;
  const inner = new Float32Array(2 * crop * crop);
  for (let axis = 0; axis < 2; axis++)
    for (let r = 0; r < crop; r++) {
      const from = axis * size * size + (r + margin) * size + margin;
      inner.set(places.subarray(from, from + crop), axis * crop * crop + r * crop);
    }
  return inner;
}

/** All channels of an image at the places of a crop, one after the other into `out`. */
function sampleChannels(
  image: Image<Float32Array> | Image<Uint8Array>,
  places: Float32Array,
  out: Float32Array,
): void {
  const [height, width] = image.shape.slice(-2);
  const plane = height * width;
  for (let c = 0; c * plane < image.data.length; c++) {
    const pixels = image.data.subarray(c * plane, (c + 1) * plane);
    samplePlane(pixels, height, width, places, out, (c * places.length) / 2);
  }
}

/** Scales the weights so that over the batch each map's pixels weigh 1 / maps; maps that are 0 all over have no say. */
function balanceClasses(
  weights: Float32Array,
  target: Float32Array,
  batch: number,
  maps: number,
  pixels: number,
): void {
  const sums = new Float64Array(maps);
  const each = (visit: (pixel: number, map: number, share: number) => void) => {
    for (let i = 0; i < batch; i++)
      for (let k = 0; k < maps; k++)
        for (let p = 0; p < pixels; p++)
          visit(i * pixels + p, k, target[(i * maps + k) * pixels + p]);
  };
  each((pixel, map, share) => {
    sums[map] += share * weights[pixel];
  });
  const scale = new Float32Array(weights.length);
  each((pixel, map, share) => {
    if (share > 0) scale[pixel] += share / sums[map];
  });
  for (let i = 0; i < weights.length; i++) weights[i] *= scale[i];
}

/** Whether the crop's first map is more than 0 on 1 % of its pixels. */
function hasCell(target: Float32Array, pixels: number): boolean {
  let count = 0;
  for (let i = 0; i < pixels; i++) if (target[i] > 0) count++;
  return count > pixels / 100;
}
