/**
 * The tensors of a model's description: their axes, how long these may be, and what is done to them.
 * In: a description 0.5 as data. Out: tensors, checked one by one.
 *
 * @module
 */
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  textOf,
  wordOf,
  wrongField,
} from "./model-field.js";
import type { Padding } from "./network.js";

/** How long an axis may be: one length, `min` and steps beyond it, that of another axis, or as the data wants. */
export type AxisSize =
  | { readonly kind: "fixed"; readonly length: number }
  | { readonly kind: "range"; readonly min: number; readonly step: number }
  | {
      readonly kind: "reference";
      readonly tensor: string;
      readonly axis: string;
      readonly offset: number;
    }
  | { readonly kind: "open" };

/** The kinds of axes that bioimage.io knows. */
export const axisTypes = ["batch", "channel", "index", "time", "space"] as const;

/** One axis of a tensor. */
export interface ModelAxis {
  readonly id: string;
  readonly type: (typeof axisTypes)[number];
  readonly size: AxisSize;
  /** Pixels at each end that are not to be trusted. */
  readonly halo: number;
  /** How many units a step along it is. */
  readonly scale: number;
  readonly unit?: string;
  /** The names of the channels of a channel axis. */
  readonly names?: readonly string[];
  /** Where it stands in the description. */
  readonly field: Field;
}

/** An input or output of a model. */
export interface ModelTensor {
  readonly id: string;
  readonly axes: readonly ModelAxis[];
  /** Inputs alone: may be left out; what lies beyond an image that is too small. */
  readonly optional: boolean;
  readonly pad?: Padding;
  /** Where it stands in the description. */
  readonly field: Field;
}

/** The tensors of a list of inputs or outputs. Throws `ModelError` naming the field that is missing or wrong. */
export function tensorsOf(list: Field): ModelTensor[] {
  return itemsOf(list).map((field, i) => {
    const id = fieldAt(field, "id");
    const fallback = list.path === "inputs" ? "input" : "output";
    const pad = fieldAt(field, "pad");
    const axes = fieldAt(field, "axes");
    if (itemsOf(axes).length === 0) throw wrongField(axes, "a list of axes");
    return {
      id: isAbsent(id) ? (i === 0 ? fallback : `${fallback}${i}`) : wordOf(id, 200),
      axes: itemsOf(axes).map(readAxis),
      optional: fieldAt(field, "optional").value === true,
      ...(!isAbsent(pad) && { pad: paddingOf(pad) }),
      field,
    };
  });
}

function readAxis(field: Field): ModelAxis {
  const name = fieldAt(field, "type");
  const type = axisTypes.find((known) => known === name.value);
  if (!type) throw wrongField(name, `one of ${axisTypes.join(", ")}`);
  const id = fieldAt(field, "id");
  const scale = fieldAt(field, "scale");
  const halo = fieldAt(field, "halo");
  const unit = fieldAt(field, "unit");
  const names =
    type === "channel"
      ? itemsOf(fieldAt(field, "channel_names")).map((one) => textOf(one, 200))
      : undefined;
  if (names?.length === 0) throw wrongField(fieldAt(field, "channel_names"), "a list of names");
  return {
    // An axis of space without an id is x, says bioimage.io.
    id: isAbsent(id) ? (type === "space" ? "x" : type) : wordOf(id, 16),
    type,
    size: names ? { kind: "fixed", length: names.length } : sizeOf(field, type),
    halo: isAbsent(halo) ? 0 : wholeOf(halo, 0),
    scale: isAbsent(scale) ? 1 : numberOf(scale, 1e-9, 1e9),
    ...(typeof unit.value === "string" && { unit: textOf(unit, 40) }),
    ...(names && { names }),
    field,
  };
}

function sizeOf(axis: Field, type: ModelAxis["type"]): AxisSize {
  const size = fieldAt(axis, "size");
  if (isAbsent(size)) {
    if (type === "batch") return { kind: "open" };
    throw wrongField(size, "a length, {min, step} or {tensor_id, axis_id}");
  }
  if (typeof size.value === "number") return { kind: "fixed", length: wholeOf(size, 1) };
  const tensor = fieldAt(size, "tensor_id");
  if (!isAbsent(tensor)) {
    const offset = fieldAt(size, "offset");
    return {
      kind: "reference",
      tensor: wordOf(tensor, 200),
      axis: wordOf(fieldAt(size, "axis_id"), 16),
      offset: isAbsent(offset) ? 0 : wholeOf(offset, -1e6),
    };
  }
  const step = fieldAt(size, "step");
  if (isAbsent(step)) return { kind: "open" };
  return { kind: "range", min: wholeOf(fieldAt(size, "min"), 1), step: wholeOf(step, 1) };
}

function wholeOf(field: Field, least: number): number {
  const value = numberOf(field, least, 1e9);
  if (!Number.isInteger(value)) throw wrongField(field, "a whole number");
  return value;
}

const modes = ["constant", "edge", "reflect", "symmetric"] as const;

function paddingOf(field: Field): Padding {
  const given = fieldAt(field, "mode");
  const mode = modes.find((known) => known === given.value);
  if (!mode) throw wrongField(given, `one of ${modes.join(", ")}`);
  const value = fieldAt(field, "value");
  return { mode, value: isAbsent(value) ? 0 : numberOf(value, -1e38, 1e38) };
}
