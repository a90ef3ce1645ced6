/**
 * Labelled images made ready to be learnt from: at the size at which the network shall see them, with the maps it shall
 * give. In: samples. Out: lessons.
 *
 * @module
 */
import { ShapeError } from "./errors.js";
import type { Image, Labels, Tensor } from "./image.js";
import { countLabels } from "./labels.js";
import { rescale } from "./resample.js";
import { typicalDiameter, zoomFor } from "./size.js";
import { findContacts, makeTarget, type TargetKind } from "./target.js";

/** A normalised image `"cyx"` and its cells. */
export interface Sample {
  readonly name: string;
  readonly tensor: Tensor;
  readonly labels: Labels;
  /** Which type of cell each label is of, where cells are of several: from 0, in the order of the model's types. */
  readonly types?: ReadonlyMap<number, number>;
  /** Images that show the same field share it: no split may part them. */
  readonly group?: string;
}

/** What is to be learnt from samples. */
export interface Goal {
  readonly kind: TargetKind;
  /** Number of types of cells; default 0: cells are just cells. */
  readonly types?: number;
  /** The diameter in pixels that cells are brought to, see `typicalDiameter`; absent: as they are. */
  readonly diameter?: number;
}

/** A sample made ready to be cut into crops, at the size at which the network shall see it. */
export interface Lesson {
  readonly tensor: Tensor;
  readonly target: Image<Uint8Array>;
  /** 255 where cells touch. */
  readonly contacts: Image<Uint8Array>;
  readonly cells: number;
  /** The type that most of its cells are of, where they are of several. */
  readonly type?: number;
}

/** A sample with its target maps. Throws {@link ShapeError} where image and labels differ in size. */
export function makeLesson(sample: Sample, goal: Goal): Lesson {
  const size = sample.tensor.shape.slice(1);
  if (size.join() !== sample.labels.shape.join())
    throw new ShapeError(
      `labels of ${sample.name}`,
      `${size.join(" x ")} like the image`,
      sample.labels.shape.join(" x "),
    );
  const { labels, types } = sample;
  const zoom = zoomFor(goal.diameter && typicalDiameter(labels), goal.diameter);
  const known = goal.types
    ? { count: goal.types, of: types ?? new Map<number, number>() }
    : undefined;
  return {
    tensor: rescale(sample.tensor, zoom) as Tensor,
    target: bytes(rescale(makeTarget(labels, goal.kind, known), zoom)),
    contacts: bytes(rescale(findContacts(labels), zoom)),
    cells: countLabels(labels),
    ...(goal.types && { type: commonest(types) }),
  };
}

/** The type of most cells; the lowest of equals, 0 where none has one. */
function commonest(types: ReadonlyMap<number, number> | undefined): number {
  const counts: number[] = [];
  for (const type of types?.values() ?? []) counts[type] = (counts[type] ?? 0) + 1;
  const most = Math.max(0, ...counts.filter((count) => count > 0));
  return Math.max(0, counts.indexOf(most));
}

function bytes(image: Image): Image<Uint8Array> {
  if (image.data instanceof Uint8Array) return { ...image, data: image.data };
  return { ...image, data: Uint8Array.from(image.data, (value) => Math.round(value)) };
}
