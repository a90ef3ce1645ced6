/**
 * Keeps one layer's journal: all that it was in a first file, then edit after edit in pieces, and from time to time all anew.
 * One thing is written at a time, in the order in which it happened.
 *
 * @module
 */
import { joinBytes } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { editRecord, layerRecords } from "./journal.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit } from "./label-store.js";
import { WHOLE } from "./layers.js";
import { wholePlane } from "./pages.js";
import { type JournalRecord, writeRecord } from "./record.js";
import { type AutosaveStorage, BASE, type FileName, LATE, readName, writeName } from "./storage.js";

/** What a keeper needs. */
export interface KeeperOptions {
  readonly workspace: Workspace;
  readonly storage: AutosaveStorage;
  readonly layer: string;
  /** Bytes of edits after which all is written anew, where that is not more than twice as much. */
  readonly compactAfter: number;
  readonly onError: (error: unknown) => void;
}

/** Bytes that are written at once, and of a piece of the journal. */
const CHUNK = 2 ** 20;
const PIECE = 2 ** 18;

/** A keeper of a layer. */
export class Keeper {
  readonly #options: KeeperOptions;
  #queue: JournalRecord[] = [];
  /** Records that are being written, or that a beginning which is being written holds. */
  #underWay: JournalRecord[] = [];
  #generation = -1;
  #piece = 0;
  #pieceBytes = 0;
  #editBytes = 0;
  #baseBytes = 0;
  /** Whether all must be written anew: at the beginning, and after a failure, which may have left half a record. */
  #mustBegin = true;
  #isEnded = false;
  #working: Promise<void> | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#wake();
  }

  /** Whether something is not written yet. */
  get isPending(): boolean {
    return this.#working !== undefined;
  }

  /** Takes an edit down. */
  note(edit: Edit, side: "before" | "after"): void {
    this.#put(editRecord(edit, side));
  }

  rename(name: string): void {
    this.#put({ json: { kind: "name", name }, arrays: [] });
  }

  /** The page is being left: what is not written yet is written at once. A beginning of a new layer is too large for that. */
  leave(): void {
    const { storage, layer } = this.#options;
    const records = [...this.#underWay, ...this.#queue];
    if (records.length === 0 || !storage.writeNow || this.#isEnded) return;
    // A page that comes back goes on in files after this one.
    this.#mustBegin = true;
    const file = { layer, generation: Math.max(0, this.#generation), piece: LATE };
    try {
      storage.writeNow(writeName(file), joinBytes(records.map(writeRecord)));
    } catch (error) {
      // Too much for it; nobody reads a notice of a page that is gone, but one that comes back may.
      this.#options.onError(error);
    }
  }

  /** Resolves when all that was noted is written. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Writes nothing any more. */
  async stop(): Promise<void> {
    this.#isEnded = true;
    this.#queue = [];
    await this.settled();
  }

  /** Stops and removes the files: the layer is gone. */
  async remove(): Promise<void> {
    await this.stop();
    await this.#removeBefore(Number.POSITIVE_INFINITY);
  }

  #put(record: JournalRecord): void {
    if (this.#isEnded) return;
    this.#queue.push(record);
    this.#wake();
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    try {
      while (!this.#isEnded && (this.#mustBegin || this.#queue.length > 0)) {
        if (this.#mustBegin) await this.#begin();
        else await this.#goOn();
      }
    } catch (error) {
      this.#mustBegin = true;
      this.#options.onError(error);
    }
  }

  /** Writes all of the layer into files of a new generation; those of the old one go when that is done. */
  async #begin(): Promise<void> {
    const { workspace, storage, layer } = this.#options;
    if (this.#generation < 0) {
      const names = (await storage.list()).map(readName);
      const own = names.filter((name) => name?.layer === layer);
      this.#generation = Math.max(-1, ...own.map((name) => name?.generation ?? -1));
    }
    await this.#loadAll();
    // From here to the records nothing is waited for: they hold all edits that were queued, and none that comes.
    const name = workspace.scene.get().layers.find(({ id }) => id === layer)?.name;
    if (name === undefined) return this.#giveUp();
    const records = [...layerRecords(workspace, layer, name)];
    this.#underWay.push(...this.#queue);
    this.#queue = [];
    this.#generation++;
    this.#mustBegin = false;
    this.#piece = 0;
    this.#pieceBytes = 0;
    this.#editBytes = 0;
    this.#baseBytes = 0;
    const file = writeName({ layer, generation: this.#generation, piece: BASE });
    for (const bytes of chunks(records)) {
      this.#baseBytes += bytes.length;
      await storage.append(file, bytes);
      if (this.#isEnded) return;
    }
    this.#underWay = [];
    await this.#removeBefore(this.#generation);
  }

  #giveUp(): void {
    this.#isEnded = true;
    this.#queue = [];
    this.#underWay = [];
  }

  /** Labels out of a file that cannot be opened again are kept whole. */
  async #loadAll(): Promise<void> {
    const store = this.#options.workspace.labels.get(this.#options.layer) as LabelPages | undefined;
    if (!store?.source || store.source.address !== undefined) return;
    const { t, z, y, x } = store.size;
    if (t * z * y * x > WHOLE) return;
    for (let n = 0; n < t * z && !this.#isEnded; n++)
      await store.load({ t: Math.floor(n / z), z: n % z }, wholePlane(store.size));
  }

  async #goOn(): Promise<void> {
    const { storage, layer, compactAfter } = this.#options;
    const records = this.#queue;
    this.#underWay = records;
    this.#queue = [];
    if (this.#pieceBytes > PIECE) {
      this.#piece++;
      this.#pieceBytes = 0;
    }
    const file = writeName({ layer, generation: this.#generation, piece: this.#piece });
    const bytes = joinBytes(records.map(writeRecord));
    await storage.append(file, bytes);
    this.#underWay = [];
    this.#pieceBytes += bytes.length;
    this.#editBytes += bytes.length;
    if (this.#editBytes > Math.max(compactAfter, this.#baseBytes / 2)) this.#mustBegin = true;
  }

  async #removeBefore(generation: number): Promise<void> {
    const { storage, layer } = this.#options;
    const files = (await storage.list()).map(readName).filter((file) => file?.layer === layer);
    // What all begins with goes first: edits alone are nothing, but a beginning without its edits would be an older layer.
    files.sort((a, b) => orderOf(a) - orderOf(b));
    for (const file of files)
      if (file && file.generation < generation) await storage.remove(writeName(file));
  }
}

function orderOf(file: FileName | undefined): number {
  return file?.piece === BASE ? 0 : 1;
}

function* chunks(records: readonly JournalRecord[]): Iterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for (const record of records) {
    const bytes = writeRecord(record);
    waiting.push(bytes);
    size += bytes.length;
    if (size < CHUNK) continue;
    yield joinBytes(waiting);
    waiting = [];
    size = 0;
  }
  if (waiting.length > 0) yield joinBytes(waiting);
}
