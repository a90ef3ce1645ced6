/**
 * New layers, and layers that go.
 *
 * @module
 */
import { newLabelsLayer, newPointsLayer } from "../edit/layers.js";
import { activeLabels, addTracks, layerOf, removeLayer } from "../scene/commands.js";
import type { Scene } from "../scene/scene.js";
import { forgetLayer } from "../workspace.js";
import type { App } from "./app-context.js";

/** A labels layer to draw on, as large as the scene; answers its id. In a movie a number means one cell in all frames. */
export function newLabels(app: App): string {
  const { workspace } = app;
  const scene = workspace.scene.get();
  const { size } = scene;
  const name = freeName(scene, "Labels");
  return newLabelsLayer(workspace, { name, size, ...(size.t > 1 && { tracks: [] }) });
}

/** A layer for marked places; answers its id. */
export function newPoints(app: App): string {
  const { workspace } = app;
  return newPointsLayer(workspace, { name: freeName(workspace.scene.get(), "Points") });
}

/** A layer of the tracks of a labels layer, where it is not there yet. */
export function showTracks(app: Pick<App, "workspace">, labels: string): void {
  app.workspace.scene.update((scene) => {
    if (scene.layers.some((layer) => layer.kind === "tracks" && layer.labels === labels))
      return scene;
    const name = `${layerOf(scene, labels).name} · tracks`;
    return addTracks(scene, { id: `${labels}/tracks`, name, labels });
  });
}

/** The labels layer that is worked on; a new one where there is none. It is the selected one afterwards. */
export function labelsToEdit(app: App): string {
  const { scene } = app.workspace;
  const layer = activeLabels(scene.get());
  if (!layer) return newLabels(app);
  scene.update((scene) => ({ ...scene, active: layer.id }));
  return layer.id;
}

/** Removes the selected layer: at once where nothing is lost, else after asking. */
export function askToRemove(app: App): void {
  const scene = app.workspace.scene.get();
  if (scene.active === undefined) return;
  const { kind, id } = layerOf(scene, scene.active);
  if (kind === "image" || kind === "tracks") removeNow(app, id);
  else app.page.update((page) => ({ ...page, removing: id }));
}

/** Removes a layer, and forgets what only it needed. */
export function removeNow(app: App, id: string): void {
  const { scene, images } = app.workspace;
  scene.update((scene) => removeLayer(scene, id));
  forgetLayer(app.workspace, id);
  const left = scene.get().layers;
  for (const source of [...images.keys()])
    if (!left.some((layer) => layer.kind === "image" && layer.source === source))
      images.delete(source);
  app.page.update((page) => ({ ...page, removing: undefined }));
}

/** `"Labels"`, or `"Labels 2"` where that is taken, and so on. */
export function freeName(scene: Scene, name: string): string {
  const taken = new Set(scene.layers.map((layer) => layer.name));
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}
