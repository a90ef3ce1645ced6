/**
 * Tools in the hand: a press on the canvas starts a gesture, moves draw it, the release makes an edit of it.
 * In: a workspace with a tool and a selected layer, places of the image. Out: edits.
 *
 * @module
 */
import type { Preview } from "../draw/preview.js";
import { activeLabels } from "../scene/commands.js";
import type { ToolName } from "../scene/scene.js";
import type { Workspace } from "../workspace.js";
import type { Place } from "./brush.js";
import { brushGesture } from "./gesture-brush.js";
import { clickGesture } from "./gesture-click.js";
import { pointGesture, regionGesture } from "./gesture-mark.js";
import { polygonGesture } from "./gesture-polygon.js";
import { strokeGesture } from "./gesture-stroke.js";
import { heldIn, hold, release } from "./hand.js";
import type { Edit } from "./label-store.js";
import { attempt, attemptLater, tellNotice } from "./notice.js";

/** What was held with the press. */
export interface Modifiers {
  readonly shift?: boolean;
  readonly alt?: boolean;
  /** The second press of two in quick succession. */
  readonly double?: boolean;
}

/** What a tool brings: a gesture, and a press while it is open. */
export interface ToolGesture extends Gesture {
  press?(place: Place, modifiers: Modifiers): void;
}

/** A gesture that is being made. Places are those of the image; the middle of the first pixel is 0.5. */
export interface Gesture {
  move(place: Place): void;
  /**
   * The release. Answers the edit that came of it, undefined where nothing changed; what goes wrong is said in a notice. A
   * polygon stays open after a click: further presses add corners, and `end` without a press, or after a double one, closes it.
   */
  end(place: Place): Promise<Edit | undefined>;
  /** Nothing of it stays. */
  cancel(): void;
  /** What to draw of it now. */
  readonly preview?: Preview;
  /** Whether it goes on after its release, as a polygon does that is not closed. */
  readonly isOpen?: boolean;
}

/**
 * Starts what the tool of the scene does. Undefined for `pan`, and where it cannot be done: a notice says why. The gesture
 * that was being made is given up, but for an open polygon, which gets a corner.
 */
export function startGesture(
  workspace: Workspace,
  place: Place,
  modifiers: Modifiers = {},
): Gesture | undefined {
  const { name } = workspace.scene.get().tool;
  if (name === "pan") return undefined;
  const open = heldIn(workspace) as ToolGesture | undefined;
  if (name === "polygon" && open?.isOpen && open.press) {
    open.press(place, modifiers);
    return open;
  }
  const begun = attempt(workspace, () => begin(workspace, name, place, modifiers));
  if (!begun) return undefined;
  const gesture = guarded(workspace, begun);
  hold(workspace, gesture);
  return gesture;
}

function begin(
  workspace: Workspace,
  name: Exclude<ToolName, "pan">,
  place: Place,
  modifiers: Modifiers,
): ToolGesture | undefined {
  if (name === "region") return regionGesture(workspace, place);
  if (name === "add-point" || name === "remove-point") return pointGesture(workspace, name);
  const layer = activeLabels(workspace.scene.get())?.id;
  if (layer === undefined) {
    tellNotice(workspace, "info", "Make or select a layer of labels first.");
    return undefined;
  }
  if (name === "paint" || name === "erase") return brushGesture(workspace, layer, name, place);
  if (name === "polygon") return polygonGesture(workspace, layer, place, modifiers);
  if (name === "split" || name === "merge" || name === "delete")
    return strokeGesture(workspace, layer, name, place);
  return clickGesture(workspace, layer, name);
}

/** What goes wrong is said, and after its end or its cancelling a gesture does nothing any more. */
function guarded(workspace: Workspace, tool: ToolGesture): ToolGesture {
  let isOver = false;
  const finish = (): void => {
    isOver = true;
    release(workspace, gesture);
  };
  const gesture: ToolGesture = {
    get preview() {
      return isOver ? undefined : tool.preview;
    },
    get isOpen() {
      return !isOver && tool.isOpen === true;
    },
    move: (place) => {
      if (!isOver) attempt(workspace, () => tool.move(place));
    },
    press: (place, modifiers) => {
      if (!isOver) attempt(workspace, () => tool.press?.(place, modifiers));
    },
    end: async (place) => {
      if (isOver) return undefined;
      const ending = attemptLater(workspace, () => tool.end(place));
      if (!tool.isOpen) finish();
      return ending;
    },
    cancel: () => {
      if (isOver) return;
      finish();
      tool.cancel();
    },
  };
  return gesture;
}
