/**
 * What hangs together: the connected components of a mask, or the pieces of each label.
 * In: mask or labels `[y, x]`. Out: labels `[y, x]`, numbered 1, 2, 3, … by their first pixel in reading order.
 *
 * @module
 */
import type { Labels, Mask } from "./image.js";
import { checkPlane } from "./plane.js";

/** Which pixels are neighbours: 4 = those sharing a side, 8 = also those sharing only a corner. */
export type Connectivity = 4 | 8;

/** How {@link components} joins pixels. */
export interface ComponentsOptions {
  /** Default 4, so that outlines one pixel thick keep two cells apart. */
  readonly connectivity?: Connectivity;
}

/**
 * Numbers the pieces of a mask that hang together; 0 stays background. Of labels it numbers the pieces of each label:
 * two labels that touch stay two pieces, and a label torn in two becomes two.
 *
 * Union-find over the runs of each row (Rosenfeld & Pfaltz 1966).
 */
export function components(image: Mask | Labels, options: ComponentsOptions = {}): Labels {
  checkPlane(image, "mask");
  const [height, width] = image.shape;
  const data = new Uint32Array(image.data.length);
  numberComponents(image.data, height, width, options.connectivity ?? 4, data);
  return { ...image, data };
}

/** The same on flat arrays: writes the numbers into `out` and returns how many there are. */
export function numberComponents(
  values: Uint8Array | Uint32Array,
  height: number,
  width: number,
  connectivity: Connectivity,
  out: Uint32Array,
): number {
  const runs = runsOf(values, height, width);
  const parent = joinRuns(values, runs, width, connectivity === 8 ? 1 : 0);
  const { start, end } = runs;
  let count = 0;
  out.fill(0);
  // A root is the first run of its component, so its number is known before any other run asks for it.
  for (let run = 0; run < parent.length; run++) {
    const number = parent[run] === run ? ++count : parent[parent[run]];
    parent[run] = number;
    out.fill(number, start[run], end[run]);
  }
  return count;
}

/** Stretches of equal non-zero values in a row: flat indices of the first pixel and of the one after the last. */
interface Runs {
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** The first run of each row; one entry more than there are rows. */
  readonly first: Uint32Array;
}

function runsOf(values: Uint8Array | Uint32Array, height: number, width: number): Runs {
  const first = new Uint32Array(height + 1);
  let count = 0;
  for (let y = 0; y < height; y++) {
    let previous = 0;
    for (let i = y * width; i < (y + 1) * width; i++) {
      const value = values[i];
      if (value !== previous && value !== 0) count++;
      previous = value;
    }
    first[y + 1] = count;
  }
  const start = new Uint32Array(count);
  const end = new Uint32Array(count);
  let run = 0;
  for (let y = 0; y < height; y++) {
    const stop = (y + 1) * width;
    for (let i = y * width; i < stop; ) {
      const value = values[i];
      let j = i + 1;
      while (j < stop && values[j] === value) j++;
      if (value !== 0) {
        start[run] = i;
        end[run++] = j;
      }
      i = j;
    }
  }
  return { start, end, first };
}

/** The root run of each run, where those that touch are joined; `reach` is 1 where corners join. */
function joinRuns(
  values: Uint8Array | Uint32Array,
  { start, end, first }: Runs,
  width: number,
  reach: number,
): Uint32Array {
  const parent = new Uint32Array(start.length);
  for (let run = 0; run < parent.length; run++) parent[run] = run;
  for (let y = 1; y + 1 < first.length; y++) {
    let above = first[y - 1];
    for (let run = first[y]; run < first[y + 1]; run++) {
      const from = start[run] - width - reach;
      const to = end[run] - width + reach;
      while (above < first[y] && end[above] <= from) above++;
      for (let other = above; other < first[y] && start[other] < to; other++)
        if (values[start[other]] === values[start[run]]) joinTrees(parent, run, other);
    }
  }
  for (let run = 0; run < parent.length; run++) parent[run] = rootOf(parent, run);
  return parent;
}

/** The root of a tree of `parent`s; halves the path on its way. */
export function rootOf(parent: Uint32Array | Int32Array, from: number): number {
  let i = from;
  while (parent[i] !== i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}

/** Makes two trees of `parent`s one, whose root is the smaller of the two. */
export function joinTrees(parent: Uint32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a);
  const rootB = rootOf(parent, b);
  if (rootA < rootB) parent[rootB] = rootA;
  else parent[rootA] = rootB;
}
