/**
 * The brightness of planes that are too large for one process: looked at once, when the job is planned, so that all blocks
 * are brought to the same.
 *
 * @module
 */
import { type Box, type Gathering, gatherSpread, lengthOf } from "@cellwright/core";
import type { PlaneIndex } from "../planes.js";
import type { JobInput } from "./input.js";

/** All pixels are looked at where there are no more, of all planes and channels. */
const MOST = 2 ** 28;
/** Else about so many, in boxes evenly spread. */
const SAMPLED = 2 ** 26;
/** Pixels along a side of a box, about. */
const SIDE = 1024;
/** Planes of more pixels no command takes in one piece. Of these, boxes that are not stored are no part of the picture. */
export const LARGE: number = 2 ** 30;

/** What was looked at. */
export interface Looked {
  /** One a channel, in the order asked for. */
  readonly channels: readonly Gathering[];
  /** Pixels looked at of each channel. */
  readonly pixels: number;
  /** Whether these are only some of those that there are. */
  readonly sampled: boolean;
  /** The box of full resolution in which brightness varies most, of those looked at. */
  readonly busiest: Box;
}

/** How planes are looked at. */
export interface LookOptions {
  /** Numbers of the channels. */
  readonly channels: readonly number[];
  /** How many planes share the number of pixels that are looked at. */
  readonly planes: number;
  /** Names of the files that are there, of a Zarr in a folder. */
  readonly stored?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

/** Looks at a plane. */
export async function lookAtPlane(
  input: JobInput,
  index: PlaneIndex,
  options: LookOptions,
): Promise<Looked> {
  const { reader } = input;
  const { channels, planes, stored, signal } = options;
  const [height, width] = [lengthOf(reader, "y"), lengthOf(reader, "x")];
  const isLarge = height * width > LARGE;
  const isStored = (box: Box) =>
    !input.files ||
    !stored ||
    input.files.namesOf(index, channels, box).some((name) => stored.has(name));
  const all = boxesOf(input, height, width);
  const there = all.filter(isStored);
  const perBox = there.length === 0 ? 1 : areaOf(there) / there.length;
  const budget = Math.max(1, Math.floor(MOST / (planes * channels.length * perBox)));
  const few = Math.max(1, Math.floor(SAMPLED / (planes * channels.length * perBox)));
  const looked = there.length <= budget ? there : spread(there, few);
  const gatherings = channels.map(() => gatherSpread(reader.type));
  let best = { box: looked[0] ?? all[0], variance: -1 };
  for (const box of looked) {
    signal?.throwIfAborted();
    let variance = 0;
    for (const [i, c] of channels.entries()) {
      const place = { ...index, ...(reader.axes.includes("c") && { c }) };
      const { data } = await reader.readRegion({ index: place, box });
      gatherings[i].add(data);
      variance = varianceOf(data);
    }
    if (variance > best.variance) best = { box, variance };
  }
  const missing = all.filter((box) => !isStored(box));
  if (missing.length > 0 && (!isLarge || there.length === 0)) {
    const { y, x } = missing[0];
    const one = await reader.readRegion({ index, box: { y, x, height: 1, width: 1 } });
    const share = there.length === 0 ? 1 : looked.length / there.length;
    for (const gathering of gatherings)
      gathering.addMany(one.data[0], Math.round(areaOf(missing) * share));
  }
  return {
    channels: gatherings,
    pixels: areaOf(looked),
    sampled: looked.length < there.length,
    busiest: best.box,
  };
}

function areaOf(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { height, width }) => sum + height * width, 0);
}

function varianceOf(data: ArrayLike<number>): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] - data[0];
    sum += value;
    squares += value * value;
  }
  return squares / data.length - (sum / data.length) ** 2;
}

/** Boxes that cover a plane, of whole files or tiles. */
function boxesOf({ reader, files }: JobInput, height: number, width: number): Box[] {
  const { tile } = reader.levels[0];
  const along = (stored: number, length: number) =>
    Math.min(length, stored * Math.max(1, Math.round(SIDE / stored)));
  const high = along(files?.height ?? tile.height, height);
  const wide = along(files?.width ?? tile.width, width);
  const boxes: Box[] = [];
  for (let y = 0; y < height; y += high)
    for (let x = 0; x < width; x += wide)
      boxes.push({ y, x, height: Math.min(high, height - y), width: Math.min(wide, width - x) });
  return boxes;
}

/** So many of a list, evenly spread. */
function spread<T>(list: readonly T[], count: number): T[] {
  return Array.from(
    { length: Math.min(count, list.length) },
    (_, i) => list[Math.floor(((i + 0.5) * list.length) / Math.min(count, list.length))],
  );
}
