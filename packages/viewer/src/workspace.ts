/**
 * Everything behind the page: the scene, and under its ids the pixels, labels and tracks that it speaks of.
 * No DOM: tests and other pages make one too.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { History } from "./edit/history.js";
import type { LabelStore } from "./edit/label-store.js";
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
  /** One history for all layers: undo goes back in time, wherever the last stroke was. */
  readonly history: History;
}
