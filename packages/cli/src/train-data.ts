/**
 * The labelled images of a training: which there are, which channels and types of cells they show, and reading them.
 *
 * @module
 */
import { type Preset, type Sample, typicalDiameter, zoomFor } from "@cellwright/core";
import type { ChannelChoice } from "./channels.js";
import type { TrainOptions } from "./commands/train.js";
import { type Context, UsageError } from "./context.js";
import { isPattern } from "./name-pattern.js";
import { startProgress } from "./progress.js";
import { findPairs, leaveOut, type Pair, readSample, typesOf } from "./train-dataset.js";
import type { Settings } from "./train-settings.js";

/** The images read. */
export interface TrainingData {
  readonly samples: ReadonlyMap<string, Sample>;
  /** Micrometres a pixel of the images by their names, where they say it. */
  readonly pixelSizes: ReadonlyMap<string, number>;
}

/** The channels that the options name; `undefined` where they name none. */
export function channelChoice(options: TrainOptions): ChannelChoice | undefined {
  const { channel } = options;
  const named = namedChannels(options);
  if (channel === undefined && Object.keys(named).length === 0) return undefined;
  return { ...(channel !== undefined && { list: channel.split(",") }), named };
}

/** Pixel sizes that differ by less count as one. */
const SAME = 1.02;

/**
 * Micrometres a pixel as the network sees it: `pixelSize`, else that of the images, which must all say it and agree within
 * 2 %, divided by what they are enlarged by to bring cells to `diameter`. `undefined` where they do not.
 */
export function seenPixelSize(
  { samples, pixelSizes }: TrainingData,
  names: readonly string[],
  { pixelSize, diameter }: { readonly pixelSize?: number; readonly diameter?: number },
): number | undefined {
  const sizes = names.map((name) => pixelSize ?? pixelSizes.get(name) ?? Number.NaN);
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  if (!(low > 0 && high <= SAME * low)) return undefined;
  const seen = names.map((name, i) => {
    const cells = typicalDiameter((samples.get(name) as Sample).labels);
    return sizes[i] / zoomFor(diameter && cells, diameter);
  });
  return Number(median(seen).toPrecision(4));
}

/** The typical diameter in pixels of the cells of the median image; `undefined` where there are no cells. */
export function medianDiameter(samples: readonly Sample[]): number | undefined {
  const found = samples.flatMap(({ labels }) => typicalDiameter(labels) ?? []);
  return found.length === 0 ? undefined : Number(median(found).toPrecision(3));
}

/** The middle of some numbers, the lower one of two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** A type of cells: what the model calls it, and the name of its folder or interior. */
export interface CellType {
  readonly name: string;
  readonly folder: string;
}

/**
 * The labelled images of the datasets, without those to leave out, and the types of their cells where the preset tells
 * types apart. Says on stderr what was passed over.
 */
export async function findData(
  datasets: readonly string[],
  { preset, base }: Settings,
  options: TrainOptions,
  context: Context,
): Promise<{ pairs: Pair[]; types: CellType[] }> {
  const { channels } = preset;
  const named = Object.entries(namedChannels(options));
  const patterns = Object.fromEntries(named.filter(([, said]) => isPattern(said)));
  const found = await findPairs(datasets, context.cwd, {
    channels,
    ...(preset.types && { types: true }),
    ...(Object.keys(patterns).length > 0 && { patterns }),
  });
  if (!options.quiet)
    for (const { path, why } of found.skipped) context.stderr(`left out ${path}: ${why}\n`);
  const pairs = options.leaveOut ? leaveOut(found.pairs, options.leaveOut) : found.pairs;
  if (!preset.types && options.types)
    throw new UsageError(
      "--types is for presets that tell types of cells apart, such as coculture",
    );
  if (!preset.types) return { pairs, types: [] };
  const known = base?.model.types;
  const types = cellTypesOf(pairs, options.types ?? known);
  const names = types.map(({ name }) => name).join(", ");
  if (known && names !== known.join(", "))
    throw new UsageError(`--types must be those of the model, ${known.join(", ")}, got ${names}`);
  return { pairs, types };
}

/** The types in the order of `--types`, else of the alphabet. */
function cellTypesOf(pairs: readonly Pair[], asked: readonly string[] | undefined): CellType[] {
  const found = typesOf(pairs);
  const types = (asked ?? found).map((text) => {
    const [name, folder = name] = text.split("=");
    return { name, folder };
  });
  const folders = types.map(({ folder }) => folder);
  const stranger = found.find((type) => !folders.includes(type));
  if (stranger !== undefined)
    throw new UsageError(`--types must name all types, lacks ${stranger}: leave it out, or add it`);
  if (types.length < 2)
    throw new UsageError(
      `at least 2 types of cells are needed, found ${found.join(", ") || "none"}: keep each in a folder of its own`,
    );
  for (const { name } of types)
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new UsageError(
        `a type's name must be letters, digits and _, got "${name}": call it otherwise, as in --types cells_${name.replace(/\W/g, "_")}=${name}`,
      );
  return types;
}

/** Reads and normalises all images. */
export async function readData(
  pairs: readonly Pair[],
  types: readonly CellType[],
  preset: Preset,
  options: TrainOptions,
  context: Context,
): Promise<TrainingData> {
  const samples = new Map<string, Sample>();
  const pixelSizes = new Map<string, number>();
  const named = Object.entries(namedChannels(options)).filter(([, said]) => !isPattern(said));
  const how = {
    ...(options.channel !== undefined && { channel: options.channel }),
    named: Object.fromEntries(named),
    ...(preset.types && { types: types.map(({ folder }) => folder) }),
  };
  const progress = startProgress(context, pairs.length, options.quiet);
  try {
    for (const pair of pairs) {
      context.signal.throwIfAborted();
      progress.show(samples.size, `reading ${pair.name}`);
      const read = await readSample(pair, preset.normalization, preset.channels, how);
      samples.set(pair.name, read.sample);
      if (read.pixelSize !== undefined) pixelSizes.set(pair.name, read.pixelSize);
    }
  } finally {
    progress.end();
  }
  return { samples, pixelSizes };
}

function namedChannels({ phase, nuclear }: TrainOptions): Readonly<Record<string, string>> {
  return { ...(phase !== undefined && { phase }), ...(nuclear !== undefined && { nuclear }) };
}

/** The samples of some pairs. */
export function samplesOf({ samples }: TrainingData, pairs: readonly { name: string }[]): Sample[] {
  return pairs.map(({ name }) => samples.get(name) as Sample);
}
