/**
 * `cellwright merge`: which pieces of neighbouring blocks are one cell. Reads of each block where its pieces lie, and the
 * bands along its sides.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type Box,
  bandBoxes,
  CELL_FIELDS,
  coreBox,
  cutOut,
  PIECE_FIELDS,
  type Side,
  sameCells,
  sharedBox,
  startJoining,
} from "@cellwright/core";
import type { MergeOptions } from "../commands/merge.js";
import { type Context, exit } from "../context.js";
import { oneLine } from "../report.js";
import { count } from "../segment-log.js";
import { putFile, tidyUnit } from "./folder.js";
import { type MergeRecord, pieceIndex, readMerge } from "./merge-data.js";
import { type PartRecord, readRecord, readSections } from "./part-file.js";
import { type BlocksPlan, readPlan, unitName, unitPath } from "./plan-data.js";

/** What of the folder belongs to this step. */
const UNIT = "merge/all";

/** So many of the units that are missing are named. */
const NAMED = 20;

/** Joins the blocks of a job, and sets the context's exit code. */
export async function mergeJob(
  job: string,
  options: MergeOptions,
  context: Context,
): Promise<void> {
  const start = performance.now();
  const folder = resolve(context.cwd, job);
  const plan = await readPlan(folder);
  const records: (PartRecord | undefined)[] = [];
  for (const n of plan.units.keys()) records.push(readRecord(folder, plan.job, unitPath(plan, n)));
  const missing = [...plan.units.keys()].filter((n) => !records[n]);
  if (missing.length > 0) {
    const names = missing.slice(0, NAMED).map((n) => unitName(plan, n));
    const more = missing.length > NAMED ? `, and ${missing.length - NAMED} more` : "";
    const advice = options.partial
      ? "left out"
      : '"cellwright segment --job" does them, --partial goes on without them';
    context.stderr(
      `error: ${missing.length} of ${plan.units.length} are not done (${oneLine(names.join(", "))}${more}): ${advice}\n`,
    );
    context.exitCode = exit.partly;
    if (!options.partial) return;
  }
  const hash = createHash("sha256").update(plan.job);
  for (const record of records) hash.update(`${record ? (record.sha256 ?? record.cells) : "-"}\n`);
  const merge = hash.digest("hex").slice(0, 32);
  const before = await readMerge(folder, plan);
  const record =
    before?.merge === merge
      ? before
      : await joinAll(folder, plan, records, { job: plan.job, merge, missing });
  await tidyUnit(folder, UNIT);
  const seconds = Math.round(performance.now() - start) / 1000;
  if (options.json)
    context.stdout(
      `${JSON.stringify({ type: "merge", job: plan.job, cells: record.cells, missing: record.missing.length, seconds })}\n`,
    );
  else if (!options.quiet)
    context.stderr(`${count(record.cells, "cell")} in ${count(plan.units.length, "unit")}\n`);

  async function joinAll(
    root: string,
    whole: typeof plan,
    parts: readonly (PartRecord | undefined)[],
    head: { job: string; merge: string; missing: readonly number[] },
  ): Promise<MergeRecord> {
    const cells =
      whole.kind === "images"
        ? parts.map((part) => part?.cells ?? 0)
        : await joinPlanes(root, whole, parts, context.signal);
    const made: MergeRecord = {
      ...head,
      missing: head.missing.map((n) => unitPath(whole, n)),
      cells: cells.reduce((a, b) => a + b, 0),
      planes: whole.kind === "images" ? [] : cells.map((each) => ({ cells: each })),
    };
    await putFile(root, UNIT, "merge.json", `${JSON.stringify(made)}\n`);
    return made;
  }
}

/** Joins all planes, writes what `finalize` needs, and answers how many cells each has. */
async function joinPlanes(
  folder: string,
  plan: BlocksPlan,
  records: readonly (PartRecord | undefined)[],
  signal: AbortSignal,
): Promise<number[]> {
  // What is there belongs to other parts from here on.
  await rm(join(folder, "merge.json"), { force: true });
  const { counts, starts } = pieceIndex(
    plan,
    Uint32Array.from(records, (r) => r?.cells ?? 0),
  );
  await putFile(folder, UNIT, "merge/counts", bytesOf(counts));
  const types = plan.recipe.model.types?.length ?? 0;
  const cells: number[] = [];
  for (const plane of plan.planes.keys()) {
    const units = [...plan.units.keys()].filter((n) => plan.units[n].plane === plane);
    const total = units.reduce((sum, n) => sum + counts[n], 0);
    const places = new Float64Array(total * PIECE_FIELDS);
    const work = { folder, plan, records, starts, units };
    await readInto(work, "places", PIECE_FIELDS, places);
    const joining = startJoining(places);
    await joinNeighbours(work, joining.join, signal);
    const { count: found, cells: table } = joining.end();
    await putFile(folder, UNIT, `merge/${plane}.cells`, bytesOf(table));
    if (types > 0)
      await putFile(
        folder,
        UNIT,
        `merge/${plane}.types`,
        bytesOf(await sumTypes(work, table, found, types)),
      );
    cells.push(found);
  }
  return cells;
}

/** What is known of a plane. */
interface PlaneWork {
  readonly folder: string;
  readonly plan: BlocksPlan;
  readonly records: readonly (PartRecord | undefined)[];
  readonly starts: Float64Array;
  /** The units of the plane. */
  readonly units: readonly number[];
}

/** An array of all pieces of a plane, `fields` numbers each, from the parts. */
async function readInto(
  { folder, records, starts, units }: PlaneWork,
  name: string,
  fields: number,
  into: Float64Array,
): Promise<void> {
  for (const n of units) {
    const record = records[n];
    if (!record || record.cells === 0) continue;
    const found = await readSections(folder, record, [name]);
    into.set(new Float64Array(found[name] as ArrayBuffer), starts[n] * fields);
  }
}

/** Looks along all borders, and names the pairs of pieces that are one cell. */
async function joinNeighbours(
  work: PlaneWork,
  join: (a: number, b: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { folder, plan, records, starts, units } = work;
  const at = new Map(units.map((n) => [keyOf(plan.units[n].row, plan.units[n].column), n]));
  const bandOf = async (n: number | undefined, side: Side) => {
    const record = n === undefined ? undefined : records[n];
    if (n === undefined || !record || record.cells === 0) return undefined;
    const box = bandBoxes(plan.grid, coreBox(plan.grid, plan.units[n]))[side] as Box;
    const found = await readSections(folder, record, [side]);
    return { n, box, data: new Uint32Array(found[side] as ArrayBuffer) };
  };
  type Band = Awaited<ReturnType<typeof bandOf>>;
  const compare = (a: Band, b: Band) => {
    const box = a && b && sharedBox(a.box, b.box);
    if (!box) return;
    const pairs = sameCells(cutOut(a.data, a.box, box), cutOut(b.data, b.box, box));
    for (const [one, other] of pairs) join(starts[a.n] + one - 1, starts[b.n] + other - 1);
  };
  const tops = new Map<number, Promise<Band>>();
  for (const n of units) {
    signal.throwIfAborted();
    const { row, column } = plan.units[n];
    if (!records[n]?.cells) continue;
    const right = at.get(keyOf(row, column + 1));
    if (right !== undefined && records[right]?.cells)
      compare(await bandOf(n, "right"), await bandOf(right, "left"));
    const below = [-1, 0, 1].flatMap((step) => at.get(keyOf(row + 1, column + step)) ?? []);
    if (!below.some((m) => records[m]?.cells)) continue;
    const bottom = await bandOf(n, "bottom");
    for (const m of below) {
      const top = tops.get(m) ?? bandOf(m, "top");
      tops.set(m, top);
      compare(bottom, await top);
    }
    // A top is looked at by the three blocks above it.
    for (const m of tops.keys()) {
      const place = plan.units[m];
      if (place.row <= row || place.column < column) tops.delete(m);
    }
  }
}

function keyOf(row: number, column: number): number {
  return row * 2 ** 26 + column;
}

/** For the piece in which a cell begins, what the maps of types come to over all its pieces; else 0. */
async function sumTypes(
  work: PlaneWork,
  table: Uint32Array,
  cells: number,
  types: number,
): Promise<Float64Array> {
  const pieces = table.length / CELL_FIELDS;
  const cellOf = (i: number) => table[i * CELL_FIELDS] - 1;
  const sums = new Float64Array(pieces * types);
  await readInto(work, "types", types, sums);
  const total = new Float64Array(cells * types);
  for (let i = 0; i < pieces; i++)
    for (let k = 0; k < types; k++) total[cellOf(i) * types + k] += sums[i * types + k];
  for (let i = 0; i < pieces; i++)
    sums.set(total.subarray(cellOf(i) * types, (cellOf(i) + 1) * types), i * types);
  return sums;
}

function bytesOf(array: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
