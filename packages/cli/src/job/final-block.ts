/**
 * One block of a merged job: its chunks of the labels, and the rows of the cells that begin in it.
 *
 * @module
 */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  type Box,
  blockChunks,
  boxAround,
  CELL_FIELDS,
  type Column,
  coreBox,
  growBox,
  type Image,
  type LabelStore,
  measure,
  sharedBox,
  type Table,
  typesFromSums,
  writeRows,
} from "@cellwright/core";
import { joinTables } from "../planes.js";
import { putFile, tidyUnit } from "./folder.js";
import type { JobInput } from "./input.js";
import { type MergeRecord, type PieceIndex, readCells, readTypeSums } from "./merge-data.js";
import { readRecord, readSections } from "./part-file.js";
import { type BlocksPlan, unitPath } from "./plan-data.js";
import { readPixels } from "./plan-look.js";

const zip: (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array> = promisify(gzip);

/** Labels are as fast at this level as at 1, and smaller. */
const LEVEL = 3;

/** What a process needs to finish blocks. */
export interface FinalWork {
  readonly folder: string;
  readonly plan: BlocksPlan;
  readonly merge: MergeRecord;
  readonly pieces: PieceIndex;
  readonly store: LabelStore;
  readonly input: JobInput;
  /** What the channels show. */
  readonly names: readonly string[];
  /** The units by their place, and the labels of some that were read lately. */
  readonly unitAt: ReadonlyMap<string, number>;
  readonly kept: Map<number, Promise<Uint32Array>>;
}

/** So many blocks' labels are kept for their neighbours. */
const KEPT = 6;

/** The unit at a place, as a key of {@link FinalWork.unitAt}. */
export function placeKey(plane: number, row: number, column: number): string {
  return `${plane}/${row}/${column}`;
}

/** Finishes the `n`-th unit. Answers how many cells begin in it. */
export async function finishBlock(work: FinalWork, n: number): Promise<number> {
  const { folder, plan, merge, store } = work;
  const unit = unitPath(plan, n);
  const place = plan.units[n];
  const core = coreBox(plan.grid, place);
  const labels = await labelsOf(work, n);
  for (const { key, data } of blockChunks(store, plan.planes[place.plane], core, labels)) {
    const path = `labels.zarr/${key}`;
    if (data) await putFile(folder, unit, path, await packed(data));
    // Another merge may have left one.
    else await rm(join(folder, path), { force: true });
  }
  const rows = await rowsOf(work, n);
  await putFile(folder, unit, `final/${unit}.csv`, rows.text);
  const record = { job: plan.job, merge: merge.merge, unit, cells: rows.count };
  await putFile(folder, unit, `final/${unit}.json`, `${JSON.stringify(record)}\n`);
  await tidyUnit(folder, unit);
  return rows.count;
}

/** A chunk as it is stored. */
export function packed(data: Uint32Array): Promise<Uint8Array> {
  return zip(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), { level: LEVEL });
}

/** The final labels of a unit's core, in rows. */
function labelsOf(work: FinalWork, n: number): Promise<Uint32Array> {
  const { kept } = work;
  const known = kept.get(n) ?? readLabels(work, n);
  kept.delete(n);
  kept.set(n, known);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return known;
}

async function readLabels({ folder, plan, pieces }: FinalWork, n: number): Promise<Uint32Array> {
  const core = coreBox(plan.grid, plan.units[n]);
  const record = readRecord(folder, plan.job, unitPath(plan, n));
  if (!record || record.cells === 0) return new Uint32Array(core.height * core.width);
  const [{ labels }, cells] = await Promise.all([
    readSections(folder, record, ["labels"]),
    readCells(folder, plan, pieces, n),
  ]);
  const data = new Uint32Array(labels as ArrayBuffer);
  for (let i = 0; i < data.length; i++)
    if (data[i] !== 0) data[i] = cells[(data[i] - 1) * CELL_FIELDS];
  return data;
}

/** The rows of the cells that begin in a unit, in the order of their numbers. */
async function rowsOf(work: FinalWork, n: number): Promise<{ text: string; count: number }> {
  const { folder, plan, pieces } = work;
  const { plane } = plan.units[n];
  const cells = await readCells(folder, plan, pieces, n);
  const own = new Map<number, Box>();
  for (let i = 0; i < cells.length; i += CELL_FIELDS) {
    const [number, top, left, bottom, right] = cells.subarray(i, i + CELL_FIELDS);
    if (bottom > 0) own.set(number, { y: top, x: left, height: bottom - top, width: right - left });
  }
  if (own.size === 0) return { text: "", count: 0 };
  const around = growBox(coreBox(plan.grid, plan.units[n]), plan.grid.halo, plan.grid);
  const isInside = (box: Box) => {
    const shared = sharedBox(box, around);
    return shared?.height === box.height && shared.width === box.width;
  };
  const usual = [...own].filter(([, box]) => isInside(box));
  const groups = [
    ...(usual.length > 0 ? [usual] : []),
    // What is larger than cells should be is looked at by itself.
    ...[...own].filter(([, box]) => !isInside(box)).map((one) => [one]),
  ];
  const tables: Table[] = [];
  for (const group of groups) tables.push(await tableOf(work, plane, new Map(group)));
  const table = stacked(tables);
  const types = plan.recipe.model.types ?? [];
  const typed =
    types.length > 0
      ? typesFromSums(
          sumsOf(await readTypeSums(folder, plan, pieces, n, types.length), cells, types.length),
          types,
        )
      : {};
  const joined = joinTables<Column>([plan.planes[plane]], [{ ...table, ...typed }]);
  return { text: writeRows(joined), count: own.size };
}

/** Tables of the same columns as one, by rising labels. */
function stacked(tables: readonly Table[]): Table {
  if (tables.length === 1) return tables[0];
  const labels = tables.flatMap((table) => [...table.label]);
  const order = labels.map((_, i) => i).sort((a, b) => labels[a] - labels[b]);
  return Object.fromEntries(
    Object.keys(tables[0]).map((name) => {
      const values = tables.flatMap((table) => [...table[name]]);
      return [name, Float64Array.from(order, (i) => values[i])];
    }),
  );
}

/** Measures some cells, which lie within their boxes. */
async function tableOf(
  work: FinalWork,
  plane: number,
  cells: ReadonlyMap<number, Box>,
): Promise<Table> {
  const { plan, input, names } = work;
  const window = [...cells.values()].reduce(boxAround);
  const data = new Uint32Array(window.height * window.width);
  const { block } = plan.grid;
  for (let row = Math.floor(window.y / block); row * block < window.y + window.height; row++)
    for (
      let column = Math.floor(window.x / block);
      column * block < window.x + window.width;
      column++
    ) {
      const n = work.unitAt.get(placeKey(plane, row, column));
      if (n === undefined || work.pieces.counts[n] === 0) continue;
      paste(await labelsOf(work, n), coreBox(plan.grid, plan.units[n]), data, window);
    }
  const numbers = Float64Array.from(cells.keys()).sort();
  renumber(data, new Map(Array.from(numbers, (number, i) => [number, i + 1])));
  const labels = { data, shape: [window.height, window.width], axes: "yx" };
  const raw: Image = await readPixels(input, plan.planes[plane], plan.channels, window, names);
  const table = measure(labels, raw, { origin: [window.y, window.x] });
  return { ...table, label: numbers };
}

/** Gives pixels other numbers, small ones, as what is measured costs more for large; 0 for those that are not wanted. */
function renumber(data: Uint32Array, numbers: ReadonlyMap<number, number>): void {
  let [last, now] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== last) {
      last = data[i];
      now = numbers.get(last) ?? 0;
    }
    data[i] = now;
  }
}

function paste(from: Uint32Array, core: Box, to: Uint32Array, window: Box): void {
  const shared = sharedBox(core, window);
  if (!shared) return;
  for (let y = shared.y; y < shared.y + shared.height; y++) {
    const start = (y - core.y) * core.width + shared.x - core.x;
    to.set(
      from.subarray(start, start + shared.width),
      (y - window.y) * window.width + shared.x - window.x,
    );
  }
}

/** Of the cells that begin in a unit, a list a type. */
function sumsOf(sums: Float64Array, cells: Uint32Array, types: number): Float64Array[] {
  const own: number[] = [];
  for (let i = 0; i < cells.length; i += CELL_FIELDS)
    if (cells[i + 3] > 0) own.push(i / CELL_FIELDS);
  return Array.from({ length: types }, (_, k) =>
    Float64Array.from(own, (piece) => sums[piece * types + k]),
  );
}
