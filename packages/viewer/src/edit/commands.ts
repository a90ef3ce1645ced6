/**
 * Edits by name: what menus, keys and scripts do to the cells of a layer. Each is one step of the history.
 * A cell is a label in a frame, in all its planes; a track is that cell over time.
 *
 * @module
 */
import { type Box, type Labels, ShapeError } from "@cellwright/core";
import type { Workspace } from "../workspace.js";
import { bookOf, commit, pagesOf, redoStep, undoStep } from "./apply.js";
import { changeBox, replaced } from "./change.js";
import { cancelGesture } from "./hand.js";
import type { LabelPages } from "./label-pages.js";
import type { Edit, PageChange, PlaneAt } from "./label-store.js";
import { clipBox, planeNumber } from "./pages.js";
import { renumbering } from "./settle.js";
import { reparented, type Tracks, withTracks } from "./tracks.js";

/** In which frames a command acts; default the frame that is shown. */
export interface Frames {
  /** In the frame `t` alone. */
  readonly t?: number;
  /** In this frame and all later ones; of labels that are not tracked, still in one frame only. */
  readonly fromHere?: boolean;
  /** In all frames of the track; of labels that are not tracked, still in one frame only. */
  readonly allFrames?: boolean;
}

/** Takes the last step back, or the stroke that is being drawn. Answers what was taken back. */
export function undo(workspace: Workspace): Edit | undefined {
  return cancelGesture(workspace) ? undefined : undoStep(workspace);
}

/** Makes the step again that was taken back last. */
export function redo(workspace: Workspace): Edit | undefined {
  cancelGesture(workspace);
  return redoStep(workspace);
}

/** A number that no cell of the layer has or had. */
export function freshLabel(workspace: Workspace, layer: string): number {
  return pagesOf(workspace, layer).giveOut();
}

/** Deletes a cell, or its track. Daughters have no mother then. Throws `ShapeError` where it is not there. */
export function deleteLabel(
  workspace: Workspace,
  layer: string,
  label: number,
  frames: Frames = {},
): Edit | undefined {
  return deleteLabels(workspace, layer, [label], frames);
}

/** Deletes several cells in one step. */
export function deleteLabels(
  workspace: Workspace,
  layer: string,
  labels: readonly number[],
  frames: Frames = {},
): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const [begin, end] = spanOf(workspace, layer, frames);
  for (const label of labels) checkThere(store, label, begin, end);
  const pages = renumbering(store, new Map(labels.map((label) => [label, 0])), begin, end);
  return commit(workspace, layer, { name: `delete ${labels.join(", ")}`, pages });
}

/**
 * Makes cells one: all get the number of the first. Where tracks are merged in all frames, the daughters of the others
 * become those of the first. Throws `ShapeError` where one is not there.
 */
export function mergeLabels(
  workspace: Workspace,
  layer: string,
  labels: readonly number[],
  frames: Frames = {},
): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const [begin, end] = spanOf(workspace, layer, frames);
  const [into, ...others] = new Set(labels);
  for (const label of [into, ...others]) checkThere(store, label, begin, end);
  const pages = renumbering(store, new Map(others.map((label) => [label, into])), begin, end);
  const isWhole = begin === 0 && end > begin;
  return commit(workspace, layer, {
    name: `merge ${others.join(", ")} into ${into}`,
    pages,
    tracks: (tracks) => (isWhole ? mergedTracks(tracks, into, others) : tracks),
  });
}

/** Daughters go over to the track that stays; it comes from where the earliest of all came from. */
function mergedTracks(tracks: Tracks, into: number, others: readonly number[]): Tracks {
  const all = tracks.filter(({ label }) => label === into || others.includes(label));
  const first = all.reduce((a, b) => (b.begin < a.begin ? b : a), all[0]);
  const moved = others.reduce<Tracks>((next, label) => reparented(next, label, into), tracks);
  const stays = moved.find(({ label }) => label === into);
  return stays && first ? withTracks(moved, [{ ...stays, parent: first.parent }]) : moved;
}

/**
 * Gives a cell, or its track, another number. Throws `ShapeError` where the cell is not there, or another has that number
 * in one of these frames: to make them one is {@link mergeLabels}.
 */
export function relabelCell(
  workspace: Workspace,
  layer: string,
  label: number,
  to: number,
  frames: Frames = {},
): Edit | undefined {
  const store = pagesOf(workspace, layer);
  const [begin, end] = spanOf(workspace, layer, frames);
  checkThere(store, label, begin, end);
  if (!Number.isInteger(to) || to < 1 || to > 0xffffffff)
    throw new ShapeError("label", "a whole number from 1 to 4294967295", `${to}`);
  if (to === label) return undefined;
  for (let t = begin; t <= end; t++)
    if (store.cells.areaIn(t, to) > 0 && store.cells.areaIn(t, label) > 0)
      throw new ShapeError("new number", "that of no cell of the frame", `${to} in frame ${t}`);
  const tracks = bookOf(workspace, layer).tracks;
  const isFree = begin === 0 && end > begin && !tracks.some((track) => track.label === to);
  return commit(workspace, layer, {
    name: `relabel ${label} as ${to}`,
    pages: renumbering(store, new Map([[label, to]]), begin, end),
    tracks: (all) => (isFree ? renamed(all, label, to) : all),
  });
}

/** A track that gets another number stays who it is: its mother and daughters go with it. */
function renamed(tracks: Tracks, label: number, to: number): Tracks {
  return tracks
    .map((track) => ({
      ...track,
      label: track.label === label ? to : track.label,
      parent: track.parent === label ? to : track.parent,
    }))
    .sort((a, b) => a.label - b.label);
}

/** The cells of a box get the labels of a plane of its size: what a network found, or a file holds. They must be loaded. */
export function replaceLabels(
  workspace: Workspace,
  layer: string,
  at: PlaneAt,
  box: Box,
  labels: Labels,
  name = "replace labels",
): Edit | undefined {
  return commit(workspace, layer, { name, pages: replacement(workspace, layer, at, box, labels) });
}

/** The changes of {@link replaceLabels}, not yet made. */
export function replacement(
  workspace: Workspace,
  layer: string,
  at: PlaneAt,
  box: Box,
  { data, shape }: Labels,
): PageChange[] {
  if (shape[0] !== box.height || shape[1] !== box.width)
    throw new ShapeError("labels", `${box.height} x ${box.width}`, shape.join(" x "));
  const store = pagesOf(workspace, layer);
  return changeBox(store, at, clipBox(store.size, box), replaced(data, box));
}

/** First and last frame in which a command acts. */
function spanOf(workspace: Workspace, layer: string, frames: Frames): [number, number] {
  const { size } = pagesOf(workspace, layer);
  const { tracked } = bookOf(workspace, layer);
  if (frames.allFrames && tracked) return [0, size.t - 1];
  const t = frames.t ?? Math.min(workspace.scene.get().at.t, size.t - 1);
  if (!Number.isInteger(t) || t < 0 || t >= size.t)
    throw new ShapeError("frame", `0 to ${size.t - 1}`, `${t}`);
  return [t, frames.fromHere && tracked ? size.t - 1 : t];
}

function checkThere(store: LabelPages, label: number, begin: number, end: number): void {
  const isThere = (t: number): boolean => label !== 0 && store.cells.areaIn(t, label) > 0;
  for (let t = begin; t <= end; t++) if (isThere(t)) return;
  const where = begin === end ? `of frame ${begin}` : "of the layer";
  throw new ShapeError("label", `one ${where}`, `${label}`);
}

/** Where a cell is in a plane; undefined where it is not. */
export function boxOf(
  workspace: Workspace,
  layer: string,
  at: PlaneAt,
  label: number,
): Box | undefined {
  const store = pagesOf(workspace, layer);
  return store.cells.get(planeNumber(store.size, at), label)?.box;
}
