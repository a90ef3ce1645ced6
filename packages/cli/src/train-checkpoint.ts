/**
 * What training keeps on disk so that it can go on: the state after the last whole epoch, the best network so far, the
 * log. The small JSON file is renamed into place last, so it always names files that are whole.
 *
 * @module
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Accuracy,
  type Graph,
  type Preset,
  readOnnx,
  type Values,
  writeOnnx,
} from "@cellwright/core";
import type { ChannelChoice } from "./channels.js";
import { UsageError } from "./context.js";
import { makeFolder, writeWhole } from "./file-sink.js";
import { messageOf } from "./report.js";

/** One epoch of the log; without accuracy where no images are held back. */
export interface EpochLog extends Partial<Accuracy> {
  readonly epoch: number;
  readonly loss: number;
  readonly rate: number;
  readonly seconds: number;
}

/** Everything that decides what training makes; training only goes on with the same. */
export interface Recipe {
  readonly preset: string;
  /** What the preset's name stood for, with what the options changed of it. */
  readonly settings: Preset;
  /** SHA-256 of the weights it started from, where those were another model's. */
  readonly from?: string;
  /** The channels asked for. */
  readonly channels?: ChannelChoice;
  /** The types of cells, in the order of their maps. */
  readonly types?: readonly string[];
  readonly epochs: number;
  /** So many epochs without a better one end the training. */
  readonly patience?: number;
  readonly seed: number;
  readonly heldBack: readonly string[];
  readonly training: readonly string[];
}

/** A training under way. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly log: readonly EpochLog[];
  /** Number of the epoch whose network is the best; the last where no images are held back. */
  readonly best: number;
  /** How good the network was that training started from, where that was another model's. */
  readonly before?: Accuracy;
}

/** Whether a training needs no further epoch: all are done, or the best is too long ago. */
export function isFinished({ recipe, log, best }: Checkpoint): boolean {
  const { epochs, patience = Number.POSITIVE_INFINITY } = recipe;
  return log.length >= epochs || (log.length > 0 && log.length - best >= patience);
}

/** The folder beside the model that holds checkpoints and the log. */
export function trainingFolder(model: string): string {
  return `${model}.training`;
}

/** The checkpoint of a folder; `undefined` where there is none. */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  try {
    const kept = JSON.parse(await readFile(join(folder, "checkpoint.json"), "utf8"));
    if (!kept?.recipe || !Array.isArray(kept.log) || kept.log[kept.best - 1] === undefined)
      throw new Error("not a checkpoint");
    return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UsageError(
      `${join(folder, "checkpoint.json")} cannot be read: give --overwrite to start again`,
    );
  }
}

/** The trainer's state after the last epoch of a checkpoint. */
export async function readState(
  folder: string,
  checkpoint: Checkpoint,
): Promise<Record<string, Values>> {
  return { ...(await readGraph(join(folder, stateName(checkpoint.log.length)))).weights };
}

/** The best network of a checkpoint. */
export function readBest(folder: string, checkpoint: Checkpoint): Promise<Graph> {
  return readGraph(join(folder, bestName(checkpoint.best)));
}

/** Keeps a checkpoint, then removes what only older ones needed. */
export async function writeCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  state: Readonly<Record<string, Values>>,
  network: Graph,
): Promise<void> {
  await makeFolder(folder);
  const epoch = checkpoint.log.length;
  await writeWhole(
    join(folder, stateName(epoch)),
    writeOnnx({ inputs: [], nodes: [], outputs: [], weights: state }),
  );
  if (checkpoint.best === epoch)
    await writeWhole(join(folder, bestName(epoch)), writeOnnx(network));
  const lines = checkpoint.log.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  await writeWhole(join(folder, "log.jsonl"), lines);
  await writeWhole(join(folder, "checkpoint.json"), `${JSON.stringify(checkpoint, null, 1)}\n`);
  const keep = new Set([stateName(epoch), bestName(checkpoint.best)]);
  for (const name of await readdir(folder))
    if (/^(state|best)-\d+\.onnx$/.test(name) && !keep.has(name))
      await rm(join(folder, name), { force: true });
}

async function readGraph(path: string): Promise<Graph> {
  try {
    return readOnnx(new Uint8Array(await readFile(path)));
  } catch (error) {
    throw new Error(`${path} cannot be read (${messageOf(error)}): --overwrite starts again`, {
      cause: error,
    });
  }
}

function stateName(epoch: number): string {
  return `state-${epoch}.onnx`;
}

function bestName(epoch: number): string {
  return `best-${epoch}.onnx`;
}
