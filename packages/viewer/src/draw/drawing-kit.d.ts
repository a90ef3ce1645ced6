/**
 * What `drawingProgram` of `@cellwright/testing/drawing` gives to tests in a page.
 *
 * @module
 */
import type { PyramidReader } from "@cellwright/core";
import type { LabelStore } from "../edit/label-store.js";
import type { Lineage } from "../edit/lineage.js";
import type { Layer, Scene } from "../scene/scene.js";
import type { Point, Workspace } from "../workspace.js";
import type * as camera from "./camera.js";
import type * as drawing from "./renderer.js";

/** Pixels, labels, tracks and points by their ids. */
export interface Things {
  readonly images?: Readonly<Record<string, PyramidReader>>;
  readonly labels?: Readonly<Record<string, LabelStore>>;
  readonly lineages?: Readonly<Record<string, Lineage>>;
  readonly points?: Readonly<Record<string, readonly Point[]>>;
}

/** The page's global `kit`, beside what `@cellwright/testing/pixels` has. */
export type DrawingKit = typeof drawing &
  typeof camera & {
    /** A workspace on a canvas of 100 x 80, five of its pixels for one of an image of 20 x 16. */
    readonly open: (
      layers: readonly Partial<Layer>[],
      things: Things,
      scene?: Partial<Scene>,
      options?: drawing.RendererOptions,
    ) => { readonly workspace: Workspace; readonly renderer: drawing.Renderer };
    readonly canvas: () => HTMLCanvasElement;
    /** Red, green and blue of all pixels of the canvas, row by row from the top. */
    readonly picture: (renderer: drawing.Renderer) => number[][];
    /** A promise that somebody else resolves. */
    readonly gate: () => { readonly opened: Promise<void>; readonly open: () => void };
    /** Waits until something is so, for at most ten seconds. */
    readonly until: (isSo: () => boolean) => Promise<void>;
  };
