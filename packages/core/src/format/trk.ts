/**
 * DeepCell's tracked movies: `.trk` (one) and `.trks` (several). A tar.gz with `raw.npy` (frames, y, x, channels),
 * `tracked.npy` (the labels) and `lineage.json`, a record a track.
 *
 * @module
 */
import { strFromU8, strToU8 } from "fflate";
import { FormatError, ShapeError } from "../errors.js";
import { checkImage, type Image, type Labels, lengthOf, type Pixels } from "../image.js";
import { daughtersOf, type Track } from "../track/lineage.js";
import { swapAxes } from "./channel-order.js";
import { mendTracks } from "./ctc-mend.js";
import type { ReadOptions } from "./format.js";
import { type NpyArray, readNpy, writeNpy } from "./npy.js";
import { readTar, writeTarGz } from "./trk-tar.js";

/** A tracked movie with its images. */
export interface TrkMovie {
  /** The microscope's images, axes `"tcyx"`. */
  readonly raw: Image;
  /** One `"yx"` a frame; pixels have the labels of their tracks. */
  readonly frames: Labels[];
  readonly tracks: Track[];
  /** What had to be changed because text and pixels did not agree, a line each; see `mendTracks`. */
  readonly changes: string[];
}

/** What a track's record has that we read. */
interface TrkRecord {
  readonly label?: unknown;
  readonly frames?: unknown;
  readonly parent?: unknown;
}

/**
 * The bytes of a `.trk`. `raw` has the axes `"tyx"` or `"tcyx"`; without it there is an image of zeros, because the
 * format asks for one. Of each track is written: its frames, daughters, parent, `frame_div` (the daughters' first frame)
 * and `capped` (whether it ends before the movie does). Throws `ShapeError` where frames and images differ in size.
 */
export function writeTrk(movie: {
  readonly raw?: Image;
  readonly frames: readonly Labels[];
  readonly tracks: readonly Track[];
}): Uint8Array {
  const { frames, tracks } = movie;
  if (frames.length === 0) throw new ShapeError("frames", "at least one", "none");
  const [height, width] = frames[0].shape;
  const size = height * width;
  const labels = new Uint32Array(frames.length * size);
  for (const [i, { shape, data }] of frames.entries()) {
    if (shape.join() !== frames[0].shape.join())
      throw new ShapeError(`frame ${i}`, `${height} x ${width} like the first`, shape.join(" x "));
    labels.set(data, i * size);
  }
  const shape = [frames.length, height, width, 1];
  const raw = movie.raw
    ? channelsLast(movie.raw, shape)
    : { data: new Uint8Array(labels.length), shape };
  const files = new Map([
    ["lineage.json", strToU8(JSON.stringify(recordsOf(tracks, frames.length), null, 1))],
    ["raw.npy", writeNpy(raw)],
    ["tracked.npy", writeNpy({ data: signed(labels), shape })],
  ]);
  return writeTarGz(files);
}

/**
 * Reads the movies of a `.trk` or `.trks`. Where the records and the pixels do not agree the pixels are believed, and
 * `changes` tells. Frames of zeros that fill a shorter movie of a `.trks` up stay. Throws {@link FormatError} for damaged
 * files, `UnsupportedError` for pickled arrays and for what unpacks to more than `maxBytes`.
 */
export function readTrk(bytes: Uint8Array, options: ReadOptions = {}): TrkMovie[] {
  const files = readTar(bytes, options);
  const raw = arrayIn(files, "raw.npy", options);
  const tracked = arrayIn(files, "tracked.npy", options);
  const lineages = lineagesIn(files);
  const several = files.has("lineages.json") && tracked.shape.length === 5;
  const axes = several ? 5 : 4;
  for (const [name, { shape }] of Object.entries({ raw, tracked }))
    if (shape.length !== axes || shape.some((length) => length < 1))
      throw new FormatError(
        `${name}.npy must have ${axes} axes with pixels, its shape is [${shape}]`,
      );
  const [count, steps, height, width] = several ? tracked.shape : [1, ...tracked.shape];
  const same = tracked.shape.slice(0, -1).join() === raw.shape.slice(0, -1).join();
  if (!same || tracked.shape[axes - 1] !== 1)
    throw new FormatError(
      `tracked.npy must have the shape [${raw.shape.slice(0, -1)},1] like raw.npy, has [${tracked.shape}]`,
    );
  if (lineages.length !== count)
    throw new FormatError(`must have ${count} lineages, one a movie, has ${lineages.length}`);
  return lineages.map((lineage, i) => {
    const size = steps * height * width;
    const planes = tracked.data.subarray(i * size, (i + 1) * size);
    const length = raw.data.length / count;
    const own = {
      data: raw.data.subarray(i * length, (i + 1) * length),
      shape: raw.shape.slice(-4),
    };
    return movieOf(planes, [steps, height, width], own, lineage);
  });
}

function movieOf(
  planes: Pixels,
  [steps, height, width]: readonly number[],
  raw: NpyArray,
  lineage: unknown,
): TrkMovie {
  const frames = Array.from({ length: steps }, (_, t): Labels => {
    const plane = planes.subarray(t * height * width, (t + 1) * height * width);
    for (const value of plane)
      if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
        throw new FormatError(
          `tracked.npy must have whole numbers from 0, has ${value} in frame ${t}`,
        );
    return { data: Uint32Array.from(plane), shape: [height, width], axes: "yx" };
  });
  const present = frames.map(({ data }) => {
    const labels = new Set(data);
    labels.delete(0);
    return labels;
  });
  const { tracks, changes, renumber } = mendTracks(tracksIn(lineage), present);
  return { raw: channelsFirst(raw), frames: frames.map(renumber), tracks, changes };
}

function recordsOf(tracks: readonly Track[], frames: number): Record<string, unknown> {
  const daughters = daughtersOf(tracks);
  const records = tracks.map(({ label, begin, end, parent }) => {
    const own = daughters.get(label) ?? [];
    const record = {
      label,
      frames: Array.from({ length: end - begin + 1 }, (_, i) => begin + i),
      daughters: own.map((daughter) => daughter.label),
      parent: parent === 0 ? null : parent,
      frame_div: own.length > 0 ? Math.min(...own.map((daughter) => daughter.begin)) : null,
      capped: end < frames - 1,
    };
    return [`${label}`, record] as const;
  });
  return Object.fromEntries(records);
}

function lineagesIn(files: ReadonlyMap<string, Uint8Array>): unknown[] {
  const name = ["lineages.json", "lineage.json"].find((each) => files.has(each));
  if (name === undefined) throw new FormatError("must have the file lineage.json or lineages.json");
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(files.get(name) as Uint8Array));
  } catch (error) {
    throw new FormatError(`${name} is not JSON`, {}, error);
  }
  return Array.isArray(value) ? value : [value];
}

/** The tracks of a lineage: an object of records by label. Frames may be in any order and have holes. */
function tracksIn(lineage: unknown): Track[] {
  if (typeof lineage !== "object" || lineage === null || Array.isArray(lineage))
    throw new FormatError("a lineage must be an object with a record a track");
  return Object.entries(lineage).map(([key, value]): Track => {
    const label = Number(key);
    const record = (value ?? {}) as TrkRecord;
    const frames = Array.isArray(record.frames) ? record.frames : [];
    const parent = record.parent ?? 0;
    const whole = (n: unknown, least: number) =>
      Number.isInteger(n) && (n as number) >= least && (n as number) <= 0xffffffff;
    if (!/^[0-9]+$/.test(key) || !whole(label, 1) || (record.label ?? label) !== label)
      throw new FormatError(`a track must have its label from 1 as key, has "${key.slice(0, 20)}"`);
    if (!frames.every((frame) => whole(frame, 0)) || !whole(parent, 0))
      throw new FormatError(`track ${key} must have whole numbers as frames and parent`);
    const [begin, end] = frames.reduce(
      ([low, high], frame) => [Math.min(low, frame), Math.max(high, frame)],
      [frames[0] ?? 0, frames[0] ?? 0],
    );
    return { label, begin, end, parent: parent as number };
  });
}

function arrayIn(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  options: ReadOptions,
): NpyArray {
  const bytes = files.get(name);
  if (!bytes)
    throw new FormatError(
      `must have the file ${name}, has ${[...files.keys()].join(", ").slice(0, 100)}`,
    );
  return readNpy(bytes, options);
}

/** DeepCell has its labels as int32 where they fit. */
function signed(labels: Uint32Array): Int32Array | Uint32Array {
  return labels.every((label) => label <= 0x7fffffff) ? Int32Array.from(labels) : labels;
}

function channelsLast(image: Image, [frames, height, width]: readonly number[]): NpyArray {
  checkImage(image, "raw");
  const same =
    lengthOf(image, "t") === frames &&
    lengthOf(image, "y") === height &&
    lengthOf(image, "x") === width;
  if (!/^tc?yx$/.test(image.axes) || !same)
    throw new ShapeError(
      "raw",
      `"tyx" or "tcyx" of ${frames} frames of ${height} x ${width} like the labels`,
      `"${image.axes}" of ${image.shape.join(" x ")}`,
    );
  const count = lengthOf(image, "c");
  return {
    data: swapAxes(image.data, frames, count, height * width),
    shape: [frames, height, width, count],
  };
}

function channelsFirst({ data, shape: [frames, height, width, count] }: NpyArray): Image {
  return {
    data: swapAxes(data, frames, height * width, count),
    shape: [frames, count, height, width],
    axes: "tcyx",
  };
}
