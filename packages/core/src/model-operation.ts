/**
 * Normalisation as bioimage.io's preprocessing operations, where it has them, and back.
 *
 * @module
 */
import { UnsupportedError } from "./errors.js";
import {
  type Field,
  fieldAt,
  isAbsent,
  itemsOf,
  numberOf,
  wordOf,
  wrongField,
} from "./model-field.js";
import type { Normalization } from "./normalize.js";

/** What `normalize` adds to a divisor; another number would give other brightnesses. */
const epsilon = 1e-6;

/** Statistics of a channel are taken over these axes together. */
const plane = ["y", "x"];

/** The operations of a recipe; `undefined` where bioimage.io has no name for it. */
export function operationsOf(recipe: Normalization): readonly object[] | undefined {
  if (recipe.kind === "none") return [];
  if (recipe.kind === "percentile") {
    const kwargs = {
      axes: plane,
      min_percentile: recipe.low,
      max_percentile: recipe.high,
      eps: epsilon,
    };
    return [{ id: "scale_range", kwargs }];
  }
  if (recipe.kind === "zero-mean-unit-variance")
    return [{ id: "zero_mean_unit_variance", kwargs: { axes: plane, eps: epsilon } }];
  return undefined;
}

/**
 * The recipe that a list of operations amounts to for an image of `channels` channels.
 * Throws {@link UnsupportedError} where we have none that gives the same numbers.
 */
export function recipeOf(operations: Field, channels: number): Normalization {
  let recipe: Normalization = { kind: "none" };
  for (const operation of itemsOf(operations)) {
    const id = wordOf(fieldAt(operation, "id"));
    if (id === "ensure_dtype" && isFloat(operation)) continue;
    if (recipe.kind !== "none") throw unsupported(operation, `${id} after another operation`);
    recipe = readOperation(operation, id, channels);
  }
  return recipe;
}

function readOperation(operation: Field, id: string, channels: number): Normalization {
  if (id !== "scale_range" && id !== "zero_mean_unit_variance") throw unsupported(operation, id);
  const found = fieldAt(operation, "kwargs");
  const options: Field = isAbsent(found) ? { ...found, value: {} } : found;
  checkStatistics(operation, options, id, channels);
  if (id === "zero_mean_unit_variance") return { kind: "zero-mean-unit-variance" };
  if (!isAbsent(fieldAt(options, "reference_tensor")))
    throw unsupported(operation, `${id} by another tensor`);
  const low = numberOr(fieldAt(options, "min_percentile"), 0);
  const high = fieldAt(options, "max_percentile");
  if (numberOr(high, 100) <= low) throw wrongField(high, `above min_percentile, ${low}`);
  return { kind: "percentile", low, high: numberOr(high, 100) };
}

/** Ours are statistics of one channel of one image, and 1e-6 in the divisor. */
function checkStatistics(operation: Field, options: Field, id: string, channels: number): void {
  const field = fieldAt(options, "axes");
  const axes = isAbsent(field) ? ["channel", ...plane] : itemsOf(field).map((axis) => wordOf(axis));
  const perChannel =
    plane.every((axis) => axes.includes(axis)) && (channels === 1 || !axes.includes("channel"));
  if (!perChannel) throw unsupported(operation, `${id} over the axes ${axes.join(", ")}`);
  const eps = fieldAt(options, "eps");
  if (!isAbsent(eps) && eps.value !== epsilon)
    throw unsupported(operation, `${id} with another eps than ${epsilon}`);
}

function numberOr(field: Field, absent: number): number {
  return isAbsent(field) ? absent : numberOf(field, 0, 100);
}

function isFloat(operation: Field): boolean {
  return fieldAt(fieldAt(operation, "kwargs"), "dtype").value === "float32";
}

function unsupported(operation: Field, what: string): UnsupportedError {
  const { file, path } = operation;
  return new UnsupportedError(
    `${file}: ${path} asks for ${what.slice(0, 120)}, which Cellwright does not do (it does scale_range and zero_mean_unit_variance, a channel at a time)`,
    { file, field: path },
  );
}
