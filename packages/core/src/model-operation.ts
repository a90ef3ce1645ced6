/**
 * Normalisation as bioimage.io's preprocessing operations, where it has them, and back.
 *
 * @module
 */
import type { Normalization } from "./normalize.js";
import type { ModelOperation } from "./operation/operation.js";
import { describeOperation } from "./operation/write.js";

/** What `normalize` adds to a divisor; another number would give other brightnesses. */
const epsilon = 1e-6;

/** Statistics of a channel are taken over these axes together. */
const plane = ["y", "x"];

/** The operations of a recipe; `undefined` where bioimage.io has no name for it. */
export function operationsOf(recipe: Normalization): readonly object[] | undefined {
  if (recipe.kind === "none") return [];
  if (recipe.kind === "operations") return recipe.operations.map(describeOperation);
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
 * The recipe that operations amount to for an image of `channels` channels: one of ours where it gives the same numbers,
 * else the operations themselves.
 */
export function recipeOf(operations: readonly ModelOperation[], channels: number): Normalization {
  if (operations.length === 0) return { kind: "none" };
  const [only] = operations;
  const own = operations.length === 1 ? ownRecipe(only, channels) : undefined;
  return own ?? { kind: "operations", operations };
}

/** Ours are statistics of one channel of one image, and 1e-6 in the divisor. */
function ownRecipe(operation: ModelOperation, channels: number): Normalization | undefined {
  if (operation.id !== "scale_range" && operation.id !== "zero_mean_unit_variance")
    return undefined;
  const { axes = ["channel", ...plane], eps } = operation;
  const perChannel =
    plane.every((axis) => axes.includes(axis)) && (channels === 1 || !axes.includes("channel"));
  if (!perChannel || eps !== epsilon) return undefined;
  if (operation.id === "zero_mean_unit_variance") return { kind: "zero-mean-unit-variance" };
  const { reference, minPercentile, maxPercentile } = operation;
  return reference === undefined
    ? { kind: "percentile", low: minPercentile, high: maxPercentile }
    : undefined;
}
