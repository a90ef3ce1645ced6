/**
 * A page that opens again looks as it did before: the layers that came back, in the order and with the look that they had.
 *
 * @module
 */

import { goTo } from "./dims.js";
import type { Layer, Scene } from "./scene.js";

/**
 * `scene` as `saved` was, as far as its layers are there. `sources` says under which name the source of an image is known now.
 * Layers of `scene` that `saved` does not know stay, on top.
 */
export function recallScene(
  scene: Scene,
  saved: Scene,
  sources: ReadonlyMap<string, string>,
): Scene {
  const there = new Map(scene.layers.map((layer) => [layer.id, layer]));
  const back = saved.layers.flatMap((layer): Layer[] => {
    if (layer.kind === "image") {
      const source = sources.get(layer.source);
      return source === undefined ? [] : [{ ...layer, source, id: `${source}/${layer.channel}` }];
    }
    if (layer.kind === "tracks") return there.has(layer.labels) ? [layer] : [];
    return there.get(layer.id)?.kind === layer.kind ? [layer] : [];
  });
  const known = new Set(back.map(({ id }) => id));
  const layers = [...back, ...scene.layers.filter(({ id }) => !known.has(id))];
  if (layers.length === 0) return scene;
  const old = saved.layers.find(({ id }) => id === saved.active);
  const wanted =
    old?.kind === "image" ? `${sources.get(old.source)}/${old.channel}` : (old?.id ?? "");
  const active = layers.some(({ id }) => id === wanted) ? wanted : layers[layers.length - 1].id;
  const { camera, tool, theme, scaleBar, spacing } = saved;
  const next = { ...scene, layers, active, camera, tool, theme, scaleBar, spacing };
  return goTo(next, saved.at);
}
