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
  seeded,
  shuffled,
} from "@cellwright/core";
import { fileMessage } from "./batch.js";
import { chooseChannels } from "./channels.js";
import { UsageError } from "./context.js";
import { withFile } from "./file-source.js";
import { findFiles, stemOf } from "./inputs.js";
import { readLabels } from "./labels-file.js";
import { channelsOf } from "./planes.js";

/** An image and its labels on disk. */
export interface Pair {
  readonly name: string;
  readonly image: string;
  readonly labels: string;
}

const labelSuffix = /_(masks|labels)$/;

/**
 * The labelled images of a folder, sorted by name: `images/` and `labels/` with files of one stem, or `NAME.tif` beside
 * `NAME_masks.tif` (or `_labels`). Throws {@link UsageError} where an image lacks its labels or there are none at all.
 */
export async function findPairs(dataset: string, cwd: string): Promise<Pair[]> {
  const root = resolve(cwd, dataset);
  const split = await isFolder(join(root, "images"));
  const files = async (folder: string) =>
    (await findFiles([folder], { cwd, outputs: true })).files.map((file) => file.path);
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
  const within = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new Error(fileMessage(path, error), { cause: error });
    }
  };
  const tensor = await within(pair.image, async () => {
    const image = await withFile(pair.image, (source) => readImage(source));
    const chosen = chooseChannels(image, channels, {
      named: {},
      ...(channel && { list: channel.split(",") }),
    });
    return normalize(channelsOf(image, {}, chosen), recipe);
  });
  const labels = await within(pair.labels, () => readLabels(pair.labels));
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
