/**
 * From places on the screen to places of the image and back.
 * A place of the image is in pixels, and a pixel reaches from its number to the next: the middle of the first is 0.5.
 * A place on the screen is in CSS pixels from the upper left of the canvas.
 *
 * @module
 */
import type { Camera } from "../scene/scene.js";

/** A place, of the screen or of the image. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** How large the canvas is, in CSS pixels. */
export interface ViewSize {
  readonly height: number;
  readonly width: number;
}

/** The place of the image under a place of the screen. */
export function imagePlace(camera: Camera, view: ViewSize, screen: Place): Place {
  return {
    y: camera.y + (screen.y - view.height / 2) / camera.zoom,
    x: camera.x + (screen.x - view.width / 2) / camera.zoom,
  };
}

/** Where on the screen a place of the image is. */
export function screenPlace(camera: Camera, view: ViewSize, image: Place): Place {
  return {
    y: (image.y - camera.y) * camera.zoom + view.height / 2,
    x: (image.x - camera.x) * camera.zoom + view.width / 2,
  };
}

/** The camera that shows all of an image of `size`, with `margin` CSS pixels around it. */
export function fitCamera(
  size: { readonly y: number; readonly x: number },
  view: ViewSize,
  margin = 16,
): Camera {
  const height = Math.max(view.height - 2 * margin, 1);
  const width = Math.max(view.width - 2 * margin, 1);
  return { y: size.y / 2, x: size.x / 2, zoom: Math.min(height / size.y, width / size.x) };
}
