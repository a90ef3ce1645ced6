/**
 * One image of a batch: from its files to labels, a table and a picture, in memory.
 *
 * @module
 */
import {
  type Box,
  type Column,
  cellTypes,
  countRows,
  countTypes,
  type FixedNormalization,
  type Image,
  lengthOf,
  measure,
  type Place,
  planeOf,
  type Scale,
  type ScaleChoice,
  type SegmentOptions,
  settledScale,
  stackPlanes,
  type Table,
} from "@cellwright/core";
import { type ChannelChoice, chooseChannels } from "./channels.js";
import { readImageFile } from "./image-file.js";
import { channelsOf, joinTables, labelShape, planesOf } from "./planes.js";
import { type CellTypes, drawPreview } from "./preview.js";
import { channelsFor, type Finder, type FoundCells } from "./segment-finder.js";

/** What is the same for all images of a batch. */
export interface Tools {
  readonly main: Finder;
  /** Finds the nuclei that seed the cells of `main`. */
  readonly seeds?: Finder;
  /** What the channels must show, of both, each once. */
  readonly channels: readonly string[];
  readonly choice: ChannelChoice;
  readonly scale: ScaleChoice;
  /** Whether the network's answers are averaged over flips and turns. */
  readonly averageTurns?: boolean;
  /** Percent of the pixels, the brightest, that count as no brighter than the others. */
  readonly saturated?: number;
  readonly tile?: SegmentOptions["tile"];
  readonly preview: boolean;
}

/** How the models looked at an image: at its first plane, and at the others alike. */
export interface Scales {
  readonly main: Scale;
  readonly seeds?: Scale;
}

/** What came out of an image. */
export interface Segmented {
  /** Without its pixels. */
  readonly image: Omit<Image, "data">;
  readonly labels: Image<Uint32Array>;
  readonly cells: number;
  /** How many cells there are of each type, where the model tells types apart. */
  readonly types?: Readonly<Record<string, number>>;
  readonly table: Table<Column>;
  readonly scales: Scales;
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
  const types = tools.main.card.types;
  const tables: Table<Column>[] = [];
  let scales: Scales | undefined;
  let preview: Image<Uint8Array> | undefined;
  for (const [i, plane] of planes.entries()) {
    const raw = channelsOf(image, plane, channels);
    const found = await timed("segment", () =>
      segmentPlane(raw, tools, scales, (share) => onProgress((i + share) / planes.length)),
    );
    const { labels, maps } = found.cells;
    scales = settled(scales, found.scales);
    data.set(labels.data, i * area);
    const table = await timed("measure", () => ({
      ...measure(labels, raw),
      ...(maps && cellTypes(labels, maps, tools.main.card)),
    }));
    tables.push(table);
    if (tools.preview && i === 0)
      preview = drawPreview(planeOf(raw), labels, types && typesOf(table, types));
  }
  const table = joinTables(planes, tables);
  const { data: _, ...seen } = image;
  return {
    image: seen,
    labels: { data, ...labelShape(image) },
    cells: countRows(table),
    ...(types && { types: countTypes(table, types) }),
    table,
    scales: scales ?? { main: { zoom: 1, from: "none" } },
    ...(preview && { preview }),
    seconds,
  };
}

/** A stack is looked at as its first plane was, or as the first on which cells could be found. */
export function settled(before: Scales | undefined, now: Scales): Scales {
  return {
    main: settledScale(before?.main, now.main),
    ...(now.seeds && { seeds: settledScale(before?.seeds, now.seeds) }),
  };
}

function typesOf(table: Table<Column>, names: readonly string[]): CellTypes {
  const of = new Map<number, string>();
  for (const [n, label] of [...table.label].entries()) of.set(Number(label), `${table.type[n]}`);
  return { names, of };
}

/** One file with all channels, or one file a channel put together; and which channels are wanted. */
async function readChannels(
  files: readonly string[],
  tools: Tools,
): Promise<{ image: Image; channels: number[] }> {
  const images: Image[] = [];
  for (const file of files) images.push(await readImageFile(file));
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

/** How a model looks at a part of a plane: what the whole plane says of size and brightness. */
export interface PartLook {
  readonly choice: ScaleChoice;
  /** Absent where the model takes the numbers as they are. */
  readonly normalization?: FixedNormalization;
}

/** A part of a larger plane: what of the pixels is wanted, and how the models look at it. */
export interface PartOfPlane {
  readonly part: Box;
  /** Where the pixels lie in the plane. */
  readonly place: Place;
  readonly main: PartLook;
  readonly seeds?: PartLook;
}

/** One plane with the channels of all models: first the nuclei, where they are wanted, then the cells. */
export async function segmentPlane(
  raw: Image,
  { main, seeds, channels, scale, tile, averageTurns, saturated }: Tools,
  before: Scales | undefined,
  onProgress: (share: number) => void,
  of?: PartOfPlane,
): Promise<{ cells: FoundCells; scales: Scales }> {
  const half = seeds ? 0.5 : 1;
  // --diameter is that of the cells; the nuclei's is for their own model to find.
  const { diameter: _, ...seedScale } = scale;
  const look = (start: number, given: PartLook | undefined, choice: ScaleChoice) => ({
    choice,
    ...(of && { part: of.part, place: of.place }),
    ...given,
    ...(tile && { tile }),
    ...(averageTurns && { averageTurns }),
    ...(saturated && { saturated }),
    onProgress: (done: number, total: number) => onProgress(start + (half * done) / total),
  });
  const nuclei = await seeds?.find(channelsFor(seeds, raw, channels), {
    ...look(0, of?.seeds, seedScale),
    ...(before?.seeds && { before: before.seeds }),
  });
  const cells = await main.find(channelsFor(main, raw, channels), {
    ...look(1 - half, of?.main, scale),
    ...(before && { before: before.main }),
    ...(nuclei && { seeds: nuclei.labels }),
  });
  return { cells, scales: { main: cells.scale, ...(nuclei && { seeds: nuclei.scale }) } };
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
