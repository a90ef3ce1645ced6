/**
 * Descriptions of bioimage.io's format 0.4 → the same as format 0.5: axes as letters, sizes as `shape`, test tensors in
 * lists of their own, operations by `name`. Only what is read here is converted.
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

/** What the letters of format 0.4 are called now. */
const longNames: Readonly<Record<string, string>> = {
  b: "batch",
  c: "channel",
  i: "index",
  t: "time",
};

const nameOf = (letter: string): string => longNames[letter] ?? letter;

/** The description as data of format 0.5. Throws `ModelError` naming the field that is missing or wrong. */
export function fromOlder(description: Field): Field {
  const inputs = itemsOf(fieldAt(description, "inputs"));
  const outputs = itemsOf(fieldAt(description, "outputs"));
  const tests = (name: string) => itemsOf(fieldAt(description, name));
  const value = {
    ...(description.value as object),
    inputs: inputs.map((field, i) => tensorOf(field, tests("test_inputs")[i], inputs)),
    outputs: outputs.map((field, i) => tensorOf(field, tests("test_outputs")[i], inputs)),
  };
  return { ...description, value };
}

function tensorOf(field: Field, test: Field | undefined, inputs: readonly Field[]): object {
  const letters = textOf(fieldAt(field, "axes"), 8);
  return {
    id: wordOf(fieldAt(field, "name"), 200),
    axes: [...letters].map((letter, i) => axisOf(field, letter, i, inputs)),
    preprocessing: operationsOf(fieldAt(field, "preprocessing"), letters),
    postprocessing: operationsOf(fieldAt(field, "postprocessing"), letters),
    ...(test && { test_tensor: { source: test.value } }),
  };
}

function axisOf(field: Field, letter: string, i: number, inputs: readonly Field[]): object {
  const type = longNames[letter] ?? "space";
  if (letter === "b") return { type };
  const shape = fieldAt(field, "shape");
  const halo = itemsOf(fieldAt(field, "halo"))[i]?.value;
  const size = Array.isArray(shape.value)
    ? shape.value[i]
    : isAbsent(fieldAt(shape, "reference_tensor"))
      ? rangeOf(shape, i)
      : undefined;
  if (letter === "c") {
    const count = size ?? channelsLike(shape, i, inputs);
    if (!Number.isInteger(count) || !(Number(count) > 0 && Number(count) <= 65536))
      throw wrongField(shape, "a number of channels");
    return { type, channel_names: Array.from({ length: Number(count) }, (_, c) => `channel${c}`) };
  }
  const axis = { type, id: nameOf(letter), ...(Number(halo) > 0 && { halo }) };
  if (size !== undefined) return { ...axis, size };
  const scale = itemNumber(fieldAt(shape, "scale"), i);
  const [reference, other = letter] = textOf(fieldAt(shape, "reference_tensor")).split(".");
  const offset = 2 * itemNumber(fieldAt(shape, "offset"), i);
  if (scale === 0) return { ...axis, size: offset };
  return {
    ...axis,
    size: { tensor_id: reference, axis_id: nameOf(other), offset },
    scale: 1 / scale,
  };
}

/** `{min, step}`; a step of 0 is one length. */
function rangeOf(shape: Field, i: number): object | number {
  const min = itemNumber(fieldAt(shape, "min"), i);
  const step = itemNumber(fieldAt(shape, "step"), i);
  return step === 0 ? min : { min, step };
}

/** Channels that are as many as those of an input, or some more. */
function channelsLike(shape: Field, i: number, inputs: readonly Field[]): number {
  const reference = fieldAt(shape, "reference_tensor").value;
  const scale = itemNumber(fieldAt(shape, "scale"), i);
  const offset = 2 * itemNumber(fieldAt(shape, "offset"), i);
  const input = inputs.find((field) => fieldAt(field, "name").value === reference);
  if (scale === 0 || !input) return offset;
  const own = fieldAt(input, "shape");
  const at = textOf(fieldAt(input, "axes"), 8).indexOf("c");
  const list = Array.isArray(own.value) ? own : fieldAt(own, "min");
  return scale * itemNumber(list, at) + offset;
}

function itemNumber(list: Field, i: number): number {
  const item = itemsOf(list)[i];
  if (!item) throw wrongField(list, "a number for each axis");
  return numberOf(item, -1e9, 1e9);
}

/** Operations had names; axes were letters, and some of them had modes. */
function operationsOf(list: Field, letters: string): object[] {
  return itemsOf(list).map((item) => {
    const id = fieldAt(item, "name").value;
    const found = fieldAt(item, "kwargs");
    const { mode, axes, ...kwargs } = (found.value ?? {}) as Record<string, unknown>;
    const over = typeof axes === "string" ? [...axes] : undefined;
    const names = over?.map(nameOf);
    if (id === "zero_mean_unit_variance" && mode === "fixed") {
      const axis = restOf(letters, over);
      return { id: "fixed_zero_mean_unit_variance", kwargs: { ...kwargs, ...axis } };
    }
    if (id === "scale_linear") return { id, kwargs: { ...kwargs, ...restOf(letters, over) } };
    const whole = mode === "per_dataset" && names && !names.includes("batch");
    return {
      id,
      kwargs: { ...kwargs, ...(names && { axes: whole ? ["batch", ...names] : names }) },
    };
  });
}

/** The one axis that is not among those that numbers are shared over. */
function restOf(letters: string, over: readonly string[] | undefined): object {
  const rest = over && [...letters].filter((letter) => letter !== "b" && !over.includes(letter));
  return rest && rest.length === 1 ? { axis: nameOf(rest[0]) } : {};
}
