/**
 * What `merge` leaves for `finalize`: the cell of every piece, and where the cell lies.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { CELL_FIELDS } from "@cellwright/core";
import { UsageError } from "../context.js";
import { openFile } from "../file-source.js";
import type { BlocksPlan, Plan } from "./plan-data.js";

/** What `merge.json` says. */
export interface MergeRecord {
  readonly job: string;
  /** Changes where the parts that were joined are others. */
  readonly merge: string;
  readonly cells: number;
  /** One a plane. */
  readonly planes: readonly { readonly cells: number }[];
  /** Units that were not done and are left out. */
  readonly missing: readonly string[];
}

/** The record of a job whose blocks are joined; undefined where they are not. */
export async function readMerge(folder: string, plan: Plan): Promise<MergeRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, "merge.json"), "utf8")) as MergeRecord;
    return record.job === plan.job ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT")
      return undefined;
    throw error;
  }
}

/** The same; throws {@link UsageError} where the blocks are not joined. */
export async function mergeOf(folder: string, plan: Plan): Promise<MergeRecord> {
  const record = await readMerge(folder, plan);
  if (record) return record;
  throw new UsageError(
    `${folder} is not merged as seen from ${hostname()}: "cellwright merge" comes before "finalize"`,
  );
}

/** Where the pieces of each unit stand among those of its plane. */
export interface PieceIndex {
  /** Pieces of each unit. */
  readonly counts: Uint32Array;
  /** The first piece of each unit, from 0 in each plane. */
  readonly starts: Float64Array;
}

/** The index from the numbers of pieces of all units. */
export function pieceIndex({ units }: BlocksPlan, counts: Uint32Array): PieceIndex {
  const starts = new Float64Array(units.length);
  for (let n = 1; n < units.length; n++)
    starts[n] = units[n].plane === units[n - 1].plane ? starts[n - 1] + counts[n - 1] : 0;
  return { counts, starts };
}

/** Reads the index. */
export async function readIndex(folder: string, plan: BlocksPlan): Promise<PieceIndex> {
  const bytes = await readFile(join(folder, "merge", "counts"));
  return pieceIndex(plan, new Uint32Array(new Uint8Array(bytes).buffer));
}

/** What core's `JoinedPieces` says of each piece of a unit. */
export async function readCells(
  folder: string,
  { units }: BlocksPlan,
  { counts, starts }: PieceIndex,
  n: number,
): Promise<Uint32Array> {
  if (counts[n] === 0) return new Uint32Array(0);
  const path = join(folder, "merge", `${units[n].plane}.cells`);
  const bytes = await readRange(path, 4 * CELL_FIELDS * starts[n], 4 * CELL_FIELDS * counts[n]);
  return new Uint32Array(bytes);
}

/** What the maps of types come to over each cell that begins in a piece of a unit; of each piece one number a type. */
export async function readTypeSums(
  folder: string,
  { units }: BlocksPlan,
  { counts, starts }: PieceIndex,
  n: number,
  types: number,
): Promise<Float64Array> {
  const path = join(folder, "merge", `${units[n].plane}.types`);
  return new Float64Array(await readRange(path, 8 * types * starts[n], 8 * types * counts[n]));
}

async function readRange(path: string, start: number, length: number): Promise<ArrayBuffer> {
  const { source, close } = await openFile(path);
  try {
    return new Uint8Array(await source.read(start, start + length)).buffer;
  } finally {
    await close();
  }
}
