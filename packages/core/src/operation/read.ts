/**
 * Operations in a model's description → data. Every named operation of bioimage.io is read; a file of Python is not run.
 * In: the list in a description 0.5. Out: operations, and the decoder where the list ends in cells.
 *
 * @module
 */
import { UnsupportedError } from "../errors.js";
import type { CellposeDecoder } from "../instance/cellpose.js";
import type { StardistDecoder } from "../instance/stardist.js";
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  wordOf,
  wrongField,
} from "../model-field.js";
import { type ModelOperation, numberTypes } from "./operation.js";
import { readCellpose, readStardist } from "./read-decoder.js";

/** What a list of operations amounts to. */
export interface OperationList {
  /** What is done before cells are looked for, casts to float32 left out. */
  readonly operations: readonly ModelOperation[];
  /** How cells are found in what these give; absent where the list gives maps. */
  readonly decoder?: StardistDecoder | CellposeDecoder;
}

/**
 * Reads a list of operations. Throws `ModelError` naming the field that is missing or wrong, {@link UnsupportedError} for
 * what is known but not done here: `custom`, cells in 3-D, an operation after cells were found.
 */
export function readOperations(list: Field): OperationList {
  const operations: ModelOperation[] = [];
  let decoder: OperationList["decoder"];
  for (const item of itemsOf(list)) {
    const id = wordOf(fieldAt(item, "id"));
    const found = fieldAt(item, "kwargs");
    const options: Field = isAbsent(found) ? { ...found, value: {} } : found;
    if (decoder) {
      if (id === "ensure_dtype") continue;
      throw refused(item, `${id} after cells were found`, "it must come before");
    }
    if (id === "stardist_postprocessing") decoder = readStardist(options);
    else if (id === "cellpose_flow_dynamics") decoder = readCellpose(options);
    else {
      const operation = readOperation(item, id, options);
      if (operation.id !== "ensure_dtype" || !operation.type.startsWith("float"))
        operations.push(operation);
    }
  }
  return { operations, ...(decoder && { decoder }) };
}

function readOperation(item: Field, id: string, options: Field): ModelOperation {
  const at = (name: string) => fieldAt(options, name);
  const axis = isAbsent(at("axis")) ? {} : { axis: wordOf(at("axis")) };
  switch (id) {
    case "binarize":
      return { id, ...axis, threshold: numbersOf(at("threshold")) };
    case "clip":
      return readClip(options);
    case "ensure_dtype": {
      const type = numberTypes.find((name) => name === at("dtype").value);
      if (!type) throw wrongField(at("dtype"), `one of ${numberTypes.join(", ")}`);
      return { id, type };
    }
    case "scale_linear":
      return { id, ...axis, gain: numbersOf(at("gain"), 1), offset: numbersOf(at("offset"), 0) };
    case "sigmoid":
      return { id };
    case "softmax":
      return { id, axis: axis.axis ?? "channel" };
    case "fixed_zero_mean_unit_variance":
      return { id, ...axis, mean: numbersOf(at("mean")), std: numbersOf(at("std")) };
    case "zero_mean_unit_variance":
      return { id, ...overAxes(options) };
    case "scale_range": {
      const minPercentile = numberOr(at("min_percentile"), 0, 100, 0);
      const maxPercentile = numberOr(at("max_percentile"), 0, 100, 100);
      if (maxPercentile <= minPercentile)
        throw wrongField(at("max_percentile"), `above min_percentile, ${minPercentile}`);
      const tensor = at("reference_tensor");
      const reference = isAbsent(tensor) ? {} : { reference: wordOf(tensor, 200) };
      return { id, ...overAxes(options), minPercentile, maxPercentile, ...reference };
    }
    case "scale_mean_variance":
      return { id, ...overAxes(options), reference: wordOf(at("reference_tensor"), 200) };
    case "custom":
      throw refused(
        item,
        "custom, a file of Python",
        "nothing from a model is run; ask for a model without it, or put it into the network",
      );
    default:
      throw refused(item, id, "it is none of bioimage.io's operations up to format 0.5.11");
  }
}

function readClip(options: Field): ModelOperation {
  const at = (name: string) => fieldAt(options, name);
  const bound = (name: string, least: number, most: number) =>
    isAbsent(at(name)) ? undefined : numberOf(at(name), least, most);
  const bounds = {
    min: bound("min", -Number.MAX_VALUE, Number.MAX_VALUE),
    max: bound("max", -Number.MAX_VALUE, Number.MAX_VALUE),
    minPercentile: bound("min_percentile", 0, 100),
    maxPercentile: bound("max_percentile", 0, 100),
  };
  if (Object.values(bounds).every((value) => value === undefined))
    throw wrongField(options, "min, max or their percentiles");
  const { axes } = overAxes(options);
  return { id: "clip", ...(axes && { axes }), ...stated(bounds) };
}

function stated<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function overAxes(options: Field): { axes?: string[]; eps: number } {
  const axes = fieldAt(options, "axes");
  const eps = numberOr(fieldAt(options, "eps"), Number.MIN_VALUE, 0.1, 1e-6);
  return isAbsent(axes) ? { eps } : { axes: itemsOf(axes).map((axis) => wordOf(axis)), eps };
}

/** A number, or a list of some. */
function numbersOf(field: Field, absent?: number): number[] {
  if (isAbsent(field) && absent !== undefined) return [absent];
  const fields = Array.isArray(field.value) ? itemsOf(field) : [field];
  if (fields.length === 0) throw wrongField(field, "a number, or a list of some");
  return fields.map((one) => numberOf(one, -Number.MAX_VALUE, Number.MAX_VALUE));
}

function numberOr(field: Field, least: number, most: number, absent: number): number {
  return isAbsent(field) ? absent : numberOf(field, least, most);
}

function refused(item: Field, what: string, advice: string): UnsupportedError {
  const { file, path } = item;
  return new UnsupportedError(
    `${file}: ${path} asks for ${what.slice(0, 80)}, which Cellwright does not do: ${advice}`,
    { file, field: path },
  );
}
