/**
 * What is seen of the whole: all of it, its picture, its theme.
 *
 * @module
 */
import { fitCamera } from "../draw/camera.js";
import { deliver } from "../save/deliver.js";
import { imageOf, stemOf } from "../save/name.js";
import { setCamera } from "../scene/commands.js";
import type { Scene } from "../scene/scene.js";
import type { App } from "./app-context.js";

/** Shows all of the image. */
export function fitView(app: App): void {
  const { scene } = app.workspace;
  const { clientHeight: height, clientWidth: width } = app.canvas;
  if (height === 0 || width === 0) return;
  scene.update((scene) => setCamera(scene, fitCamera(scene.size, { height, width })));
}

/** Brings a place of the image into view, with as little movement as can be. */
export function reveal(app: App, place: { readonly y: number; readonly x: number }): void {
  const { scene } = app.workspace;
  const { y, x, zoom } = scene.get().camera;
  const reachY = (0.4 * app.canvas.clientHeight) / zoom;
  const reachX = (0.4 * app.canvas.clientWidth) / zoom;
  if (Math.abs(place.y - y) <= reachY && Math.abs(place.x - x) <= reachX) return;
  scene.update((scene) => setCamera(scene, place));
}

/** The theme after this one. */
export function nextTheme(theme: Scene["theme"]): Scene["theme"] {
  const order = ["system", "dark", "light"] as const;
  return order[(order.indexOf(theme) + 1) % order.length];
}

/** Saves a picture of what is seen. */
export async function saveScreenshot(app: App): Promise<void> {
  if (!app.renderer) return;
  const blob = await app.renderer.screenshot();
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const { workspace } = app;
  const stem = stemOf(imageOf(workspace)?.name ?? workspace.scene.get().layers[0]?.name ?? "");
  await deliver([{ name: `${stem}_view.png`, bytes, type: "image/png" }]);
}
