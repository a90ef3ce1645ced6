/**
 * Where pixels gather: each place where many end becomes a cell's middle.
 * In: where every pixel ends. Out: a number for each place that counts to a middle.
 *
 * @module
 */
import { pixelsInOrder } from "../order.js";

/** A middle is where more pixels end than this, and as many as anywhere within two pixels. */
const leastPeak = 10;
const reach = 2;

/** What belongs to a middle: five steps from it over places where more than this end. */
const leastSpread = 2;
const spread = 5;

/** For each place the number of its middle, 1 for where most pixels gather; 0 elsewhere. */
export function sinksOf(ends: Uint32Array, height: number, width: number): Uint32Array {
  const counts = new Uint32Array(height * width);
  for (let i = 0; i < ends.length; i++) if (ends[i] !== 0) counts[ends[i] - 1]++;
  const candidates = new Uint8Array(counts.length);
  for (let i = 0; i < counts.length; i++) if (counts[i] > leastPeak) candidates[i] = 1;
  const sinks = new Uint32Array(counts.length);
  let number = 0;
  // From the largest gathering down, so that of equal neighbours one takes the other in.
  for (const peak of pixelsInOrder(counts, candidates).reverse()) {
    if (sinks[peak] !== 0 || counts[peak] < mostAround(counts, peak, height, width)) continue;
    number++;
    sinks[peak] = number;
    let edge = [peak];
    for (let step = 0; step < spread; step++)
      edge = edge.flatMap((i) =>
        neighbours(i, 1, height, width).filter((j) => {
          if (sinks[j] !== 0 || counts[j] <= leastSpread) return false;
          sinks[j] = number;
          return true;
        }),
      );
  }
  return sinks;
}

function mostAround(counts: Uint32Array, i: number, height: number, width: number): number {
  return neighbours(i, reach, height, width).reduce((most, j) => Math.max(most, counts[j]), 0);
}

/** The places at most `distance` away along y and x, the place itself among them. */
function neighbours(i: number, distance: number, height: number, width: number): number[] {
  const [y, x] = [Math.floor(i / width), i % width];
  const places: number[] = [];
  for (let row = Math.max(0, y - distance); row <= Math.min(height - 1, y + distance); row++)
    for (let c = Math.max(0, x - distance); c <= Math.min(width - 1, x + distance); c++)
      places.push(row * width + c);
  return places;
}
