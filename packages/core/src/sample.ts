/**
 * What a training step is fed: random crops of labelled images. A batch depends on the seed and its own number alone, so
 * training that was stopped goes on as if it had not been.
 *
 * @module
 */
import {
  type Augmentation,
  drawPlacement,
  jitter,
  type Placement,
  samplePlane,
} from "./augment.js";
import { ShapeError } from "./errors.js";
import type { Batch } from "./gradient/trainer.js";
import type { Image, Labels, Tensor } from "./image.js";
import { floats } from "./network.js";
import { seeded } from "./random.js";
import { findContacts, makeTarget, type TargetKind } from "./target.js";

/** A normalised image `"cyx"` and its cells. */
export interface Sample {
  readonly name: string;
  readonly tensor: Tensor;
  readonly labels: Labels;
}

/** A sample made ready to be cut into crops. */
export interface Lesson {
  readonly tensor: Tensor;
  readonly target: Image<Uint8Array>;
  /** 255 where cells touch. */
  readonly contacts: Image<Uint8Array>;
}

/** How batches are drawn. */
export interface SamplingOptions {
  /** Crops in a batch. */
  readonly batch: number;
  /** Height and width of a crop in pixels. */
  readonly crop: number;
  readonly seed: number;
  readonly augmentation: Augmentation;
  /** How much more than others a pixel counts where cells touch: 0 for as much as any, the default. */
  readonly contactWeight?: number;
}

/** A sample with its target maps. Throws {@link ShapeError} where image and labels differ in size. */
export function makeLesson(sample: Sample, kind: TargetKind): Lesson {
  const size = sample.tensor.shape.slice(1);
  if (size.join() !== sample.labels.shape.join())
    throw new ShapeError(
      `labels of ${sample.name}`,
      `${size.join(" x ")} like the image`,
      sample.labels.shape.join(" x "),
    );
  return {
    tensor: sample.tensor,
    target: makeTarget(sample.labels, kind),
    contacts: findContacts(sample.labels),
  };
}

/** Crops drawn until one shows a cell; images without any are taken as they are. */
const TRIES = 3;

/**
 * Batch number `index`: each image is as likely as any other whatever its size, each place of it alike, but a crop
 * without a cell is drawn anew up to twice.
 */
export function drawBatch(
  lessons: readonly Lesson[],
  index: number,
  options: SamplingOptions,
): Batch {
  const { batch, crop } = options;
  if (lessons.length === 0) throw new ShapeError("training images", "at least one", "none");
  const channels = lessons[0].tensor.shape[0];
  const maps = lessons[0].target.shape[0];
  const pixels = crop * crop;
  const image = new Float32Array(batch * channels * pixels);
  const target = new Float32Array(batch * maps * pixels);
  const weight = new Float32Array(batch * pixels);
  for (let i = 0; i < batch; i++) {
    const random = seeded(options.seed, index, i);
    for (let attempt = 1; ; attempt++) {
      const { tensor, target: goal, contacts } = lessons[Math.floor(random() * lessons.length)];
      const [, height, width] = tensor.shape;
      const placement = drawPlacement(height, width, crop, options.augmentation, random);
      sampleChannels(tensor, placement, crop, image, i * channels * pixels);
      sampleChannels(goal, placement, crop, target, i * maps * pixels);
      sampleChannels(contacts, placement, crop, weight, i * pixels);
      if (attempt === TRIES || hasCell(target, i * maps * pixels, pixels)) break;
    }
    for (let c = 0; c < channels; c++)
      jitter(image, (i * channels + c) * pixels, pixels, options.augmentation, random);
  }
  const extra = (options.contactWeight ?? 0) / 255;
  return {
    image: floats(image, [batch, channels, crop, crop]),
    target: floats(
      target.map((value) => value / 255),
      [batch, maps, crop, crop],
    ),
    weight: floats(
      weight.map((value) => 1 + extra * value),
      [batch, 1, crop, crop],
    ),
  };
}

/** All channels of an image at one placement, one after the other into `out` from `at` on. */
function sampleChannels(
  image: Image<Float32Array> | Image<Uint8Array>,
  placement: Placement,
  size: number,
  out: Float32Array,
  at: number,
): void {
  const [height, width] = image.shape.slice(-2);
  const plane = height * width;
  for (let c = 0; c * plane < image.data.length; c++) {
    const pixels = image.data.subarray(c * plane, (c + 1) * plane);
    samplePlane(pixels, height, width, placement, size, out, at + c * size * size);
  }
}

/** Whether the crop's first map is more than 0 on 1 % of its pixels. */
function hasCell(target: Float32Array, at: number, pixels: number): boolean {
  let count = 0;
  for (let i = at; i < at + pixels; i++) if (target[i] > 0) count++;
  return count > pixels / 100;
}
