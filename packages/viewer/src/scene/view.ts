/**
 * Commands on what is seen of the whole: camera, theme, scale bar, the region that was drawn. In: a scene. Out: a scene.
 *
 * @module
 */
import { ShapeError } from "@cellwright/core";
import type { Camera, Scene } from "./scene.js";

/** Pixels of the screen for one of the image: the least and the most. */
export const ZOOM_RANGE: readonly [number, number] = [1e-5, 200];

/** Looks at another place, or from nearer. The zoom stays within {@link ZOOM_RANGE}. */
export function setCamera(scene: Scene, camera: Partial<Camera>): Scene {
  const { y, x, zoom } = { ...scene.camera, ...camera };
  if (![y, x, zoom].every(Number.isFinite) || zoom <= 0)
    throw new ShapeError("camera", "a place and a zoom above 0", `${y} ${x} ${zoom}`);
  const next = { y, x, zoom: Math.min(Math.max(zoom, ZOOM_RANGE[0]), ZOOM_RANGE[1]) };
  const same = Object.entries(next).every(([key, value]) => scene.camera[key as "y"] === value);
  return same ? scene : { ...scene, camera: next };
}

/** Moves the view by pixels of the screen. */
export function panBy(scene: Scene, down: number, across: number): Scene {
  const { y, x, zoom } = scene.camera;
  return setCamera(scene, { y: y + down / zoom, x: x + across / zoom });
}

/** `factor` times as near, so that the place `about` of the image (default the middle) stays where it is on the screen. */
export function zoomBy(
  scene: Scene,
  factor: number,
  about: { readonly y: number; readonly x: number } = scene.camera,
): Scene {
  const { y, x, zoom } = scene.camera;
  const wanted = Math.min(Math.max(zoom * factor, ZOOM_RANGE[0]), ZOOM_RANGE[1]);
  const share = zoom / wanted;
  return setCamera(scene, {
    y: about.y + (y - about.y) * share,
    x: about.x + (x - about.x) * share,
    zoom: wanted,
  });
}

/** The box `[y, x, height, width]` of pixels that "segment the region" means, cut to the image; none where it is empty. */
export function setRegion(scene: Scene, box?: readonly [number, number, number, number]): Scene {
  const { region: _, ...rest } = scene;
  if (!box) return scene.region ? rest : scene;
  if (!box.every(Number.isFinite))
    throw new ShapeError("region", "four numbers y, x, height, width", `[${box}]`);
  const [top, bottom] = span(box[0], box[2], scene.size.y);
  const [left, right] = span(box[1], box[3], scene.size.x);
  if (bottom <= top || right <= left) return rest;
  return { ...rest, region: [top, left, bottom - top, right - left] };
}

/** Dark, light, or as the system has it. */
export function setTheme(scene: Scene, theme: Scene["theme"]): Scene {
  if (!["dark", "light", "system"].includes(theme))
    throw new ShapeError("theme", "dark, light or system", `${theme}`);
  return theme === scene.theme ? scene : { ...scene, theme };
}

/** Shows or hides the scale bar. */
export function showScaleBar(scene: Scene, scaleBar: boolean): Scene {
  return scaleBar === scene.scaleBar ? scene : { ...scene, scaleBar };
}

/** Micrometres a pixel along y, x and z, and seconds a frame; 0 or less forgets it. */
export function setSpacing(scene: Scene, spacing: Readonly<Record<string, number>>): Scene {
  const known = Object.entries({ ...scene.spacing, ...spacing }).filter(
    ([, value]) => Number.isFinite(value) && value > 0,
  );
  return { ...scene, spacing: Object.fromEntries(known) };
}

function span(start: number, length: number, size: number): [number, number] {
  const from = Math.min(start, start + length);
  const to = Math.max(start, start + length);
  return [Math.max(0, Math.floor(from)), Math.min(size, Math.ceil(to))];
}
