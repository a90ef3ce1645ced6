/**
 * Everything behind the page: the scene, and under its ids the pixels, labels and tracks that it speaks of.
 * No DOM: tests and other pages make one too.
 *
 * @module
 */
import type { Box, PyramidReader } from "@cellwright/core";
import type { History } from "./edit/history.js";
import type { LabelStore, PlaneAt } from "./edit/label-store.js";
import type { Lineage } from "./edit/lineage.js";
import type { Scene } from "./scene/scene.js";
import type { Store } from "./scene/store.js";

/** An opened image and where it came from, so that a session can open it again. */
export interface ImageSource {
  readonly reader: PyramidReader;
  readonly name: string;
  /** An address or a path that the page's server knows; absent for a dropped file. */
  readonly address?: string;
}

/** A place that is marked. */
export interface Point {
  readonly t: number;
  readonly z: number;
  readonly y: number;
  readonly x: number;
}

/** A box of a plane. */
export interface Area {
  readonly at: PlaneAt;
  readonly box: Box;
}

/** Of which type a cell is, by its number in the list of names, and how probable that is, 0 … 1. */
export interface CellType {
  readonly type: number;
  readonly probability: number;
}

/** Of which types the cells of a layer are, as the model said that found them. */
export interface LayerTypes {
  readonly names: readonly string[];
  /** By frame and depth, `"t z"`, then by label. */
  readonly planes: ReadonlyMap<string, ReadonlyMap<number, CellType>>;
}

/** Something that takes seconds, as the page shows it. */
export interface Job {
  readonly id: number;
  readonly title: string;
  /** 0 … 1; undefined while that is not known. */
  readonly progress?: number;
  readonly detail?: string;
  cancel(): void;
}

/** A message to the reader of the page. */
export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
}

/** The state of a page. */
export interface Workspace {
  readonly scene: Store<Scene>;
  readonly jobs: Store<readonly Job[]>;
  readonly notices: Store<readonly Notice[]>;
  /** By the `source` of image layers. */
  readonly images: Map<string, ImageSource>;
  /** By the id of labels layers. */
  readonly labels: Map<string, LabelStore>;
  /** The tracks and parents of a labels layer, by its id. */
  readonly lineages: Map<string, Lineage>;
  /** By the id of points layers. */
  readonly points: Map<string, readonly Point[]>;
  /** By the id of labels layers whose cells a model told types of. */
  readonly types: Map<string, LayerTypes>;
  /** Where labels were corrected before this page was opened, by the id of their layer; what came since is in the history. */
  readonly corrected: Map<string, readonly Area[]>;
  /** One history for all layers: undo goes back in time, wherever the last stroke was. */
  readonly history: History;
}

/** Forgets all that lies under the id of a layer of labels or points that is gone from the scene. */
export function forgetLayer(workspace: Workspace, id: string): void {
  const { labels, lineages, points, types, corrected, history } = workspace;
  for (const map of [labels, lineages, points, types, corrected]) map.delete(id);
  history.drop(id);
}
