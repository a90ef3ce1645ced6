/**
 * A picture of the canvas, with the scale bar in it.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";
import type { Scene } from "../scene/scene.js";
import { scaleBarOf } from "./scale-bar.js";

/** A PNG of what is on the canvas at the time of the call. */
export function screenshotOf(canvas: HTMLCanvasElement, scene: Scene): Promise<Blob> {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d");
  if (!context) throw new UnsupportedError("this browser cannot make a picture of a canvas");
  context.drawImage(canvas, 0, 0);
  const isEmpty = scene.layers.length === 0;
  if (scene.scaleBar && !isEmpty) drawBar(context, scene, canvas.width / canvas.clientWidth);
  return new Promise((resolve, reject) =>
    copy.toBlob(
      (blob) =>
        blob ? resolve(blob) : reject(new UnsupportedError("this browser cannot write a PNG")),
      "image/png",
    ),
  );
}

/** At the lower right, white with a dark edge, so that it is seen on anything. */
function drawBar(context: CanvasRenderingContext2D, scene: Scene, ratio: number): void {
  const { length, text } = scaleBarOf(scene.camera.zoom, scene.spacing.x);
  const { width, height } = context.canvas;
  context.scale(ratio, ratio);
  const right = width / ratio - 16;
  const bottom = height / ratio - 16;
  context.fillStyle = "rgb(0 0 0 / 60%)";
  context.fillRect(right - length - 1, bottom - 5, length + 2, 6);
  context.fillStyle = "white";
  context.fillRect(right - length, bottom - 4, length, 4);
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "center";
  context.lineWidth = 3;
  context.strokeStyle = "rgb(0 0 0 / 60%)";
  context.strokeText(text, right - length / 2, bottom - 10);
  context.fillText(text, right - length / 2, bottom - 10);
}
