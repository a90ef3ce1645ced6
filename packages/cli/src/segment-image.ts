/**
 * One image of a batch: from its files to labels, a table and a picture, in memory.
 *
 * @module
 */
import {
  type Image,
  type Labels,
  lengthOf,
  type Mask,
  type Model,
  measure,
  type Program,
  planeOf,
  readImage,
  relabel,
  segment,
  stackChannels,
  stackPlanes,
  type Table,
} from "@cellwright/core";
import { type ChannelChoice, chooseChannels } from "./channels.js";
import { withFile } from "./file-source.js";
import { channelsOf, joinTables, labelShape, planesOf } from "./planes.js";
import { drawPreview } from "./preview.js";
import { resample, resampleLabels } from "./scale.js";

/** A model that is ready to run. */
export interface ReadyModel {
  readonly name: string;
  readonly sha256: string;
  readonly model: Model;
  readonly program: Program;
}

/** What is the same for all images of a batch. */
export interface Tools {
  readonly main: ReadyModel;
  /** Finds the nuclei that seed the cells of `main`. */
  readonly seeds?: ReadyModel;
  /** What the channels must show, of both models, each once. */
  readonly channels: readonly string[];
  readonly choice: ChannelChoice;
  /** Micrometres a pixel of the images, where they are to be rescaled to the models'. */
  readonly pixelSize?: number;
  readonly tile?: number;
  readonly preview: boolean;
}

/** What came out of an image. */
export interface Segmented {
  readonly image: Image;
  readonly labels: Image<Uint32Array>;
  readonly cells: number;
  readonly table: Table;
  /** The first plane with its cells outlined, where wanted. */
  readonly preview?: Image<Uint8Array>;
  readonly seconds: Readonly<Record<string, number>>;
}

/** Reads and segments an image. `onProgress` is told the share done, 0 … 1. */
export async function segmentImage(
  files: readonly string[],
  tools: Tools,
  onProgress: (share: number) => void,
): Promise<Segmented> {
  const seconds = { read: 0, segment: 0, measure: 0 };
  const timed = stopwatch(seconds);
  const { image, channels } = await timed("read", () => readChannels(files, tools));
  const planes = planesOf(image);
  const area = lengthOf(image, "y") * lengthOf(image, "x");
  const data = new Uint32Array(planes.length * area);
  const tables: Table[] = [];
  let preview: Image<Uint8Array> | undefined;
  for (const [i, plane] of planes.entries()) {
    const raw = channelsOf(image, plane, channels);
    const labels = await timed("segment", () =>
      segmentPlane(raw, tools, (share) => onProgress((i + share) / planes.length)),
    );
    data.set(labels.data, i * area);
    tables.push(await timed("measure", () => measure(labels, raw)));
    if (tools.preview && i === 0) preview = drawPreview(planeOf(raw), labels);
  }
  return {
    image,
    labels: { data, ...labelShape(image) },
    cells: tables.reduce((sum, table) => sum + table.label.length, 0),
    table: joinTables(planes, tables),
    ...(preview && { preview }),
    seconds,
  };
}

/** One file with all channels, or one file a channel put together; and which channels are wanted. */
async function readChannels(
  files: readonly string[],
  tools: Tools,
): Promise<{ image: Image; channels: number[] }> {
  const images: Image[] = [];
  for (const file of files) images.push(await withFile(file, (source) => readImage(source)));
  if (images.length === 1)
    return { image: images[0], channels: chooseChannels(images[0], tools.channels, tools.choice) };
  const planes = images.map((image, i) => {
    const [c] = chooseChannels(image, [tools.channels[i]]);
    if (planesOf(image).length > 1)
      throw new Error(`${files[i]} must be one plane to be paired, has ${planesOf(image).length}`);
    return planeOf(image, image.axes.includes("c") ? { c } : {});
  });
  return { image: stackPlanes(planes, tools.channels), channels: planes.map((_, i) => i) };
}

async function segmentPlane(
  raw: Image,
  tools: Tools,
  onProgress: (share: number) => void,
): Promise<Labels> {
  const { main, seeds } = tools;
  if (!seeds) return run(raw, main, tools, onProgress);
  const nuclei = await run(raw, seeds, tools, (share) => onProgress(share / 2));
  return run(raw, main, tools, (share) => onProgress((1 + share) / 2), nuclei);
}

/** One model on one plane, at the pixel size that the model knows. */
async function run(
  raw: Image,
  { model, program }: ReadyModel,
  tools: Tools,
  onProgress: (share: number) => void,
  seeds?: Labels | Mask,
): Promise<Labels> {
  const [height, width] = raw.shape.slice(1);
  const scale = tools.pixelSize && model.pixelSize ? tools.pixelSize / model.pixelSize : 1;
  const rows = Math.max(1, Math.round(height * scale));
  const columns = Math.max(1, Math.round(width * scale));
  const same = rows === height && columns === width;
  const planes = model.channels.map((shows) => {
    const plane = planeOf(raw, { c: tools.channels.indexOf(shows) });
    return same ? plane : resample(plane, rows, columns);
  });
  const labels = await segment(stackChannels(planes, model.channels), model, program, {
    ...(tools.tile && { tile: tools.tile }),
    ...(seeds && { seeds: same ? seeds : resampleLabels(seeds as Labels, rows, columns) }),
    onProgress: (done: number, total: number) => onProgress(done / total),
  });
  if (same) return labels;
  const resampled = resampleLabels(labels, height, width);
  // Grown cells keep the numbers of their nuclei; others may have vanished and leave no gap.
  return seeds ? resampled : relabel(resampled);
}

function stopwatch<K extends string>(
  seconds: Record<K, number>,
): <T>(step: K, work: () => T | Promise<T>) => Promise<T> {
  return async (step, work) => {
    const start = performance.now();
    const result = await work();
    seconds[step] += (performance.now() - start) / 1000;
    return result;
  };
}
