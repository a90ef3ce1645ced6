/**
 * What type a cell is, by all frames of its track together: one bad frame does not change it.
 * In: for every cell of every frame its track and its probability of each type. Out: a table, a row a track.
 *
 * @module
 */
import { ShapeError } from "../errors.js";
import type { Column, Table } from "../table.js";

/**
 * The type of each track: columns `track_id` (rising), `type` (the name), `type_probability` (of that type) and one
 * `probability_<name>` a type; those of a track add up to 1 where those of its cells do. `tracks` holds the track of each
 * cell, `probabilities` by the types' names the probability (0 … 1) of each cell, in the same order.
 *
 * A track's probability is the mean over its frames (the linear opinion pool; Stone 1961). Log-odds are not added up: the
 * frames of a movie are no independent looks at a cell, and one frame that is sure and wrong would outvote all others.
 * Cells that nobody can tell (NaN) do not count; where that is all of a track, its type is empty and the numbers are NaN.
 * Equal ones go to the type named first.
 *
 * Throws {@link ShapeError} where columns differ in length. No types give a table without columns.
 */
export function poolTypes(
  tracks: ArrayLike<number>,
  probabilities: Readonly<Record<string, ArrayLike<number>>>,
): Table<Column> {
  const types = Object.keys(probabilities);
  if (types.length === 0) return {};
  for (const type of types)
    if (probabilities[type].length !== tracks.length)
      throw new ShapeError(
        `probabilities of ${type}`,
        `${tracks.length}, one a cell`,
        `${probabilities[type].length}`,
      );
  const labels = Float64Array.from(new Set(Array.from(tracks))).sort();
  const rowOf = new Map(Array.from(labels, (label, row) => [label, row]));
  const counts = new Float64Array(labels.length);
  const means = types.map(() => new Float64Array(labels.length));
  for (let i = 0; i < tracks.length; i++) {
    if (types.some((type) => Number.isNaN(probabilities[type][i]))) continue;
    const row = rowOf.get(tracks[i]) as number;
    counts[row]++;
    for (const [k, type] of types.entries()) means[k][row] += probabilities[type][i];
  }
  for (const mean of means) for (let row = 0; row < mean.length; row++) mean[row] /= counts[row];
  const best = Array.from(labels, (_, row) => bestAt(means, row));
  return {
    track_id: labels,
    type: best.map((k, row) => (counts[row] > 0 ? types[k] : "")),
    type_probability: Float64Array.from(best, (k, row) => means[k][row]),
    ...Object.fromEntries(types.map((type, k) => [`probability_${type}`, means[k]])),
  };
}

/** Which of the means is the largest in a row, the first of equal ones. */
function bestAt(means: readonly Float64Array[], row: number): number {
  let best = 0;
  for (let k = 1; k < means.length; k++) if (means[k][row] > means[best][row]) best = k;
  return best;
}
