/**
 * The polygon: corner after corner by clicks, or drawn in one go by a drag.
 *
 * @module
 */
import type { Workspace } from "../workspace.js";
import type { Place } from "./brush.js";
import type { Modifiers, ToolGesture } from "./gesture.js";
import { around } from "./gesture-brush.js";
import { commitTool, paintOf } from "./gesture-edit.js";
import { startPen } from "./pen.js";
import { fillPolygon } from "./polygon.js";

/** Pixels of the screen that a hand moves in a click that is not meant as a drag. */
const SHAKE = 4;

/** Starts a polygon at its first corner. */
export function polygonGesture(
  workspace: Workspace,
  layer: string,
  start: Place,
  modifiers: Modifiers,
): ToolGesture {
  const { store, at, label, only } = paintOf(workspace, layer);
  const shake = SHAKE / workspace.scene.get().camera.zoom;
  const corners: Place[] = [start];
  let hover = start;
  let isPressed = true;
  let isClosing = modifiers.double === true;
  /** Corners when the button went down: more of them since then were drawn by a drag. */
  let pressedAt = corners.length;
  let isOpen = true;
  const isFar = (place: Place): boolean => {
    const last = corners[corners.length - 1];
    return Math.hypot(place.y - last.y, place.x - last.x) >= shake;
  };
  return {
    get preview() {
      return { kind: "line", points: [...corners, hover], closed: true } as const;
    },
    get isOpen() {
      return isOpen;
    },
    press: (place, { double }) => {
      // The second press of a double one lies where the first was.
      if (!double || isFar(place)) corners.push(place);
      hover = place;
      isPressed = true;
      isClosing = double === true;
      pressedAt = corners.length;
    },
    move: (place) => {
      hover = place;
      if (isPressed && isFar(place)) corners.push(place);
    },
    end: async (place) => {
      const isDrawn = pressedAt === 1 && corners.length > 3;
      if (isPressed && !isClosing && !isDrawn) {
        isPressed = false;
        hover = place;
        return undefined;
      }
      isOpen = false;
      const box = around(corners, 1);
      if (!store.isLoaded(at, box)) await store.load(at, box);
      const pen = startPen(store, at);
      fillPolygon(corners, store.size.y, (y, from, to) => pen.span(y, from, to, label, only));
      const inside = middleOf(corners);
      const draft = { name: label === 0 ? "erase" : `outline ${label}`, pages: pen.finish() };
      return commitTool(
        workspace,
        layer,
        { ...draft, written: true },
        { label, at, place: inside },
      );
    },
    cancel: () => {
      isOpen = false;
    },
  };
}

function middleOf(corners: readonly Place[]): Place {
  const sum = corners.reduce((a, b) => ({ y: a.y + b.y, x: a.x + b.x }));
  return { y: sum.y / corners.length, x: sum.x / corners.length };
}
