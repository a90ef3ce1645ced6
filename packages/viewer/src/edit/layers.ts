/**
 * Layers that can be edited come into being: labels with their lineage, and points.
 *
 * @module
 */
import {
  type Labels,
  mendTracks,
  type PyramidReader,
  ShapeError,
  type Track,
} from "@cellwright/core";
import { addLabels, addPoints } from "../scene/commands.js";
import type { Point, Workspace } from "../workspace.js";
import type { LabelPages } from "./label-pages.js";
import { labelStoreOf, labelStoreOver } from "./label-source.js";
import type { LabelStore } from "./label-store.js";
import { lineageOf } from "./lineage.js";
import { tellNotice } from "./notice.js";
import { wholePlane } from "./pages.js";

/** Labels to be shown and edited. */
export interface NewLabels {
  readonly name: string;
  readonly size: LabelStore["size"];
  /** Planes in memory, frame by frame and within a frame from z to z, or where to read them. Default none: an empty layer. */
  readonly labels?: readonly Labels[] | PyramidReader;
  /**
   * Says that a number means one cell in all frames; `[]` for labels that are going to be painted so. Left out where
   * frames were segmented one by one: then edits change no tracks.
   */
  readonly tracks?: readonly Track[];
  /** Where a reader can be opened again. */
  readonly address?: string;
  /** Of the layer; default a new one. */
  readonly id?: string;
}

/** Pixels of a reader that is read whole in the background, so that all its cells are known. */
export const WHOLE: number = 2 ** 28;

/** A new layer of labels on top, selected. Answers its id. Throws {@link ShapeError} where labels are not of the size. */
export function newLabelsLayer(workspace: Workspace, wanted: NewLabels): string {
  const { name, size, labels } = wanted;
  const id = wanted.id ?? freeId(workspace, "labels");
  const [store, tracks] = storeFor(workspace, wanted);
  showLabels(workspace, { id, name }, store, tracks);
  if (labels && !isPlanes(labels) && size.t * size.z * size.y * size.x <= WHOLE)
    readAll(workspace, id, store);
  return id;
}

/** Shows a store as a layer. Where `tracks` are given, its labels are tracked. */
export function showLabels(
  workspace: Workspace,
  { id, name }: { readonly id: string; readonly name: string },
  store: LabelPages,
  tracks: readonly Track[] | undefined,
): void {
  workspace.labels.set(id, store);
  workspace.lineages.set(id, lineageOf(store, tracks));
  workspace.scene.update((scene) => addLabels(scene, { id, name, size: store.size }));
}

function storeFor(
  workspace: Workspace,
  { size, labels, tracks, address }: NewLabels,
): [LabelPages, readonly Track[] | undefined] {
  if (!labels || isPlanes(labels)) {
    if (!tracks || !labels || labels.length === 0) return [labelStoreOf(size, labels), tracks];
    const [planes, mended] = mend(workspace, size.z, labels, tracks);
    return [labelStoreOf(size, planes), mended];
  }
  const store = labelStoreOver(labels, { address });
  for (const axis of ["t", "z", "y", "x"] as const)
    if (store.size[axis] !== size[axis])
      throw new ShapeError(`size of labels along ${axis}`, `${size[axis]}`, `${store.size[axis]}`);
  return [store, tracks];
}

/** Tracks that do not agree with their labels follow the labels, as when a file of another program has holes in them. */
function mend(
  workspace: Workspace,
  depth: number,
  labels: readonly Labels[],
  tracks: readonly Track[],
): [readonly Labels[], readonly Track[]] {
  const frames: Set<number>[] = [];
  for (const [n, { data }] of labels.entries()) {
    if (n % depth === 0) frames.push(new Set());
    const seen = frames[frames.length - 1];
    let last = 0;
    for (let i = 0; i < data.length; i++)
      if (data[i] !== last) {
        last = data[i];
        if (last !== 0) seen.add(last);
      }
  }
  const mended = mendTracks(tracks, frames);
  if (mended.changes.length === 0) return [labels, tracks];
  tellNotice(workspace, "info", `tracks were brought in line with labels: ${mended.changes[0]}`);
  const planes = labels.map((plane, n) => mended.renumber(plane, Math.floor(n / depth)));
  return [planes, mended.tracks];
}

function isPlanes(labels: readonly Labels[] | PyramidReader): labels is readonly Labels[] {
  return Array.isArray(labels);
}

/** Reads frame after frame, as long as the layer is there. */
async function readAll(workspace: Workspace, id: string, store: LabelPages): Promise<void> {
  try {
    for (let t = 0; t < store.size.t; t++)
      for (let z = 0; z < store.size.z; z++) {
        if (workspace.labels.get(id) !== store) return;
        await store.load({ t, z }, wholePlane(store.size));
      }
    const book = workspace.lineages.get(id);
    if (book && "replace" in book) (book as ReturnType<typeof lineageOf>).replace(book.tracks);
  } catch (error) {
    tellNotice(workspace, "error", error);
  }
}

/** A new layer of marked places on top, selected. Answers its id. */
export function newPointsLayer(
  workspace: Workspace,
  wanted: { readonly name: string; readonly points?: readonly Point[]; readonly id?: string },
): string {
  const id = wanted.id ?? freeId(workspace, "points");
  workspace.points.set(id, wanted.points ?? []);
  workspace.scene.update((scene) => addPoints(scene, { id, name: wanted.name }));
  return id;
}

/** An id that no layer has, nor had since the page was opened: pixels and history may still know of it. */
function freeId(workspace: Workspace, kind: string): string {
  const { layers } = workspace.scene.get();
  const isTaken = (id: string): boolean =>
    layers.some((layer) => layer.id === id) || workspace.labels.has(id) || workspace.points.has(id);
  for (let n = counters.get(workspace) ?? 1; ; n++) {
    const id = `${kind}-${n}`;
    if (isTaken(id)) continue;
    counters.set(workspace, n + 1);
    return id;
  }
}

const counters = new WeakMap<Workspace, number>();
