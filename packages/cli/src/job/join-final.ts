/**
 * The end of a job over blocks, when all of them are finished: the coarser copies of the labels, their metadata, and the
 * table. Whoever comes last does it; done twice it gives the same.
 *
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  type Column,
  coarserChunk,
  finerChunks,
  type Image,
  labelChunkKey,
  labelMetadata,
  measure,
  typesFromSums,
  writeTable,
} from "@cellwright/core";
import { joinTables, type PlaneIndex } from "../planes.js";
import { type FinalWork, packed } from "./final-block.js";
import { putFile } from "./folder.js";
import { unitPath } from "./plan-data.js";

const unzip: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array> =
  promisify(gunzip);

/** What of the folder belongs to this step. */
export const END_UNIT = "final/all";

/** Writes what the blocks could not write by themselves. */
export async function joinFinal(work: FinalWork): Promise<void> {
  await writeCoarser(work);
  await putFile(work.folder, END_UNIT, "cells.csv", () => linesOf(work));
  for (const [key, bytes] of labelMetadata(work.store))
    await putFile(work.folder, END_UNIT, `labels.zarr/${key}`, bytes);
}

/** Level after level, the chunks that are no block's own. */
async function writeCoarser(work: FinalWork): Promise<void> {
  const { plan, store } = work;
  const { chunk, levels, shapes } = store.plan;
  for (const index of plan.planes)
    for (let level = store.own + 1; level < levels; level++)
      for (let row = 0; row * chunk < heightOf(shapes[level]); row++)
        await writeRow(work, index, level, row);
}

function heightOf(shape: readonly number[]): number {
  return shape[shape.length - 2];
}

/** The chunks of a row of a level, of which there are finer ones. */
async function writeRow(
  { folder, store }: FinalWork,
  index: PlaneIndex,
  level: number,
  row: number,
): Promise<void> {
  const { chunk } = store.plan;
  const finerKey = (place: readonly [number, number]) =>
    labelChunkKey(store, level - 1, index, place);
  const there = new Set<number>();
  for (const finer of [2 * row, 2 * row + 1])
    for (const column of await columnsThere(folder, finerKey([finer, 0]))) there.add(column >> 1);
  for (const column of [...there].sort((a, b) => a - b)) {
    const finer = await Promise.all(
      finerChunks(row, column).map((place) => readChunk(folder, finerKey(place), chunk)),
    );
    const data = coarserChunk(chunk, finer);
    const key = `labels.zarr/${labelChunkKey(store, level, index, [row, column])}`;
    if (data) await putFile(folder, END_UNIT, key, await packed(data));
  }
}

/** The columns of the chunks that there are in a row, of which one would have the key. */
async function columnsThere(folder: string, key: string): Promise<number[]> {
  const names = await readdir(join(folder, "labels.zarr", key, "..")).catch((): string[] => []);
  return names.map(Number).filter(Number.isInteger);
}

async function readChunk(
  folder: string,
  key: string,
  side: number,
): Promise<Uint32Array | undefined> {
  try {
    const bytes = await readFile(join(folder, "labels.zarr", key));
    const data = await unzip(bytes, { maxOutputLength: 4 * side * side });
    return new Uint32Array(new Uint8Array(data).buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The table: cells are numbered by their first pixels, so those of a row of blocks come before those of the next. */
async function* linesOf(work: FinalWork): AsyncGenerator<Uint8Array> {
  const { folder, plan, pieces } = work;
  yield Buffer.from(header(work));
  const skip = Object.keys(plan.planes[0]).length;
  let rows: { label: number; line: string }[] = [];
  const flush = () => {
    rows.sort((a, b) => a.label - b.label);
    const text = rows.map(({ line }) => `${line}\r\n`).join("");
    rows = [];
    return Buffer.from(text);
  };
  let last = "";
  for (const [n, { plane, row }] of plan.units.entries()) {
    if (pieces.counts[n] === 0) continue;
    if (last !== `${plane}/${row}`) yield flush();
    last = `${plane}/${row}`;
    const text = await readFile(join(folder, "final", `${unitPath(plan, n)}.csv`), "utf8");
    for (const line of text.split("\r\n"))
      if (line !== "") rows.push({ label: Number(line.split(",", skip + 1)[skip]), line });
  }
  yield flush();
}

/** The names of the columns: those of a table without cells. */
function header({ plan, names }: FinalWork): string {
  const { spacing } = plan.image;
  const labels = { data: new Uint32Array(1), shape: [1, 1], axes: "yx" };
  const raw: Image = {
    data: new Float32Array(names.length),
    shape: [names.length, 1, 1],
    axes: "cyx",
    ...(spacing && { spacing }),
  };
  const types = plan.recipe.model.types ?? [];
  const none = types.map(() => new Float64Array(0));
  const table = { ...measure(labels, raw), ...(types.length > 0 && typesFromSums(none, types)) };
  return writeTable(joinTables<Column>([plan.planes[0]], [table]));
}
