/**
 * Which type each cell of a co-culture is, from maps that say of every pixel how much it looks like each.
 * In: labels `[y, x]`, maps `[c, y, x]` and what the maps mean. Out: a table, a row a cell.
 *
 * @module
 */
import { ModelError, ShapeError } from "./errors.js";
import type { Labels, Tensor } from "./image.js";
import { indexLabels } from "./labels.js";
import { checkSameSize } from "./plane.js";
import type { Column, Table } from "./table.js";

/** What the maps of a model mean, and which of them are types of cells. A model card is one. */
export interface TypedMaps {
  /** The names of the maps, in their order. */
  readonly maps: readonly string[];
  /** The types that cells may be of; each is the name of a map too. Absent or empty: the model tells none apart. */
  readonly types?: readonly string[];
}

/**
 * The type of every cell, in the order of their labels as `measure` has it: columns `type` (the name),
 * `type_probability` (of that type) and one `probability_<name>` a type; those of a cell add up to 1. No types give a
 * table without columns.
 *
 * A cell's probability of a type is the mean over its pixels of that type's map, as a share of the means of all types:
 * for the 2016 paper's networks, its sum of one interior over the sum of all interiors. Where all are 0 nobody can say:
 * the type is empty and the numbers are NaN. Equal ones go to the type named first.
 *
 * Throws `ShapeError` where labels and maps differ in size or there are other maps than names, `ModelError` where a type
 * is no map's name.
 */
export function cellTypes(labels: Labels, maps: Tensor, names: TypedMaps): Table<Column> {
  const types = names.types ?? [];
  if (types.length === 0) return {};
  checkSameSize(labels, "labels", maps, "maps");
  if (maps.shape[0] !== names.maps.length)
    throw new ShapeError("maps", `${names.maps.length}, one a name`, `${maps.shape[0]}`);
  const { index, numbers } = indexLabels(labels);
  const sums = types.map((type) => {
    const at = names.maps.indexOf(type);
    if (at < 0)
      throw new ModelError(`type ${type} must be one of the maps (${names.maps.join(", ")})`);
    return sumsOf(maps.data.subarray(at * index.length, (at + 1) * index.length), index, numbers);
  });
  return typesFromSums(sums, types);
}

/**
 * The columns of {@link cellTypes} from sums over the pixels of each cell: for each type, how much its map comes to, what is
 * below 0 not counted.
 */
export function typesFromSums(
  sums: readonly Float64Array[],
  types: readonly string[],
): Table<Column> {
  const total = Array.from(sums[0], (_, n) => sumAt(sums, n));
  const shares = sums.map((sum) => sum.map((value, n) => value / total[n]));
  const best = total.map((_, n) => bestAt(sums, n));
  return {
    type: best.map((k, n) => (total[n] > 0 ? types[k] : "")),
    type_probability: Float64Array.from(best, (k, n) => shares[k][n]),
    ...Object.fromEntries(types.map((type, k) => [`probability_${type}`, shares[k]])),
  };
}

/** How many cells are of each type, by the types' names in their order; cells that nobody can tell count nowhere. */
export function countTypes(
  table: Table<Column>,
  types: readonly string[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = Object.fromEntries(types.map((type) => [type, 0]));
  for (const type of table.type ?? []) if (Object.hasOwn(counts, type)) counts[type]++;
  return counts;
}

/** The sum of a map over each cell; what a network puts below 0 counts as 0. */
function sumsOf(map: Float32Array, index: Uint32Array, numbers: Uint32Array): Float64Array {
  const sums = new Float64Array(numbers.length);
  for (let i = 0; i < index.length; i++)
    if (index[i] !== 0 && map[i] > 0) sums[index[i] - 1] += map[i];
  return sums;
}

function sumAt(sums: readonly Float64Array[], n: number): number {
  return sums.reduce((total, sum) => total + sum[n], 0);
}

/** Which of the sums is the largest for cell `n`, the first of equal ones. */
function bestAt(sums: readonly Float64Array[], n: number): number {
  let best = 0;
  for (let k = 1; k < sums.length; k++) if (sums[k][n] > sums[best][n]) best = k;
  return best;
}
