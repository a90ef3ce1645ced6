/**
 * A folder of labelled images → samples, and which of them are held back to judge by.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Normalization,
  normalize,
  readImage,
  type Sample,
  ShapeError,
  seeded,
  shuffled,
} from "@cellwright/core";
import { about } from "./batch.js";
import { chooseChannels } from "./channels.js";
import { UsageError } from "./context.js";
import { withFile } from "./file-source.js";
import { findFiles, stemOf } from "./inputs.js";
import { readLabels } from "./labels-file.js";
import { channelsOf, planesOf } from "./planes.js";

/** An image and its labels on disk. */
export interface Pair {
  readonly name: string;
  readonly image: string;
  readonly labels: string;
}

const labelSuffix = /_(masks|labels)$/;
/** Pictures that `segment` draws for people are no training images. */
const pictureSuffix = /_preview$/;

/**
 * The labelled images of a folder, sorted by name: `images/` and `labels/` with files of one stem, or `NAME.tif` beside
 * `NAME_masks.tif` (or `_labels`). Throws {@link UsageError} where an image lacks its labels or there are none at all.
 */
export async function findPairs(dataset: string, cwd: string): Promise<Pair[]> {
  const root = resolve(cwd, dataset);
  const split = await isFolder(join(root, "images"));
  const files = async (folder: string) => {
    const { files: found, problems } = await findFiles([folder], { cwd, outputs: true });
    if (problems.length > 0) throw new UsageError(`${problems[0].input}: ${problems[0].message}`);
    return found.map(({ path }) => path).filter((path) => !pictureSuffix.test(stemOf(path)));
  };
  const everything = await files(split ? join(root, "images") : root);
  const images = split ? everything : everything.filter((path) => !labelSuffix.test(stemOf(path)));
  const labelFiles = split
    ? await files(join(root, "labels"))
    : everything.filter((path) => labelSuffix.test(stemOf(path)));
  const labels = new Map(labelFiles.map((path) => [stemOf(path).replace(labelSuffix, ""), path]));
  const pairs = images.map((image) => {
    const name = stemOf(image);
    const path = labels.get(name);
    if (!path)
      throw new UsageError(
        `${image}: no labels of that name (${name}.tif in labels/, or ${name}_masks.tif beside it)`,
      );
    return { name, image, labels: path };
  });
  if (pairs.length < 2)
    throw new UsageError(
      `${dataset}: at least 2 labelled images are needed (images/ and labels/), found ${pairs.length}`,
    );
  return pairs;
}

/** Reads and normalises a labelled image. Errors name the file. */
export async function readSample(
  pair: Pair,
  recipe: Normalization,
  channels: readonly string[],
  channel?: string,
): Promise<Sample> {
  const tensor = await about(pair.image, async () => {
    const image = await withFile(pair.image, (source) => readImage(source));
    if (planesOf(image).length > 1)
      throw new ShapeError(
        "training image",
        "one plane",
        `axes "${image.axes}" of [${image.shape}]`,
      );
    const choice = { named: {}, ...(channel && { list: channel.split(",") }) };
    return normalize(channelsOf(image, {}, chooseChannels(image, channels, choice)), recipe);
  });
  const labels = await about(pair.labels, async () => {
    const found = await readLabels(pair.labels);
    const size = tensor.shape.slice(1);
    if (found.shape.join() !== size.join())
      throw new ShapeError("labels", `${size.join(" x ")} like the image`, found.shape.join(" x "));
    return found;
  });
  return { name: pair.name, tensor, labels };
}

/** Splits by chance: a share of the list, at least one, is held back. The same seed and names give the same split. */
export function holdBack<T extends { readonly name: string }>(
  pairs: readonly T[],
  share: number,
  seed: number,
): { training: T[]; heldBack: T[] } {
  const count = Math.min(pairs.length - 1, Math.max(1, Math.round(share * pairs.length)));
  const chosen = new Set(
    shuffled(pairs, seeded(seed, 0x5e1d))
      .slice(0, count)
      .map((pair) => pair.name),
  );
  return {
    training: pairs.filter((pair) => !chosen.has(pair.name)),
    heldBack: pairs.filter((pair) => chosen.has(pair.name)),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
