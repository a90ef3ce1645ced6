/**
 * One training or several: the folds of a cross-validation, or an ensemble from several seeds.
 * In: the labelled images and what was asked for. Out: a plan, one run a network.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { TrainOptions } from "./commands/train.js";
import { UsageError } from "./context.js";
import { type Checkpoint, readCheckpoint } from "./train-checkpoint.js";
import { fold, holdBack } from "./train-dataset.js";

/** The training of one network. */
export interface Run<T> {
  /** The folder of its checkpoints below that of the training; empty where there is only one network. */
  readonly name: string;
  /** Chooses first weights and crops. */
  readonly seed: number;
  readonly training: readonly T[];
  readonly heldBack: readonly T[];
}

/** Share of the images held back where nothing is said. */
const SHARE = 0.1;

const runName = /^(fold|network)-\d+$/;

/** The names of the runs that the options ask for. */
export function runNames({ folds, fold: only, ensemble }: TrainOptions): string[] {
  if (folds && !only) return Array.from({ length: folds }, (_, i) => `fold-${i + 1}`);
  if (ensemble) return Array.from({ length: ensemble }, (_, i) => `network-${i + 1}`);
  return [""];
}

/**
 * What each network learns from and is judged by. Folds share the seed and differ in what they hold back, the networks of
 * an ensemble the other way round. Throws {@link UsageError} where there are too few images.
 */
export function planRuns<T extends { readonly name: string; readonly group?: string }>(
  pairs: readonly T[],
  options: TrainOptions,
): Run<T>[] {
  const { folds, fold: only, seed } = options;
  const names = runNames(options);
  const fields = new Set(pairs.map(({ name, group }) => group ?? name)).size;
  if (folds)
    return names.map((name, i) => ({
      name,
      seed,
      ...fold(pairs, folds, (only ?? i + 1) - 1, seed),
    }));
  const aside = options.heldBack ?? (options.from && fields < 2 ? 0 : SHARE);
  const split = holdBack(pairs, aside, seed);
  return names.map((name, i) => ({ name, seed: seed + i, ...split }));
}

/** A run in words, such as `fold 2 of 5`; empty where there is only one network. */
export function titleOf(name: string, count: number): string {
  return name === "" ? "" : `${name.replace("-", " ")} of ${count}`;
}

/**
 * What an earlier training left in the folder, by the names of its runs. Throws {@link UsageError} where there is something
 * and it is neither to be gone on with nor to be forgotten, or where it is another kind of training.
 */
export async function earlierRuns(
  folder: string,
  options: TrainOptions,
): Promise<Map<string, Checkpoint>> {
  const found = new Map<string, Checkpoint>();
  if (options.overwrite) return found;
  const names = runNames(options);
  for (const name of await namesIn(folder)) {
    const checkpoint = await readCheckpoint(join(folder, name));
    if (!checkpoint) continue;
    if (!options.resume)
      throw new UsageError(
        `${folder} holds a training: give --resume to go on, --overwrite to start again`,
      );
    if (!names.includes(name)) throw otherTraining(folder);
    found.set(name, checkpoint);
  }
  return found;
}

/** What to say where a training cannot be gone on with. */
export function otherTraining(folder: string): UsageError {
  return new UsageError(
    `${folder} belongs to a training with other images or options: give the same, or --overwrite`,
  );
}

/** The runs that a folder may hold: the one of the folder itself, and those below. */
export async function namesIn(folder: string): Promise<string[]> {
  const below = await readdir(folder).catch(() => []);
  return ["", ...below.filter((name) => runName.test(name)).sort()];
}
