/**
 * Contrast limits that suit what is seen.
 *
 * @module
 */
import { type Histogram, histogramOf } from "../draw/histogram.js";
import { changeLayer } from "../scene/commands.js";
import type { ImageLayer } from "../scene/scene.js";
import type { App } from "./app-context.js";

/** Sets the limits of an image layer to what its plane shows: nearly the darkest and nearly the brightest. */
export async function autoContrast(
  app: Pick<App, "workspace">,
  id: string | undefined,
): Promise<void> {
  const { workspace } = app;
  const layer = workspace.scene.get().layers.find((layer) => layer.id === id);
  const image = layer?.kind === "image" ? workspace.images.get(layer.source) : undefined;
  if (layer?.kind !== "image" || !image) return;
  const { at } = workspace.scene.get();
  const { channel } = layer;
  const histogram = await histogramOf(image.reader, { ...at, channel });
  const found = image.reader.type.startsWith("float") ? histogram : inWholes(histogram);
  workspace.scene.update((scene) =>
    scene.layers.some((other) => other.id === id)
      ? changeLayer(scene, layer.id, {
          limits: found.auto,
          range: rangeFor(found, image.reader.type),
        })
      : scene,
  );
}

/** Values of whole numbers have limits of whole numbers. */
function inWholes(histogram: Histogram): Histogram {
  const [low, high] = histogram.auto;
  return { ...histogram, auto: [Math.floor(low), Math.ceil(high)] };
}

/** How far the sliders reach: of bytes all there are, of others what the image has and a little more. */
export function rangeFor(found: Histogram, type: string): ImageLayer["range"] {
  if (type === "uint8") return [0, 255];
  const low = Math.min(found.range[0], found.auto[0]);
  const high = Math.max(found.range[1], found.auto[1]);
  const more = 0.1 * (high - low || 1);
  if (type.startsWith("float")) return [low - more, high + more];
  const least = type.startsWith("uint") ? 0 : Math.floor(low - more);
  return [Math.min(Math.max(least, Math.floor(low - more)), low), Math.ceil(high + more)];
}
