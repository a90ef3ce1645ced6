/**
 * What can be drawn of a scene in one frame, layer by layer, and what is missing for it.
 *
 * @module
 */
import type { LabelStore } from "../edit/label-store.js";
import type {
  ImageLayer,
  LabelsLayer,
  Layer,
  PointsLayer,
  Scene,
  TracksLayer,
} from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import { parseHex } from "./colormap.js";
import type { Frame, ImageTiles, ImageView } from "./image-tiles.js";
import type { LabelPages, LabelView } from "./label-pages.js";
import type { Lines } from "./lines.js";
import { pointDiscs } from "./overlay.js";
import type { Sight } from "./sight.js";
import type { Wish } from "./tile-queue.js";
import { trackLines } from "./track-lines.js";

/** A visible layer, ready to be painted; `view` is undefined where nothing of it is in this frame or in view. */
export type LayerView =
  | {
      readonly kind: "image";
      readonly layer: ImageLayer;
      readonly view: ImageView | undefined;
    }
  | {
      readonly kind: "labels";
      readonly layer: LabelsLayer;
      readonly store: LabelStore | undefined;
      readonly view: LabelView | undefined;
    }
  | {
      readonly kind: "lines";
      readonly layer: TracksLayer | PointsLayer;
      readonly lines: Lines | undefined;
    };

/** A scene in one frame. */
export interface SceneView {
  readonly layers: readonly LayerView[];
  /** Whether all that is wanted is there, or cannot be had. */
  readonly isReady: boolean;
  /** What to ask for, the most urgent first. */
  readonly wishes: readonly Wish[];
}

/** Lines of layers that are kept while what they were made of stays the same. */
export type LineCache = Map<string, { readonly made: readonly unknown[]; readonly lines: Lines }>;

/** What tiles, pages and lines come from. */
export interface SceneParts {
  readonly workspace: Workspace;
  readonly tiles: ImageTiles;
  readonly pages: LabelPages;
  readonly lineCache: LineCache;
}

/** Views the visible layers. */
export function viewScene(parts: SceneParts, scene: Scene, frame: Frame, sight: Sight): SceneView {
  const layers = scene.layers
    .filter((layer) => layer.visible)
    .map((layer) => viewLayer(parts, scene, layer, frame, sight));
  const images = layers.flatMap((one) => (one.kind === "image" && one.view ? [one.view] : []));
  const isReady = layers.every((one) =>
    one.kind === "image"
      ? (one.view?.missing.length ?? 0) === 0
      : one.kind === "lines" || (one.view?.isReady ?? true),
  );
  // Where nothing is to be seen yet, anything is better; else coarse tiles come last, for a view from farther away.
  const empty = images.filter(({ patches }) => patches.length === 0);
  const others = images.filter(({ patches }) => patches.length > 0);
  const wishes = [
    ...empty.flatMap(({ coarse }) => coarse),
    ...inTurn(images.map((view) => view.wishes)),
    ...others.flatMap(({ coarse }) => coarse),
  ];
  const once = new Map(wishes.map((wish) => [wish.key, wish]));
  return { layers, isReady, wishes: [...once.values()] };
}

function viewLayer(
  { workspace, tiles, pages, lineCache }: SceneParts,
  scene: Scene,
  layer: Layer,
  frame: Frame,
  sight: Sight,
): LayerView {
  const keep = (made: readonly unknown[], make: () => Lines): Lines => {
    const known = lineCache.get(layer.id);
    if (known?.made.every((value, i) => value === made[i])) return known.lines;
    const lines = make();
    lineCache.set(layer.id, { made, lines });
    return lines;
  };
  const origin = { y: Math.round(scene.size.y / 2), x: Math.round(scene.size.x / 2) };
  switch (layer.kind) {
    case "image": {
      const reader = workspace.images.get(layer.source)?.reader;
      return { kind: "image", layer, view: reader && tiles.view(layer, reader, frame, sight) };
    }
    case "labels": {
      const store = workspace.labels.get(layer.id);
      const margin = (layer.contourWidth + 2) * sight.ratio;
      const view = store && pages.view(layer.id, store, frame, sight, margin);
      return { kind: "labels", layer, store, view };
    }
    case "tracks": {
      const lineage = workspace.lineages.get(layer.labels);
      const below = scene.layers.find(({ id }) => id === layer.labels);
      const seed = below?.kind === "labels" ? below.colourSeed : 0;
      const look = { t: frame.t, frames: scene.size.t, seed, origin };
      const made = [lineage, lineage?.version, layer, frame.t, scene.size, seed];
      return {
        kind: "lines",
        layer,
        lines: lineage && keep(made, () => trackLines(lineage, layer, look)),
      };
    }
    case "points": {
      const points = workspace.points.get(layer.id);
      const colour = [...parseHex(layer.colour), 255] as const;
      const make = () => pointDiscs(points ?? [], frame, colour, origin);
      const made = [points, layer.colour, frame.t, frame.z, scene.size];
      return { kind: "lines", layer, lines: points && keep(made, make) };
    }
  }
}

/** Forgets the lines of layers that a scene does not have. */
export function forgetLines(cache: LineCache, { layers }: Scene): void {
  for (const id of [...cache.keys()])
    if (!layers.some((layer) => layer.id === id)) cache.delete(id);
}

/** Whether tracks and points are those of the view before. */
export function sameLines(a: SceneView | undefined, b: SceneView): boolean {
  const linesOf = (one: LayerView | undefined) => (one?.kind === "lines" ? one.lines : undefined);
  return b.layers.every((one, i) => linesOf(one) === linesOf(a?.layers[i]));
}

/** The first of each list, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list) => (i < list.length ? [list[i]] : [])),
  ).flat();
}
