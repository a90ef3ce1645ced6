/**
 * The hand on the image: what is pressed, moved and released becomes gestures of the tool, and what they are about to do
 * is shown.
 *
 * @module
 */
import type { Preview } from "../draw/preview.js";
import type { Renderer } from "../draw/renderer.js";
import { type Gesture, type Modifiers, startGesture } from "../edit/gesture.js";
import { cancelGesture, heldIn } from "../edit/hand.js";
import type { Workspace } from "../workspace.js";

/** A place of the image, in pixels. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** What moves gestures on. */
export interface Hand {
  /** Whether a gesture is going on. */
  readonly busy: boolean;
  press(place: Place, held?: Modifiers): void;
  /** Over the image, pressed or not; undefined leaves it. */
  move(place: Place | undefined): void;
  release(place: Place): Promise<void>;
  /** Gives the gesture up: nothing was done. Answers whether there was one. */
  cancel(): boolean;
  /** Ends the gesture that goes on, or makes a whole one at this place. */
  finishOrApply(place: Place): Promise<void>;
}

/** The hand of a page. */
export function createHand(workspace: Workspace, renderer: Renderer | undefined): Hand {
  let gesture: Gesture | undefined;
  let pressed = false;
  let hover: Place | undefined;
  /** A gesture may also have been given up by others: undo does that. */
  const current = () => (heldIn(workspace) ? gesture : undefined);
  const show = () => {
    const { tool } = workspace.scene.get();
    const brush = tool.name === "paint" || tool.name === "erase";
    const circle: Preview | undefined =
      brush && hover ? { kind: "circle", ...hover, radius: tool.brush / 2 } : undefined;
    renderer?.preview(current()?.preview ?? circle);
  };
  const end = async (place: Place) => {
    const ended = current();
    pressed = false;
    await ended?.end(place);
    if (!ended?.isOpen && gesture === ended) gesture = undefined;
    show();
  };
  workspace.scene.watch((scene, before) => {
    if (scene.tool !== before.tool) show();
  });
  return {
    get busy() {
      return current() !== undefined;
    },
    press: (place, held) => {
      pressed = true;
      hover = place;
      gesture = startGesture(workspace, place, held);
      show();
    },
    move: (place) => {
      hover = place;
      const going = current();
      if (place && going && (pressed || going.isOpen)) going.move(place);
      show();
    },
    release: async (place) => {
      if (pressed) await end(place);
    },
    cancel: () => {
      pressed = false;
      gesture = undefined;
      const was = cancelGesture(workspace);
      show();
      return was;
    },
    finishOrApply: async (place) => {
      const { name } = workspace.scene.get().tool;
      if (current()) return end(hover ?? place);
      if (name === "pan" || name === "region") return;
      gesture = startGesture(workspace, place);
      await end(place);
    },
  };
}
