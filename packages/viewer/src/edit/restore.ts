/**
 * Layers out of a journal, after a reload or a crash.
 *
 * @module
 */
import { type PyramidReader, ShapeError } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { changeBox } from "./change.js";
import {
  type Entry,
  type LayerHead,
  type Replay,
  readEntry,
  readHead,
  replayTracks,
} from "./journal.js";
import { type LabelPages, labelPages } from "./label-pages.js";
import { labelStoreOver } from "./label-source.js";
import { PAGE } from "./label-store.js";
import { newPointsLayer, showLabels } from "./layers.js";
import { tellNotice } from "./notice.js";
import { type JournalRecord, readRecords } from "./record.js";
import { runsLength, unpackRuns } from "./runs.js";
import { type AutosaveStorage, BASE, type FileName, LATE, readName, writeName } from "./storage.js";

/** How to restore. */
export interface RestoreOptions {
  /** Opens labels that lie at an address and were edited; without it, or where it gives none, only edited pages come back. */
  readonly open?: (address: string) => Promise<PyramidReader | undefined>;
}

/** What came back. */
export interface Restored {
  /** Ids of layers. */
  readonly layers: readonly string[];
}

/**
 * Brings layers back as they were when the last whole record was written. A record that was cut off is dropped, and what
 * comes after it. Layers whose id the scene has are left out; a layer that cannot be read is left out with a notice.
 * Start the saving after it.
 */
export async function restore(
  workspace: Workspace,
  storage: AutosaveStorage,
  options: RestoreOptions = {},
): Promise<Restored> {
  const names = (await storage.list()).map(readName).filter((name) => name !== undefined);
  const layers: string[] = [];
  for (const layer of new Set(names.map((name) => name.layer))) {
    if (workspace.scene.get().layers.some(({ id }) => id === layer)) continue;
    const own = names.filter((name) => name.layer === layer);
    try {
      const journal = await latest(storage, own);
      if (!journal) continue;
      await rebuild(workspace, journal, options);
      layers.push(layer);
    } catch (error) {
      tellNotice(workspace, "error", error);
    }
  }
  return { layers };
}

interface Journal {
  readonly head: LayerHead;
  readonly entries: readonly Entry[];
}

/** The journal of the last generation whose beginning is whole. */
async function latest(
  storage: AutosaveStorage,
  files: readonly FileName[],
): Promise<Journal | undefined> {
  const generations = new Set(files.map(({ generation }) => generation));
  for (const generation of [...generations].sort((a, b) => b - a)) {
    const base = files.find((file) => file.generation === generation && file.piece === BASE);
    const records = base ? await recordsOf(storage, base) : undefined;
    const isWhole = records?.records.some(({ json }) => (json as Entry)?.kind === "end");
    if (!records || !isWhole) continue;
    const [head, ...rest] = records.records;
    const edits = await editsOf(
      storage,
      files.filter((file) => file.generation === generation && file.piece >= 0),
    );
    // What was written on leaving leads from here to the end, also over what had arrived already.
    const late = files.find((file) => file.generation >= generation && file.piece === LATE);
    if (late) edits.push(...(await recordsOf(storage, late)).records);
    return { head: readHead(head), entries: [...rest, ...edits].map(readEntry) };
  }
  return undefined;
}

async function editsOf(
  storage: AutosaveStorage,
  pieces: readonly FileName[],
): Promise<JournalRecord[]> {
  const all: JournalRecord[] = [];
  const sorted = [...pieces].sort((a, b) => a.piece - b.piece);
  for (const [n, file] of sorted.entries()) {
    if (file.piece !== n) break;
    const { records, isWhole } = await recordsOf(storage, file);
    all.push(...records);
    if (!isWhole) break;
  }
  return all;
}

async function recordsOf(storage: AutosaveStorage, file: FileName) {
  return readRecords((await storage.read(writeName(file))) ?? new Uint8Array(0));
}

async function rebuild(
  workspace: Workspace,
  { head, entries }: Journal,
  options: RestoreOptions,
): Promise<void> {
  const name = entries.findLast((entry) => entry.kind === "name")?.name ?? head.name;
  if (head.kind === "points") {
    const points = entries.findLast((entry) => entry.kind === "marks")?.points ?? head.points;
    newPointsLayer(workspace, { id: head.id, name, points });
    return;
  }
  const reader = head.address && (await options.open?.(head.address));
  if (head.address && !reader)
    tellNotice(
      workspace,
      "error",
      `${name}: only the edited parts came back, as ${head.address} could not be opened.`,
    );
  const store = reader ? labelStoreOver(reader, { address: head.address }) : labelPages(head.size);
  let { tracks } = head;
  for (const entry of entries) {
    if (entry.kind === "page") store.put({ ...entry.page, runs: wholePage(entry.runs) });
    if (entry.kind === "edit") for (const page of entry.pages) await replay(store, page);
    tracks = replayTracks(tracks, entry);
  }
  const isTracked = head.tracked || tracks.length > 0;
  showLabels(workspace, { id: head.id, name }, store, isTracked ? tracks : undefined);
}

function wholePage(runs: Uint32Array): Uint32Array {
  if (runsLength(runs) !== PAGE * PAGE)
    throw new ShapeError("page of a journal", `${PAGE * PAGE} pixels`, `${runsLength(runs)}`);
  return runs;
}

/** Makes a change of which only the outcome is known. */
async function replay(store: LabelPages, page: Replay): Promise<void> {
  const { at, row, column, box, after } = page;
  if (runsLength(after) !== box.height * box.width)
    throw new ShapeError("edit of a journal", `${box.height * box.width} pixels`, "others");
  const inImage = { ...box, y: box.y + row * PAGE, x: box.x + column * PAGE };
  await store.load(at, inImage);
  const changes = changeBox(store, at, inImage, (labels) =>
    unpackRuns(after, labels, box.width, { y: 0, x: 0, height: box.height, width: box.width }),
  );
  store.write(changes, "after");
}
