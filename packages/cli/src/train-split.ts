/**
 * Which images teach and which judge. Images of one field are never parted; the same seed and names give the same split.
 *
 * @module
 */
import { seeded, shuffled } from "@cellwright/core";
import { UsageError } from "./context.js";
import { matchName } from "./name-pattern.js";

/** What a split looks at. Without a group an image is a field of its own. */
export interface Splittable {
  readonly name: string;
  readonly group?: string;
}

/** Two parts of a list, each in the list's order. */
export interface Split<T> {
  readonly training: T[];
  readonly heldBack: T[];
}

/**
 * The list without what `patterns` name: names, folders or patterns such as `*\/set1`. Other images of a field that is
 * left out go too. Throws {@link UsageError} for a pattern that names nothing.
 */
export function leaveOut<T extends Splittable>(
  pairs: readonly T[],
  patterns: readonly string[],
): T[] {
  const fields = fieldsNamed(pairs, patterns, "--leave-out");
  return pairs.filter((pair) => !fields.has(fieldOf(pair)));
}

/**
 * Holds back a share of the images (0 … 1; at least one unless it is 0), chosen by chance, or the images that names or
 * patterns say. Throws {@link UsageError} where nothing would be left to learn from.
 */
export function holdBack<T extends Splittable>(
  pairs: readonly T[],
  what: number | readonly string[],
  seed: number,
): Split<T> {
  if (typeof what !== "number") {
    const fields = fieldsNamed(pairs, what, "--held-back");
    const split = partedBy(pairs, fields);
    if (split.training.length === 0)
      throw new UsageError("--held-back must leave an image to learn from, names them all");
    return split;
  }
  if (what === 0) return partedBy(pairs, new Set());
  const fields = fieldsIn(pairs);
  if (fields.length < 2)
    throw new UsageError(
      `at least 2 labelled images of different fields are needed to hold some back, found ${pairs.length} of ${fields.length}`,
    );
  const count = Math.min(pairs.length - 1, Math.max(1, Math.round(what * pairs.length)));
  const chosen = new Set<string>();
  let held = 0;
  for (const { name, size } of shuffled(fields, seeded(seed, 0x5e1d))) {
    if (held >= count || chosen.size === fields.length - 1) break;
    chosen.add(name);
    held += size;
  }
  return partedBy(pairs, chosen);
}

/**
 * Part `index` (from 0) of `count` parts of about the same number of images: it is held back, the others teach. Every
 * image is held back in exactly one of them. Throws {@link UsageError} where there are fewer fields than parts.
 */
export function fold<T extends Splittable>(
  pairs: readonly T[],
  count: number,
  index: number,
  seed: number,
): Split<T> {
  const fields = shuffled(fieldsIn(pairs), seeded(seed, 0xf01d)).sort((a, b) => b.size - a.size);
  if (!Number.isInteger(count) || count < 2 || count > fields.length)
    throw new UsageError(
      `--folds must be from 2 to the ${fields.length} different fields there are, got ${count}`,
    );
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new UsageError(`the fold must be from 0 to ${count - 1}, got ${index}`);
  const sizes = new Array<number>(count).fill(0);
  const chosen = new Set<string>();
  for (const { name, size } of fields) {
    const part = sizes.indexOf(Math.min(...sizes));
    sizes[part] += size;
    if (part === index) chosen.add(name);
  }
  return partedBy(pairs, chosen);
}

function fieldOf({ name, group }: Splittable): string {
  return group ?? name;
}

/** The fields in the order of their first images, with how many images each has. */
function fieldsIn(pairs: readonly Splittable[]): { name: string; size: number }[] {
  const sizes = new Map<string, number>();
  for (const pair of pairs) sizes.set(fieldOf(pair), (sizes.get(fieldOf(pair)) ?? 0) + 1);
  return [...sizes].map(([name, size]) => ({ name, size }));
}

function partedBy<T extends Splittable>(
  pairs: readonly T[],
  fields: ReadonlySet<string>,
): Split<T> {
  return {
    training: pairs.filter((pair) => !fields.has(fieldOf(pair))),
    heldBack: pairs.filter((pair) => fields.has(fieldOf(pair))),
  };
}

function fieldsNamed(
  pairs: readonly Splittable[],
  patterns: readonly string[],
  option: string,
): Set<string> {
  const fields = new Set<string>();
  for (const pattern of patterns) {
    const plain = pattern.replace(/\/+$/, "");
    const named = pairs.filter(
      ({ name }) =>
        matchName(plain, name) !== undefined || matchName(`${plain}/*`, name) !== undefined,
    );
    if (named.length === 0)
      throw new UsageError(
        `${option}: "${pattern}" names none of the images (${sample(pairs.map(({ name }) => name))})`,
      );
    for (const pair of named) fields.add(fieldOf(pair));
  }
  return fields;
}

function sample(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")}, … ${names.at(-1)}` : names.join(", ");
}
