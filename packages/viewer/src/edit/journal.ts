/**
 * What a journal says of a layer, as records: what it was, and each edit after that.
 * Only what stands afterwards is written: a journal leads forward.
 *
 * @module
 */
import { FormatError, type Track } from "@cellwright/core";
import type { Point, Workspace } from "../workspace.js";
import { bookOf } from "./apply.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit, PageChange } from "./label-store.js";
import type { JournalRecord } from "./record.js";
import { type Tracks, trackDelta, withTracks } from "./tracks.js";

/** The first record of a layer. */
export type LayerHead =
  | {
      readonly kind: "labels";
      readonly id: string;
      readonly name: string;
      readonly size: LabelPages["size"];
      readonly tracked: boolean;
      readonly tracks: Tracks;
      /** Where the labels lie that the pages of this journal are changes of. */
      readonly address?: string;
    }
  | {
      readonly kind: "points";
      readonly id: string;
      readonly name: string;
      readonly points: readonly Point[];
    };

/** Says that all that a layer was stands before it. */
export const END: JournalRecord = { json: { kind: "end" }, arrays: [] };

/** A layer as it is now: records that hold no pixel that can change any more. */
export function* layerRecords(
  workspace: Workspace,
  id: string,
  name: string,
): Iterable<JournalRecord> {
  const points = workspace.points.get(id);
  const store = workspace.labels.get(id) as LabelPages | undefined;
  if (points) yield { json: { kind: "points", id, name, points } satisfies LayerHead, arrays: [] };
  if (store) {
    const { tracked, tracks } = bookOf(workspace, id);
    const address = store.source?.address;
    const known = address === undefined ? {} : { address };
    const head: LayerHead = {
      kind: "labels",
      id,
      name,
      size: store.size,
      tracked,
      tracks,
      ...known,
    };
    yield { json: head, arrays: [] };
    for (const { at, row, column, runs } of pagesToKeep(store))
      yield { json: { kind: "page", at, row, column }, arrays: [runs] };
  }
  yield END;
}

/** What its file has need not be kept, where it can be opened again. */
function pagesToKeep(store: LabelPages): ReturnType<LabelPages["kept"]> {
  return store.source?.address === undefined ? store.all() : store.kept();
}

/** What one side of an edit makes of a layer. */
export function editRecord(edit: Edit, side: "before" | "after"): JournalRecord {
  if (edit.points) return { json: { kind: "marks", points: edit.points[side] }, arrays: [] };
  const other = side === "after" ? "before" : "after";
  const ordered = side === "after" ? edit.pages : edit.pages.toReversed();
  const pages = ordered.map(({ at, row, column, box }) => ({ at, row, column, box }));
  const tracks = edit.tracks && trackDelta(edit.tracks[other], edit.tracks[side]);
  return {
    json: { kind: "edit", pages, ...(tracks ? { tracks } : {}) },
    arrays: ordered.map((page) => page[side]),
  };
}

/** A change as a journal knows it. */
export type Replay = Omit<PageChange, "before">;

/** What a record after the head says. */
export type Entry =
  | {
      readonly kind: "page";
      readonly page: Omit<Replay, "box" | "after">;
      readonly runs: Uint32Array;
    }
  | {
      readonly kind: "edit";
      readonly pages: readonly Replay[];
      readonly tracks?: { readonly put: readonly Track[]; readonly taken: readonly number[] };
    }
  | { readonly kind: "marks"; readonly points: readonly Point[] }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "end" };

/** The head of a layer. Throws {@link FormatError} where the record is none. */
export function readHead({ json }: JournalRecord): LayerHead {
  const head = json as LayerHead;
  if (head?.kind !== "labels" && head?.kind !== "points")
    throw new FormatError("a journal must begin with a layer");
  return head;
}

/** Any other record. Throws {@link FormatError} where its arrays are not those that it speaks of. */
export function readEntry({ json, arrays }: JournalRecord): Entry {
  const entry = json as Entry & Omit<Replay, "after">;
  if (entry.kind === "page") {
    if (arrays.length !== 1) throw new FormatError("a page of a journal must have its labels");
    const { at, row, column } = entry;
    return { kind: "page", page: { at, row, column }, runs: arrays[0] };
  }
  if (entry.kind !== "edit") return entry;
  if (arrays.length !== entry.pages.length)
    throw new FormatError("an edit of a journal must have the labels of its pages");
  const pages = entry.pages.map((page, n) => ({ ...page, after: arrays[n] }));
  return { ...entry, pages };
}

/** Tracks after an entry. */
export function replayTracks(tracks: Tracks, entry: Entry): Tracks {
  if (entry.kind !== "edit" || !entry.tracks) return tracks;
  return withTracks(tracks, entry.tracks.put, entry.tracks.taken);
}
