/**
 * The summits of a map that stand out, whatever its noise: one seed for each cell.
 * In: a map as flat values and its pixels in order. Out: which pixels are summits, and how far each stands out.
 *
 * @module
 */
import { rootOf } from "./components.js";
import { neighboursInto } from "./flood.js";

/** A summit of a map. */
export interface Peak {
  /** Its pixel, as an index into the flat array. */
  readonly pixel: number;
  readonly height: number;
  /**
   * How far one must go down from here before one can climb to a higher summit; Infinity for the highest summit of each
   * connected piece.
   */
  readonly prominence: number;
}

/**
 * All summits with at least this prominence (and more than 0), plus the highest of each 4-connected piece of the pixels
 * given, from the highest to the lowest. `descending` lists the pixels, highest value first.
 *
 * Water is let out from the top: each pixel that appears joins the islands beside it, and where two islands meet, the
 * lower summit gets its prominence (topological persistence; Edelsbrunner, Letscher & Zomorodian 2002).
 */
export function prominentPeaks(
  values: Float32Array,
  descending: Uint32Array,
  width: number,
  prominence: number,
): Peak[] {
  const size = values.length;
  // The root of an island is its highest pixel; -1 = still under water.
  const parent = new Int32Array(size).fill(-1);
  const around = new Int32Array(4);
  const peaks: Peak[] = [];
  for (let n = 0; n < descending.length; n++) {
    const i = descending[n];
    let island = -1;
    const count = neighboursInto(around, i, width, size, 4);
    for (let k = 0; k < count; k++) {
      if (parent[around[k]] < 0) continue;
      const other = rootOf(parent, around[k]);
      if (island < 0 || island === other) {
        island = other;
        continue;
      }
      const lower = isLower(values, other, island) ? other : island;
      island = lower === other ? island : other;
      parent[lower] = island;
      addPeak(peaks, lower, values[lower], values[lower] - values[i], prominence);
    }
    parent[i] = island < 0 ? i : island;
  }
  addHighest(peaks, values, parent);
  return peaks.sort((a, b) => (isLower(values, a.pixel, b.pixel) ? 1 : -1));
}

/** The highest summit of each piece is the one whose island met no higher one. */
function addHighest(peaks: Peak[], values: Float32Array, parent: Int32Array): void {
  for (let i = 0; i < parent.length; i++)
    if (parent[i] === i)
      peaks.push({ pixel: i, height: values[i], prominence: Number.POSITIVE_INFINITY });
}

function addPeak(
  peaks: Peak[],
  pixel: number,
  height: number,
  prominence: number,
  least: number,
): void {
  if (prominence > 0 && prominence >= least) peaks.push({ pixel, height, prominence });
}

/** Whether one pixel comes after another in the order: of equal values, the later in reading order is the lower. */
function isLower(values: Float32Array, one: number, other: number): boolean {
  if (values[one] === values[other]) return one > other;
  return values[one] < values[other];
}
