/**
 * The one way in which labels change: an edit is made, written, remembered, and can be taken back.
 * In: a workspace and what a tool wants to change. Out: the edit, with all that followed from it in the lineage.
 *
 * @module
 */
import { checkTracks, ShapeError } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit, LabelStore, PageChange } from "./label-store.js";
import type { Lineage, LineageBook } from "./lineage.js";
import { eachDifference } from "./runs.js";
import { settle } from "./settle.js";
import type { Tracks } from "./tracks.js";

/** What is to be done. */
export interface Draft {
  /** What to call it in the history. */
  readonly name: string;
  readonly pages: readonly PageChange[];
  /** Whether a pen wrote the pages already. */
  readonly written?: boolean;
  /** What it means for the tracks, before they are brought in step with the labels. */
  readonly tracks?: (tracks: Tracks) => Tracks;
  /** Labels to be brought in step besides those of the pages. */
  readonly touched?: Iterable<number>;
}

/** Told of every change of a layer: which edit, and which side of it stands now. */
export type OnEdit = (layer: string, edit: Edit, side: "before" | "after") => void;

const watchers = new WeakMap<Workspace, Set<OnEdit>>();

/** Calls `listener` after every edit, undo and redo; what it returns ends that. */
export function watchEdits(workspace: Workspace, listener: OnEdit): () => void {
  const all = watchers.get(workspace) ?? new Set();
  watchers.set(workspace, all.add(listener));
  return () => all.delete(listener);
}

/** The labels of a layer, to be written to. Throws {@link ShapeError} where the layer has none. */
export function pagesOf(workspace: Workspace, layer: string): LabelPages {
  const store = workspace.labels.get(layer);
  if (!store || !isPages(store)) throw new ShapeError("layer", "one of labels", `"${layer}"`);
  return store;
}

function isPages(store: LabelStore): store is LabelPages {
  return "writable" in store;
}

/** The lineage of a labels layer. */
export function bookOf(workspace: Workspace, layer: string): LineageBook {
  const lineage: Lineage | undefined = workspace.lineages.get(layer);
  if (!lineage || !("replace" in lineage))
    throw new ShapeError("layer", "one with a lineage", `"${layer}"`);
  return lineage as LineageBook;
}

/**
 * Makes an edit and remembers it: what a tool or a command has drafted, and what follows for tracks. Answers undefined where
 * nothing changed. Where it throws, all is as before.
 */
export function commit(workspace: Workspace, layer: string, draft: Draft): Edit | undefined {
  const edit = makeEdit(workspace, layer, draft);
  if (edit) remember(workspace, layer, edit);
  return edit;
}

/** The same without remembering: for a work of many edits that {@link remember} takes as one step at its end. */
export function makeEdit(workspace: Workspace, layer: string, draft: Draft): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const book = bookOf(workspace, layer);
  const before = book.tracks;
  const pages = [...draft.pages];
  let after = before;
  try {
    if (!draft.written) store.write(pages, "after");
    after = draft.tracks ? draft.tracks(before) : before;
    if (book.tracked || after.length > 0) {
      const settled = settle(store, after, [...touchedBy(pages), ...(draft.touched ?? [])]);
      pages.push(...settled.pages);
      after = settled.tracks;
      if (after !== before) checkTracks(after);
    }
  } catch (error) {
    takeBack(store, pages);
    throw error;
  }
  if (pages.length === 0 && after === before) return undefined;
  book.replace(after);
  const edit: Edit = {
    name: draft.name,
    pages,
    ...(after === before ? {} : { tracks: { before, after } }),
  };
  tell(workspace, layer, edit, "after");
  return edit;
}

/** Puts edits that were made one after the other into the history, as one step. */
export function remember(workspace: Workspace, layer: string, ...edits: readonly Edit[]): void {
  const [first] = edits;
  if (!first) return;
  workspace.history.push({ layer, edit: edits.length === 1 ? first : joined(edits) });
}

function joined(edits: readonly Edit[]): Edit {
  const withTracks = edits.flatMap(({ tracks }) => tracks ?? []);
  const [name, pages] = [edits[0].name, edits.flatMap((edit) => edit.pages)];
  if (withTracks.length === 0) return { name, pages };
  const { before } = withTracks[0];
  return { name, pages, tracks: { before, after: withTracks[withTracks.length - 1].after } };
}

/** Takes the last step back: labels and tracks are bit for bit what they were. Answers it; undefined where there is none. */
export function undoStep(workspace: Workspace): Edit | undefined {
  return walk(workspace, "before");
}

/** Makes the step again that was taken back last. */
export function redoStep(workspace: Workspace): Edit | undefined {
  return walk(workspace, "after");
}

/** Steps of layers that are gone are passed over. */
function walk(workspace: Workspace, side: "before" | "after"): Edit | undefined {
  const { history } = workspace;
  for (;;) {
    const step = side === "before" ? history.undo() : history.redo();
    if (!step) return undefined;
    if (!turn(workspace, step.layer, step.edit, side)) continue;
    tell(workspace, step.layer, step.edit, side);
    return step.edit;
  }
}

/** Brings one side of an edit about; answers whether its layer is there. */
function turn(workspace: Workspace, layer: string, edit: Edit, side: "before" | "after"): boolean {
  if (edit.points) {
    if (!workspace.points.has(layer)) return false;
    workspace.points.set(layer, edit.points[side]);
    // Points have no watchers of their own: the scene tells of them.
    workspace.scene.update((scene) => ({ ...scene }));
    return true;
  }
  if (!workspace.labels.has(layer)) return false;
  const store = pagesOf(workspace, layer);
  if (side === "after") store.write(edit.pages, "after");
  else takeBack(store, edit.pages);
  const book = bookOf(workspace, layer);
  book.replace(edit.tracks ? edit.tracks[side] : book.tracks);
  return true;
}

/** Changes of one page may lie over each other, so that they go back in the other order. */
function takeBack(store: LabelPages, pages: readonly PageChange[]): void {
  store.write(pages.toReversed(), "before");
}

/** Tells those who watch edits. */
export function tell(
  workspace: Workspace,
  layer: string,
  edit: Edit,
  side: "before" | "after",
): void {
  for (const listener of [...(watchers.get(workspace) ?? [])]) listener(layer, edit, side);
}

/** The labels that changes take away or bring. */
export function touchedBy(pages: readonly PageChange[]): Set<number> {
  const touched = new Set<number>();
  for (const { before, after, box } of pages)
    eachDifference(before, after, box, (_y, _x, _length, from, to) => {
      touched.add(from);
      touched.add(to);
    });
  touched.delete(0);
  return touched;
}
