/**
 * How often which brightness is in a channel, from a sample of its pixels: for the picture beside the contrast limits,
 * and for limits that suit.
 *
 * @module
 */
import {
  type Box,
  type Pixels,
  type PyramidReader,
  percentilesOf,
  type Signal,
} from "@cellwright/core";

/** Counts of brightness. */
export interface Histogram {
  /** The least and greatest value of the sample; equal where all are. */
  readonly range: readonly [number, number];
  /** Values in even steps of the range, from its low end to its high one. */
  readonly counts: Uint32Array;
  /** Limits that leave out the darkest and brightest few: percentiles 0.1 and 99.9, always apart. */
  readonly auto: readonly [number, number];
}

/** Which plane of an image. */
export interface ChannelPlane {
  readonly t: number;
  readonly z: number;
  readonly channel: number;
}

/** Pixels looked at, at most, along a side. */
const SAMPLE = 1024;

/**
 * The histogram of a channel in one plane: of all its pixels where they are few, else of the coarsest level that has
 * enough, or of nine windows of the finest. Values that are no numbers do not count.
 */
export async function histogramOf(
  reader: PyramidReader,
  plane: ChannelPlane,
  options: { readonly bins?: number; readonly signal?: Signal } = {},
): Promise<Histogram> {
  const level = reader.levels.findLastIndex(
    ({ height, width }) => height * width >= SAMPLE ** 2 / 4,
  );
  const at = Math.max(level, 0);
  const { height, width } = reader.levels[at];
  const index = { t: plane.t, z: plane.z, c: plane.channel };
  const parts: Pixels[] = [];
  for (const box of windows(height, width)) {
    const region = { index, box, level: at, ...(options.signal ? { signal: options.signal } : {}) };
    parts.push((await reader.readRegion(region)).data);
  }
  return countValues(parts, options.bins ?? 256);
}

/** The histogram of values; those that are not finite do not count. */
export function countValues(parts: readonly Pixels[], bins = 256): Histogram {
  const values = finite(parts);
  if (values.length === 0) return { range: [0, 1], counts: new Uint32Array(bins), auto: [0, 1] };
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const counts = new Uint32Array(bins);
  const scale = high > low ? bins / (high - low) : 0;
  for (let i = 0; i < values.length; i++)
    counts[Math.min(Math.floor((values[i] - low) * scale), bins - 1)]++;
  const [dark, bright] = percentilesOf(values, [0.1, 99.9]);
  const auto =
    bright > dark ? ([dark, bright] as const) : ([low, high > low ? high : low + 1] as const);
  return { range: [low, high], counts, auto };
}

/** The whole where it is small enough, else nine windows spread evenly. */
function windows(height: number, width: number): Box[] {
  if (height * width <= SAMPLE ** 2 * 4) return [{ y: 0, x: 0, height, width }];
  const side = Math.floor(SAMPLE / 3);
  const along = (length: number) => {
    const size = Math.min(side, length);
    return [0, 0.5, 1].map((share) => ({ start: Math.floor((length - size) * share), size }));
  };
  return along(height).flatMap(({ start: y, size: h }) =>
    along(width).map(({ start: x, size: w }) => ({ y, x, height: h, width: w })),
  );
}

/** All values that are numbers, in one array of their type. */
function finite(parts: readonly Pixels[]): Pixels {
  if (parts.length === 0) return new Uint8Array(0);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (parts[0].constructor as new (length: number) => Pixels)(total);
  let count = 0;
  for (const part of parts)
    for (let i = 0; i < part.length; i++) if (Number.isFinite(part[i])) all[count++] = part[i];
  return all.subarray(0, count);
}
