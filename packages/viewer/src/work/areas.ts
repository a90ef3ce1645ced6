/**
 * Which part of the planes a request means: boxes in pixels, from the view, the region, or what was corrected.
 *
 * @module
 */
import { type Box, boxAround, ShapeError, sharedBox } from "@cellwright/core";
import type { Step } from "../edit/history.js";
import type { PlaneAt } from "../edit/label-store.js";
import { PAGE } from "../edit/label-store.js";
import type { Scene } from "../scene/scene.js";
import type { Area, Workspace } from "../workspace.js";
import { grown } from "./crop.js";

/** Height and width of a plane in pixels. */
export interface Size {
  readonly y: number;
  readonly x: number;
}

/** Edits with names that begin so were made by a network, not by somebody who looked. */
export const MACHINE: RegExp = /^(segment|track)\b/;

/** The part of the image that is seen in a canvas of `screen` pixels. Throws `ShapeError` where nothing of it is. */
export function seenBox(
  { camera: { y, x, zoom } }: Pick<Scene, "camera">,
  screen: { readonly height: number; readonly width: number },
  size: Size,
): Box {
  const [down, along] = [screen.height / zoom / 2, screen.width / zoom / 2];
  const top = Math.floor(y - down);
  const left = Math.floor(x - along);
  const box = {
    y: top,
    x: left,
    height: Math.ceil(y + down) - top,
    width: Math.ceil(x + along) - left,
  };
  return within(box, size, "view");
}

/** The region that was drawn, in whole pixels. Throws `ShapeError` where there is none, or it lies outside. */
export function regionBox({ region }: Pick<Scene, "region">, size: Size): Box {
  if (!region) throw new ShapeError("region", "drawn first", "none");
  const [y, x, height, width] = region;
  const top = Math.floor(y);
  const left = Math.floor(x);
  return within(
    { y: top, x: left, height: Math.ceil(y + height) - top, width: Math.ceil(x + width) - left },
    size,
    "region",
  );
}

/** A box as far as it lies in a plane. Throws `ShapeError` where nothing of it does. */
export function within(box: Box, size: Size, what = "box"): Box {
  const found = sharedBox(box, { y: 0, x: 0, height: size.y, width: size.x });
  if (!found) throw new ShapeError(what, "on the image", `at ${box.y}, ${box.x} beside it`);
  return found;
}

/** How much around a correction counts as looked at. */
export interface Around {
  /** Pixels around it. */
  readonly margin: number;
  /** Pixels along each side that a place has at least. */
  readonly least: number;
}

/**
 * Where somebody corrected cells of a layer: the boxes of the history's edits and those of earlier visits, grown by `margin`
 * pixels, at least `least` pixels along each side; those that touch are one. In the order of planes, then from the top.
 */
export function correctedAreas(
  { history, corrected }: Pick<Workspace, "history" | "corrected">,
  layer: string,
  size: Size,
  { margin, least }: Around = { margin: 0, least: 0 },
): Area[] {
  const planes = new Map<string, { at: PlaneAt; boxes: Box[] }>();
  for (const { at, box } of [
    ...(corrected.get(layer) ?? []),
    ...editedBoxes(history.past, layer),
  ]) {
    const key = `${at.t} ${at.z}`;
    const plane = planes.get(key) ?? { at: { t: at.t, z: at.z }, boxes: [] };
    planes.set(key, plane);
    plane.boxes = withBox(plane.boxes, widened(box, margin, least, size));
  }
  return [...planes.values()]
    .sort((a, b) => a.at.t - b.at.t || a.at.z - b.at.z)
    .flatMap(({ at, boxes }) =>
      boxes.sort((a, b) => a.y - b.y || a.x - b.x).map((box) => ({ at, box })),
    );
}

function editedBoxes(past: readonly Step[], layer: string): Area[] {
  return past
    .filter((step) => step.layer === layer && !MACHINE.test(step.edit.name))
    .flatMap(({ edit }) =>
      edit.pages.map(({ at, row, column, box }) => ({
        at,
        box: { ...box, y: box.y + row * PAGE, x: box.x + column * PAGE },
      })),
    );
}

function widened(box: Box, margin: number, least: number, size: Size): Box {
  const side = Math.min(box.height, box.width) + 2 * margin;
  return grown(box, Math.ceil(margin + Math.max(0, least - side) / 2), size.y, size.x);
}

/** Boxes with one more: it and all it shares pixels with become one. */
function withBox(boxes: readonly Box[], box: Box): Box[] {
  const touching = boxes.find((other) => sharedBox(other, box));
  if (!touching) return [...boxes, box];
  return withBox(
    boxes.filter((other) => other !== touching),
    boxAround(touching, box),
  );
}
