/**
 * Folders of labelled images → samples. Which layouts and annotations there are: `train-layout` and `train-annotation`;
 * which images teach and which judge: `train-split`.
 *
 * @module
 */
import { basename, resolve } from "node:path";
import {
  type Image,
  type Normalization,
  normalize,
  type Sample,
  ShapeError,
  stackPlanes,
  type Tensor,
} from "@cellwright/core";
import { about } from "./batch.js";
import { type ChannelChoice, chooseChannels } from "./channels.js";
import { UsageError } from "./context.js";
import { readImageFile } from "./image-file.js";
import { channelsOf, planesOf } from "./planes.js";
import { messageOf } from "./report.js";
import { fieldsOf } from "./train-fields.js";
import { type Annotated, readAnnotation } from "./train-labels.js";
import { type LayoutOptions, type Placed, placedIn } from "./train-layout.js";
import type { Pair, Skipped } from "./train-pair.js";

export type { Annotation, Pair, Skipped } from "./train-pair.js";
export { fold, holdBack, leaveOut, type Split } from "./train-split.js";

/** How to find labelled images. */
export interface FindPairsOptions extends LayoutOptions {
  /** Whether cells are of several types, which folders or interiors tell apart (default false). */
  readonly types?: boolean;
}

/**
 * The labelled images of datasets, in the order people count, and what was passed over. Of several datasets, each gives
 * its images the name of its folder in front. Throws {@link UsageError} where an image lacks its annotation, two have one
 * name, or there are none at all.
 */
export async function findPairs(
  datasets: readonly string[],
  cwd: string,
  options: FindPairsOptions,
): Promise<{ pairs: Pair[]; skipped: Skipped[] }> {
  const roots = datasets.map((dataset) => resolve(cwd, dataset));
  const prefixes = prefixesOf(roots);
  const all: { placed: Placed; type?: string }[] = [];
  const skipped: Skipped[] = [];
  for (const [i, root] of roots.entries()) {
    const found = await placedIn(root, options).catch((error: unknown) => {
      throw error instanceof UsageError
        ? error
        : new UsageError(`${datasets[i]}: ${messageOf(error)}`);
    });
    skipped.push(...found.skipped);
    for (const placed of found.placed) {
      const name = prefixes ? `${prefixes[i]}/${placed.name}` : placed.name;
      const type = placed.below.split("/")[0] || (prefixes && basename(root));
      all.push({ placed: { ...placed, name }, ...(options.types && type && { type }) });
    }
  }
  if (all.length === 0)
    throw new UsageError(`${datasets.join(", ")}: no labelled images${saying(skipped)}`);
  const groups = await fieldsOf(all.map(({ placed }) => placed));
  const pairs = all.map(({ placed: { below: _, ...pair }, type }, i) => ({
    ...pair,
    group: groups[i],
    ...(type !== undefined && !pair.annotation.types && { type }),
  }));
  return { pairs, skipped };
}

/** The names of the types that the annotations or folders of pairs tell apart, sorted. */
export function typesOf(pairs: readonly Pair[]): string[] {
  const names = pairs.flatMap(({ annotation, type }) => annotation.types ?? type ?? []);
  return [...new Set(names)].sort();
}

/** How to read a sample. */
export interface SampleOptions {
  /** Channels by number or name with commas between, in the order wanted. */
  readonly channel?: string;
  /** Channels by what they show. */
  readonly named?: Readonly<Record<string, string>>;
  /** The types of cells in order; a label's type is its place in here. Absent: cells are just cells. */
  readonly types?: readonly string[];
}

/** Reads and normalises a labelled image; `pixelSize` in micrometres, where the file says it. Errors name the file. */
export async function readSample(
  pair: Pair,
  recipe: Normalization,
  channels: readonly string[],
  options: SampleOptions = {},
): Promise<{ sample: Sample; pixelSize?: number }> {
  const image = await readChannels(pair, channels, options);
  const tensor: Tensor = await about(pair.images[0], async () => normalize(image, recipe));
  const [height, width] = tensor.shape.slice(1);
  const annotated = await readAnnotation(pair.annotation, height, width);
  const types = options.types && typesOfLabels(pair, annotated, options.types);
  const { name, group } = pair;
  const sample = { name, group, tensor, labels: annotated.labels, ...(types && { types }) };
  const pixelSize = image.spacing?.x;
  return { sample, ...(pixelSize !== undefined && pixelSize > 0 && { pixelSize }) };
}

/** The channels wanted, as `"cyx"`, of one file or of a file each. */
async function readChannels(
  { images }: Pair,
  channels: readonly string[],
  { channel, named = {} }: SampleOptions,
): Promise<Image> {
  if (images.length === 1) {
    const choice: ChannelChoice = {
      named,
      ...(channel !== undefined && { list: channel.split(",") }),
    };
    return about(images[0], () => readOne(images[0], channels, choice));
  }
  const planes: Image[] = [];
  for (const [i, path] of images.entries())
    planes.push(await about(path, () => readOne(path, [channels[i]])));
  const pixels = planes.map(
    (plane): Image => ({ ...plane, axes: "yx", shape: plane.shape.slice(1) }),
  );
  return about(images[0], async () => stackPlanes(pixels, channels));
}

async function readOne(
  path: string,
  channels: readonly string[],
  choice?: ChannelChoice,
): Promise<Image> {
  const image = await readImageFile(path);
  if (planesOf(image).length > 1)
    throw new ShapeError("training image", "one plane", `axes "${image.axes}" of [${image.shape}]`);
  return channelsOf(image, {}, chooseChannels(image, channels, choice));
}

/** Each label's place in `names`: by the interior it comes from, else by the folder of the whole image. */
function typesOfLabels(
  { name, annotation, type }: Pair,
  { labels, types: interiors }: Annotated,
  names: readonly string[],
): Map<number, number> {
  const said = annotation.types ?? [type ?? ""];
  const places = said.map((one) => {
    const place = placeOf(one, names);
    if (place < 0)
      throw new UsageError(
        one === ""
          ? `${name}: the type of its cells must be said by a folder it lies in (${names.join(", ")}), or by an interior a type`
          : `${name}: the type of its cells must be one of ${names.join(", ")}, is ${one}`,
      );
    return place;
  });
  const found = new Map<number, number>();
  for (const label of new Set(labels.data))
    if (label !== 0) found.set(label, places[interiors?.get(label) ?? 0]);
  return found;
}

/** The paper's interiors have numbers instead of names: `feature_1` is the first type. */
function placeOf(type: string, names: readonly string[]): number {
  const place = names.indexOf(type);
  const number = Number(/^feature_([1-9])$/i.exec(type)?.[1]);
  return place < 0 && number <= names.length ? number - 1 : place;
}

/** What goes before the names of each dataset's images: as much of its path as tells it from the others. */
function prefixesOf(roots: readonly string[]): string[] | undefined {
  if (roots.length < 2) return undefined;
  const parts = roots.map((root) => root.split(/[/\\]/));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let count = 1; count <= longest; count++) {
    const names = parts.map((part) => part.slice(-count).join("/"));
    if (new Set(names).size === names.length) return names;
  }
  throw new UsageError(`each dataset must be given once, got ${roots.join(", ")}`);
}

function saying(skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return "";
  const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : "";
  return ` (${skipped[0].path}: ${skipped[0].why}${more})`;
}
