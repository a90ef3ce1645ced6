/**
 * Means, deviations and percentiles of the parts of a tensor.
 *
 * @module
 */
import { percentilesOf } from "../percentile.js";
import { groupsOver, membersOf } from "./groups.js";
import type { NamedTensor } from "./operation.js";

/** Mean, and the root of the mean squared distance to it. */
export interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

/** The moments of each group over `axes`. */
export function momentsOf(tensor: NamedTensor, axes?: readonly string[]): Moments[] {
  return eachGroup(tensor, axes, (values) => {
    // Distances to the first number, so that they are exactly 0 where all numbers are alike.
    const origin = values[0];
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i] - origin;
    const mean = sum / values.length;
    let squares = 0;
    for (let i = 0; i < values.length; i++) squares += (values[i] - origin - mean) ** 2;
    return { mean: origin + mean, deviation: Math.sqrt(squares / values.length) };
  });
}

/** Percentiles of each group, interpolated between numbers. */
export function percentilesOver(
  tensor: NamedTensor,
  axes: readonly string[] | undefined,
  percents: readonly number[],
): number[][] {
  return eachGroup(tensor, axes, (values) => percentilesOf(values, percents));
}

/** The smallest number of each group that as many percent of its numbers do not exceed (method 1 of Hyndman and Fan 1996). */
export function valuesAt(
  tensor: NamedTensor,
  axes: readonly string[] | undefined,
  percents: readonly number[],
): number[][] {
  return eachGroup(tensor, axes, (values) => {
    const sorted = values.slice().sort();
    return percents.map(
      (percent) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)],
    );
  });
}

function eachGroup<T>(
  tensor: NamedTensor,
  axes: readonly string[] | undefined,
  look: (values: Float32Array) => T,
): T[] {
  const groups = groupsOver(tensor, axes);
  return Array.from(groups.starts, (_, g) => look(membersOf(tensor, groups, g)));
}
