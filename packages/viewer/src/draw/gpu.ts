/**
 * All that lies on the graphics card, made anew where its context was lost; and how a scene is painted with it.
 *
 * @module
 */
import type { Layer, Scene } from "../scene/scene.js";
import { setBlending } from "./blending.js";
import type { Gl } from "./gl.js";
import { imagePainter } from "./image-painter.js";
import { type ImageTiles, type ImageTilesOptions, imageTiles } from "./image-tiles.js";
import { type LabelPages, type LabelPagesOptions, labelPages } from "./label-pages.js";
import { labelPainter } from "./label-painter.js";
import { type LabelSlots, labelSlots } from "./label-slots.js";
import { linePainter } from "./line-painter.js";
import { previewLines } from "./overlay.js";
import type { Preview } from "./preview.js";
import type { LayerView } from "./scene-view.js";
import type { Edges, Sight } from "./sight.js";

/** What a scene is painted from and with. */
export interface Gpu {
  readonly tiles: ImageTiles;
  readonly pages: LabelPages;
  readonly slots: LabelSlots;
  /** Forgets what layers had that are not in this scene. */
  keep(scene: Scene): void;
  /** Paints the part of the canvas within `edges`, in its pixels from the upper left; what was there is gone. */
  paint(painting: Painting, sight: Sight, edges: Edges): void;
}

/** What is painted. */
export interface Painting {
  readonly scene: Scene;
  readonly layers: readonly LayerView[];
  readonly previews: readonly Preview[];
  /** From black to white, 0 … 1. */
  readonly background: number;
}

/** CSS pixels around a preview that its lines reach over. */
export const PREVIEW_MARGIN = 4;

/** Whom to tell of what came in, and how much to keep. */
export interface GpuOptions extends Pick<ImageTilesOptions, "onTile" | "onError"> {
  readonly imageBytes: number;
  readonly labelBytes: number;
  readonly onLabels: LabelPagesOptions["onChange"];
}

/** Everything for a context. */
export function createGpu(gl: Gl, options: GpuOptions): Gpu {
  const { onTile, onError, onLabels } = options;
  const images = imagePainter(gl);
  const labels = labelPainter(gl);
  const lines = linePainter(gl);
  const slots = labelSlots(gl, options.labelBytes);
  const tiles = imageTiles({
    painter: images,
    release: ({ texture }) => gl.deleteTexture(texture),
    bytes: options.imageBytes,
    onTile,
    onError,
  });
  const pages = labelPages({ slots, onChange: onLabels, onError });

  function paintLayer(scene: Scene, one: LayerView, sight: Sight): void {
    if (one.kind === "image") {
      const { layer, view } = one;
      if (!view) return;
      images.paint(layer, sight, view.levels, view.patches, ({ tile }) => tiles.tileOf(view, tile));
    } else if (one.kind === "labels") {
      const { layer, store, view } = one;
      if (!view || !store || !slots.texture) return;
      const isActive = isActiveLabels(scene, layer);
      labels.paint(layer, store, view, sight, slots.texture, scene.tool.label >>> 0, isActive);
    } else if (one.lines) {
      const { layer } = one;
      const width =
        layer.kind === "tracks" ? layer.width * sight.ratio : Math.max(layer.size * sight.zoom, 3);
      // A dark edge keeps a line apart from a cell of its own colour; in other blendings it would be a colour of its own.
      if (layer.blending === "translucent") {
        const edge = { ...one.lines, colours: darkened(one.lines.colours) };
        lines.paint(edge, sight, width + 2 * sight.ratio, 0.6 * layer.opacity);
      }
      lines.paint(one.lines, sight, width, layer.opacity);
    }
  }

  return {
    tiles,
    pages,
    slots,
    keep({ layers }) {
      pages.keep(new Set(layers.map(({ id }) => id)));
      tiles.keep(new Set(layers.flatMap((one) => (one.kind === "image" ? [one.source] : []))));
    },
    paint({ scene, layers, previews, background }, sight, edges) {
      gl.viewport(0, 0, sight.width, sight.height);
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(
        edges.left,
        sight.height - edges.bottom,
        edges.right - edges.left,
        edges.bottom - edges.top,
      );
      gl.clearColor(background, background, background, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      for (const [i, one] of layers.entries()) {
        setBlending(gl, one.layer.blending, i === 0);
        paintLayer(scene, one, sight);
      }
      setBlending(gl, "translucent", false);
      for (const preview of previews) {
        const origin = { y: Math.round(scene.camera.y), x: Math.round(scene.camera.x) };
        const shape = previewLines(preview, origin);
        lines.paint({ ...shape, colours: darkened(shape.colours) }, sight, 3.5 * sight.ratio, 0.6);
        lines.paint(shape, sight, 1.5 * sight.ratio, 1);
      }
    },
  };
}

/** Whether tools work on this layer: it or its tracks are selected. */
function isActiveLabels(scene: Scene, layer: Layer): boolean {
  const active = scene.layers.find(({ id }) => id === scene.active);
  return active?.id === layer.id || (active?.kind === "tracks" && active.labels === layer.id);
}

/** The same opacities in black, for a line beneath a line. */
function darkened(colours: Uint8Array): Uint8Array {
  return colours.map((part, i) => (i % 4 === 3 ? part : 0));
}
