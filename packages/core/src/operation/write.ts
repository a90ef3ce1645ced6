/**
 * Operations → as bioimage.io writes them.
 *
 * @module
 */
import type { ModelOperation } from "./operation.js";

/** An operation as it stands in a description 0.5. */
export function describeOperation(operation: ModelOperation): object {
  const { id, ...fields } = operation;
  const kwargs: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const along = "axis" in fields;
    // Numbers that are the same for all are written as one.
    const plain = Array.isArray(value) && name !== "axes" && !along ? value[0] : value;
    kwargs[names[name] ?? name] = plain;
  }
  return Object.keys(kwargs).length === 0 ? { id } : { id, kwargs };
}

/** What differs between the fields here and there. */
const names: Readonly<Record<string, string>> = {
  minPercentile: "min_percentile",
  maxPercentile: "max_percentile",
  reference: "reference_tensor",
  type: "dtype",
};
