/**
 * Mouse, pen and fingers on the canvas: what they point at becomes gestures, pans and zooms.
 *
 * @module
 */
import { panBy, step, stepBrush, zoomBy } from "../scene/commands.js";
import type { App } from "./app-context.js";
import type { Place } from "./hand.js";

/** How much one notch of a wheel zooms. */
const WHEEL_ZOOM = 0.0016;

/** Watches the canvas until the function that it answers is called. */
export function watchPointer(app: App): () => void {
  const { canvas, workspace, hand, page } = app;
  const { scene } = workspace;
  const stop = new AbortController();
  const fingers = new Map<number, { x: number; y: number }>();
  let panning: number | undefined;
  let spaceHeld = false;
  const placeOf = (event: MouseEvent): Place =>
    app.renderer?.imageAt(event.clientX, event.clientY) ?? scene.get().camera;
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    options: AddEventListenerOptions = {},
  ) => canvas.addEventListener(type, listener, { ...options, signal: stop.signal });

  listen("pointerdown", (event) => {
    if (scene.get().layers.length === 0) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      // A second finger means to move the view: what the first one began is given up.
      if (fingers.size > 1) return hand.cancel();
    }
    const pans = scene.get().tool.name === "pan" || spaceHeld || event.button === 1;
    if (pans && !hand.busy) {
      panning = event.pointerId;
      canvas.classList.add("panning");
    } else if (event.button === 0)
      hand.press(placeOf(event), {
        shift: event.shiftKey,
        alt: event.altKey,
        double: event.detail > 1,
      });
    else if (event.button === 2) hand.cancel();
    if (event.button === 1) event.preventDefault();
  });

  listen("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (finger && fingers.size > 1) return pinch(event, finger);
    if (panning === event.pointerId)
      scene.update((scene) => panBy(scene, -event.movementY, -event.movementX));
    else {
      // All that the pen passed since the last frame, so that quick strokes stay round.
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const each of passed.length > 0 ? passed : [event]) hand.move(placeOf(each));
    }
    const pointer = placeOf(event);
    page.update((page) => ({ ...page, pointer }));
  });

  const lift = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (panning === event.pointerId) {
      panning = undefined;
      canvas.classList.remove("panning");
    } else if (event.type === "pointerup" && event.button === 0) void hand.release(placeOf(event));
    else if (event.type === "pointercancel") hand.cancel();
  };
  listen("pointerup", lift);
  listen("pointercancel", lift);
  listen("pointerleave", () => {
    page.update((page) => ({ ...page, pointer: undefined }));
    hand.move(undefined);
  });
  listen("contextmenu", (event) => event.preventDefault());
  listen("wheel", (event) => turnWheel(app, event, placeOf(event)), { passive: false });

  /** Two fingers: what lay under them stays under them. */
  function pinch(event: PointerEvent, finger: { x: number; y: number }): void {
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return;
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    const middle = app.renderer?.imageAt(
      (event.clientX + other.x) / 2,
      (event.clientY + other.y) / 2,
    );
    finger.x = event.clientX;
    finger.y = event.clientY;
    scene.update((scene) =>
      zoomBy(panBy(scene, -dy / 2, -dx / 2), after / Math.max(before, 1), middle),
    );
  }

  const space = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    const target = event.target as HTMLElement;
    if (event.type === "keydown" && target !== document.body && target !== canvas) return;
    spaceHeld = event.type === "keydown";
    canvas.classList.toggle("held", spaceHeld);
    if (spaceHeld) event.preventDefault();
  };
  document.addEventListener("keydown", space, { signal: stop.signal });
  document.addEventListener("keyup", space, { signal: stop.signal });
  return () => stop.abort();
}

/** Zooms about the pointer; with Shift steps through time or depth, with Alt changes the brush. */
function turnWheel(app: App, event: WheelEvent, place: Place): void {
  const { scene } = app.workspace;
  if (scene.get().layers.length === 0) return;
  event.preventDefault();
  const turned = event.deltaY || event.deltaX;
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  if (event.shiftKey) {
    const axis = scene.get().size.t > 1 ? "t" : "z";
    scene.update((scene) => step(scene, axis, Math.sign(turned)));
  } else if (event.altKey) scene.update((scene) => stepBrush(scene, turned < 0 ? 1 : -1));
  else {
    // A pinch on a trackpad comes as small turns with Ctrl.
    const strength = event.ctrlKey ? 6 : 1;
    const factor = Math.exp(-turned * unit * WHEEL_ZOOM * strength);
    scene.update((scene) => zoomBy(scene, Math.min(Math.max(factor, 0.25), 4), place));
  }
}
